package dev.gatun.server.config;

import dev.gatun.router.config.Node.Entry;
import dev.gatun.router.config.Node.Mapping;
import dev.gatun.router.config.Node.Scalar;
import dev.gatun.router.config.Node.Sequence;
import java.util.ArrayList;
import java.util.List;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.api.StreamDataWriter;
import org.snakeyaml.engine.v2.comments.CommentLine;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** A tree of nodes as block YAML that reads as the same tree, with the comments of its lines. */
public final class YamlWriter {
  /** Texts are never folded: where a line may break, a comment may stand. */
  private static final int WIDTH = 1 << 20;

  private static final DumpSettings SETTINGS =
      DumpSettings.builder()
          .setDumpComments(true)
          .setIndent(2)
          .setIndicatorIndent(2)
          .setIndentWithIndicator(true)
          .setWidth(WIDTH)
          .setSplitLines(false)
          .build();

  private final YamlComments comments;
  private final FlowPlaces flows;

  private YamlWriter(YamlComments comments, FlowPlaces flows) {
    this.comments = comments;
    this.flows = flows;
  }

  /**
   * The text of a tree.
   *
   * @param comments of the text whose lines the positions of the tree are
   */
  public static String write(dev.gatun.router.config.Node tree, YamlComments comments) {
    return write(tree, comments, FlowPlaces.none());
  }

  /** The same where mappings and lists that stood on one line stay there. */
  static String write(dev.gatun.router.config.Node tree, YamlComments comments, FlowPlaces flows) {
    Node root = new YamlWriter(comments, flows).node(tree);
    if (!comments.atTheEnd().isEmpty()) {
      root.setEndComments(new ArrayList<>(comments.atTheEnd()));
    }
    StringBuilder text = new StringBuilder();
    new Dump(SETTINGS)
        .dumpNode(
            root,
            new StreamDataWriter() {
              @Override
              public void write(String part) {
                text.append(part);
              }

              @Override
              public void write(String part, int offset, int length) {
                text.append(part, offset, offset + length);
              }
            });
    return text.toString();
  }

  private Node node(dev.gatun.router.config.Node node) {
    return node(node, isFlow(node));
  }

  private Node node(dev.gatun.router.config.Node node, boolean isFlow) {
    return switch (node) {
      case Mapping mapping -> {
        List<NodeTuple> tuples = new ArrayList<>();
        mapping.entries().forEach(entry -> tuples.add(tuple(entry)));
        yield new MappingNode(Tag.MAP, tuples, style(isFlow || tuples.isEmpty()));
      }
      case Sequence sequence -> {
        List<Node> items = new ArrayList<>();
        for (var item : sequence.items()) {
          int line = item.position().line();
          List<CommentLine> above = comments.takeAbove(line);
          // The library cannot write a comment between the dash of an item and its braces.
          boolean staysFlow = above.isEmpty() && isFlow(item);
          // Within braces or brackets there is no room for a comment.
          List<CommentLine> behind = staysFlow ? comments.takeBeside(line) : List.of();
          Node written = beside(node(item, staysFlow), behind);
          written.setBlockComments(new ArrayList<>(above));
          items.add(written);
        }
        yield new SequenceNode(Tag.SEQ, items, style(isFlow || items.isEmpty()));
      }
      case Scalar scalar -> beside(scalar(scalar), comments.takeBeside(scalar.position().line()));
    };
  }

  private NodeTuple tuple(Entry entry) {
    int line = entry.position().line();
    List<CommentLine> above = new ArrayList<>(comments.takeAbove(line));
    // A merge key is expanded when it is read, so one that is left is a name.
    boolean quoted = entry.key().equals(TreeBuilder.MERGE);
    ScalarNode key = scalar(new Scalar(entry.position(), entry.key(), quoted, false));
    dev.gatun.router.config.Node value = entry.value();
    List<CommentLine> behind =
        isFlow(value) ? comments.takeBeside(value.position().line()) : List.of();
    if (!(value instanceof Scalar)) {
      // Beside a key with a block below it a comment would be taken for part of that block.
      comments.takeBeside(line).stream().map(YamlComments::block).forEach(above::add);
    }
    key.setBlockComments(above);
    return new NodeTuple(key, beside(node(value), behind));
  }

  private static Node beside(Node node, List<CommentLine> lines) {
    if (!lines.isEmpty()) {
      node.setInLineComments(new ArrayList<>(lines));
    }
    return node;
  }

  private boolean isFlow(dev.gatun.router.config.Node node) {
    return !(node instanceof Scalar) && flows.has(node.position());
  }

  private static FlowStyle style(boolean isFlow) {
    return isFlow ? FlowStyle.FLOW : FlowStyle.BLOCK;
  }

  private static ScalarNode scalar(Scalar scalar) {
    String text = scalar.text();
    if (text.indexOf('\n') >= 0) {
      return new ScalarNode(Tag.STR, text, ScalarStyle.LITERAL);
    }
    if (scalar.quoted()) {
      return new ScalarNode(Tag.STR, text, ScalarStyle.DOUBLE_QUOTED);
    }
    Tag tag = SETTINGS.getSchema().getScalarResolver().resolve(text, true);
    return new ScalarNode(tag, text, ScalarStyle.PLAIN);
  }
}
