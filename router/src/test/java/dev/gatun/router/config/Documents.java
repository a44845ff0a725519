package dev.gatun.router.config;

import java.util.ArrayList;
import java.util.List;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** Node trees for tests, written as YAML. */
public final class Documents {
  /** The beginning of a configuration with the model {@code m}, up to what its signals are. */
  static final String HEAD =
      """
      version: v0.3
      providers:
        defaults: {default_model: m}
        models: [{name: m, backend_refs: [{endpoint: 'h:1'}]}]
      routing:
        modelCards: [{name: m}]
        signals:
      """;

  private static final LoadSettings SETTINGS =
      LoadSettings.builder()
          .setUseMarks(true)
          .setAllowDuplicateKeys(true)
          .setLabel("config.yaml")
          .build();

  private Documents() {}

  public static Node yaml(String text) {
    return new Compose(SETTINGS)
        .composeString(text)
        .map(Documents::node)
        .orElse(Node.Scalar.plain(new Position("config.yaml", 1, 1), ""));
  }

  public static Decoded decode(String text) {
    return ConfigDecoder.decode(yaml(text), DecodeOptions.lenient());
  }

  /** The configuration of a text that has no errors. */
  public static RouterConfig config(String text) {
    Decoded decoded = decode(text);
    return decoded.config().orElseThrow(() -> new AssertionError(render(decoded.diagnostics())));
  }

  /** Diagnostics as text, one per line, each with its severity. */
  public static String render(List<Diagnostic> diagnostics) {
    StringBuilder text = new StringBuilder();
    for (Diagnostic diagnostic : diagnostics) {
      text.append(diagnostic.severity()).append(' ').append(diagnostic.render()).append('\n');
    }
    return text.toString();
  }

  /** What is wrong with a file, a line for each. */
  static String problems(String text) {
    return render(decode(text).diagnostics());
  }

  /** The keys of what is said with a severity. */
  static List<String> keys(Decoded decoded, Diagnostic.Severity severity) {
    return decoded.diagnostics().stream()
        .filter(d -> d.severity() == severity)
        .map(Diagnostic::key)
        .toList();
  }

  private static Node node(org.snakeyaml.engine.v2.nodes.Node node) {
    Position position = position(node);
    if (node instanceof MappingNode mapping) {
      List<Node.Entry> entries = new ArrayList<>();
      for (NodeTuple tuple : mapping.getValue()) {
        String key = tuple.getKeyNode() instanceof ScalarNode scalar ? scalar.getValue() : "?";
        entries.add(new Node.Entry(position(tuple.getKeyNode()), key, node(tuple.getValueNode())));
      }
      return new Node.Mapping(position, entries);
    }
    if (node instanceof SequenceNode sequence) {
      return new Node.Sequence(
          position, sequence.getValue().stream().map(Documents::node).toList());
    }
    ScalarNode scalar = (ScalarNode) node;
    boolean quoted = scalar.getScalarStyle() != ScalarStyle.PLAIN;
    return new Node.Scalar(position, scalar.getValue(), quoted, false);
  }

  private static Position position(org.snakeyaml.engine.v2.nodes.Node node) {
    return node.getStartMark()
        .map(mark -> new Position(mark.getName(), mark.getLine() + 1, mark.getColumn() + 1))
        .orElseThrow();
  }
}
