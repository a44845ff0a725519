package dev.gatun.server.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.router.config.Node;
import dev.gatun.router.model.Compatibility;
import dev.gatun.server.digest.Sha256;
import dev.gatun.server.wire.Json;
import java.util.Map;
import java.util.TreeMap;

/**
 * The name of a configuration in traces (spec config §12.3): it stays when comments, blanks or the
 * order of keys change, and says nothing of what the environment holds.
 */
public final class ConfigDigest {
  private static final int DIGITS = 12;

  private ConfigDigest() {}

  /**
   * The first 12 hexadecimal digits of SHA-256 over the document as JSON with sorted keys.
   *
   * @param inForce the semantics; others than the document says count as though it said them
   */
  public static String of(Node document, Compatibility inForce) {
    JsonNode tree = NodeJson.of(document);
    String written = tree.at("/global/router/compatibility").asText();
    Compatibility usual = Compatibility.GATUN;
    if (!inForce.word().equals(written.isEmpty() ? usual.word() : written)
        && tree instanceof ObjectNode root) {
      member(member(root, "global"), "router").put("compatibility", inForce.word());
    }
    return Sha256.of(Json.bytes(sorted(tree))).substring(0, DIGITS);
  }

  private static ObjectNode member(ObjectNode tree, String key) {
    return tree.get(key) instanceof ObjectNode there ? there : tree.putObject(key);
  }

  private static JsonNode sorted(JsonNode tree) {
    if (tree instanceof ObjectNode object) {
      Map<String, JsonNode> members = new TreeMap<>();
      object.properties().forEach(member -> members.put(member.getKey(), member.getValue()));
      ObjectNode copy = Json.object();
      members.forEach((key, value) -> copy.set(key, sorted(value)));
      return copy;
    }
    if (tree instanceof ArrayNode array) {
      ArrayNode copy = Json.array();
      array.forEach(item -> copy.add(sorted(item)));
      return copy;
    }
    return tree;
  }
}
