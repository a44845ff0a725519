package dev.gatun.server.conformance;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.router.config.ConfigDecoder;
import dev.gatun.router.config.Decoded;
import dev.gatun.router.config.Diagnostic;
import dev.gatun.router.config.Effective;
import dev.gatun.router.config.Node;
import dev.gatun.router.config.Node.Mapping;
import dev.gatun.router.config.RouterConfig;
import dev.gatun.router.config.Untyped;
import dev.gatun.router.migration.Migration;
import dev.gatun.server.config.ConfigFile;
import dev.gatun.server.config.YamlReader;
import dev.gatun.server.wire.Json;
import java.util.Map;
import java.util.Optional;

/** Whole configuration files. */
final class ConfigKinds {
  private static final String UNKNOWN = "unknown key \"";

  private final Rules rules;

  private ConfigKinds(Rules rules) {
    this.rules = rules;
  }

  static Map<String, Kind> of(Rules rules) {
    ConfigKinds kinds = new ConfigKinds(rules);
    return Map.of(
        "config.effective", kinds::effective,
        "config.load", kinds::load,
        "config.migrate", kinds::migrate,
        "config.unknown_fields", kinds::unknownFields);
  }

  private ObjectNode load(Input input) {
    Decoded decoded = decode(input.text("yaml"));
    if (decoded.loads()) {
      return Json.object().put("ok", true);
    }
    return Adapter.refusal(Refused.of(decoded.diagnostics())).put("ok", false);
  }

  private ObjectNode effective(Input input) {
    YamlReader.Result text = YamlReader.read("case.yaml", input.text("yaml"));
    Node root = text.root().orElseThrow(() -> Refused.of(text.diagnostics()));
    Decoded decoded = decode(input.text("yaml"));
    RouterConfig config = decoded.loaded().orElseThrow(() -> Refused.of(decoded.diagnostics()));
    return (ObjectNode)
        Json.tree(Effective.of(root, rules.options(), ConfigFile.defaults(), config, false));
  }

  private ObjectNode migrate(Input input) {
    YamlReader.Result text = YamlReader.read("case.yaml", input.text("yaml"));
    if (text.root().orElse(null) instanceof Mapping root) {
      Migration migration = Migration.of(root, rules.compatibility());
      ObjectNode output = Json.object();
      output.set("config", Json.tree(Untyped.value(migration.document())));
      return output;
    }
    throw Refused.of(text.diagnostics());
  }

  private ObjectNode unknownFields(Input input) {
    ObjectNode output = Json.object();
    ArrayNode fields = output.putArray("fields");
    for (Diagnostic problem : decode(input.text("yaml")).diagnostics()) {
      String message = problem.message();
      if (message.startsWith(UNKNOWN) && message.endsWith("\"")) {
        String name = message.substring(UNKNOWN.length(), message.length() - 1);
        String path = withoutIndexes(problem.key());
        int parent = path.length() - name.length() - 1;
        fields
            .addObject()
            .put("name", name)
            .put("parent", parent < 0 ? "top level" : path.substring(0, parent));
      }
    }
    return output;
  }

  /** {@code a[3].b} is {@code a.b} to a reader of cases. */
  private static String withoutIndexes(String key) {
    StringBuilder path = new StringBuilder();
    boolean inside = false;
    for (int i = 0; i < key.length(); i++) {
      char c = key.charAt(i);
      inside = c == '[' || (inside && c != ']');
      if (!inside && c != ']') {
        path.append(c);
      }
    }
    return path.toString();
  }

  private Decoded decode(String yaml) {
    YamlReader.Result text = YamlReader.read("case.yaml", yaml);
    return text.root()
        .map(root -> ConfigDecoder.decode(root, rules.options()))
        .orElseGet(() -> new Decoded(Optional.empty(), text.diagnostics()));
  }
}
