package dev.gatun.server.conformance;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.router.config.ConfigDecoder;
import dev.gatun.router.config.Decoded;
import dev.gatun.router.config.Diagnostic;
import dev.gatun.server.config.YamlReader;
import dev.gatun.server.wire.Json;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Whole configuration files. */
final class ConfigKinds {
  private static final Pattern UNKNOWN = Pattern.compile("unknown key \"(.*)\"", Pattern.DOTALL);
  private static final Pattern INDEX = Pattern.compile("\\[[0-9]+]");

  private final Rules rules;

  private ConfigKinds(Rules rules) {
    this.rules = rules;
  }

  static Map<String, Kind> of(Rules rules) {
    ConfigKinds kinds = new ConfigKinds(rules);
    return Map.of("config.load", kinds::load, "config.unknown_fields", kinds::unknownFields);
  }

  private ObjectNode load(Input input) {
    Decoded decoded = decode(input.text("yaml"));
    if (decoded.config().isPresent()) {
      return Json.object().put("ok", true);
    }
    return Adapter.refusal(Refused.of(decoded.diagnostics())).put("ok", false);
  }

  private ObjectNode unknownFields(Input input) {
    ObjectNode output = Json.object();
    ArrayNode fields = output.putArray("fields");
    for (Diagnostic problem : decode(input.text("yaml")).diagnostics()) {
      Matcher unknown = UNKNOWN.matcher(problem.message());
      if (unknown.matches()) {
        String name = unknown.group(1);
        String path = INDEX.matcher(problem.key()).replaceAll("");
        int parent = path.length() - name.length() - 1;
        fields
            .addObject()
            .put("name", name)
            .put("parent", parent < 0 ? "top level" : path.substring(0, parent));
      }
    }
    return output;
  }

  private Decoded decode(String yaml) {
    YamlReader.Result text = YamlReader.read("case.yaml", yaml);
    return text.root()
        .map(root -> ConfigDecoder.decode(root, rules.options()))
        .orElseGet(() -> new Decoded(Optional.empty(), text.diagnostics()));
  }
}
