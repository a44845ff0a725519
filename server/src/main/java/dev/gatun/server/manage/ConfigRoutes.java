package dev.gatun.server.manage;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.router.config.Diagnostic;
import dev.gatun.server.config.ConfigVersions.Version;
import dev.gatun.server.config.NodeJson;
import dev.gatun.server.http.MemoryBudget;
import dev.gatun.server.http.RequestBody;
import dev.gatun.server.wire.Json;
import io.helidon.http.HeaderNames;
import io.helidon.http.Method;
import io.helidon.webserver.http.ServerRequest;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Reading and replacing the configuration (spec http-api §5.6). */
final class ConfigRoutes {
  /** A configuration of the largest size, escaped. */
  private static final int BODY_BYTES_MAX = 32 << 20;

  private final Configurations configurations;
  private final MemoryBudget memory;

  ConfigRoutes(Configurations configurations, MemoryBudget memory) {
    this.configurations = configurations;
    this.memory = memory;
  }

  List<Route> all() {
    return List.of(
        new Route(
            Method.GET, "/config/router", "The configuration at work, secrets hidden", this::show),
        new Route(
            Method.PUT,
            "/config/router",
            "Replace the configuration: {\"yaml\"}, If-Match with its hash; ?dry_run=true",
            request -> changed(request, configurations::replace)),
        new Route(
            Method.PATCH,
            "/config/router",
            "Change parts of it: {\"yaml\"}, null takes a key away; otherwise as PUT",
            request -> changed(request, configurations::patch)),
        new Route(
            Method.POST,
            "/config/router/rollback",
            "Put an earlier configuration to work: {\"version\"}",
            this::rollback),
        new Route(Method.GET, "/config/router/versions", "Earlier configurations", this::versions),
        new Route(
            Method.GET,
            "/config/hash",
            "What is at work, what the file says, and what became of the last change",
            this::status));
  }

  private Reply show(ServerRequest request) {
    return Reply.ok(NodeJson.of(configurations.atWork().document()));
  }

  private Reply status(ServerRequest request) {
    Configurations.Status now = configurations.status();
    ObjectNode json =
        Json.object()
            .put("hash", now.active())
            .put("active", now.active())
            .put("config_hash", now.configHash())
            .put("file", now.file().orElse(null))
            .put("pending", !now.file().equals(Optional.of(now.active())))
            .put("version", now.version())
            .put("since", now.since().toString());
    now.last().ifPresent(last -> json.set("last_change", attempt(last)));
    return Reply.ok(json);
  }

  private static ObjectNode attempt(Configurations.Attempt last) {
    ObjectNode json =
        Json.object()
            .put("time", last.time().toString())
            .put("source", last.source())
            .put("hash", last.hash())
            .put("status", last.refusal().isEmpty() ? "active" : "refused");
    last.refusal()
        .ifPresent(refusal -> {
          json.put("message", refusal.getMessage());
          json.set("diagnostics", diagnostics(refusal.problems()));
        });
    return json;
  }

  private Reply versions(ServerRequest request) {
    ArrayNode list = Json.array();
    try {
      for (Version version : configurations.versions()) {
        list.addObject()
            .put("version", version.id())
            .put("timestamp", version.time().toString())
            .put("source", version.source())
            .put("filename", version.file())
            .put("hash", version.hash());
      }
    } catch (IOException e) {
      throw new ManageException(500, "READ_ERROR", String.valueOf(e.getMessage()));
    }
    return Reply.ok(list);
  }

  /** A way to another text. */
  private interface Write {
    Configurations.Change run(String yaml, String expected, boolean rehearse)
        throws ConfigRefusedException;
  }

  private Reply changed(ServerRequest request, Write write) {
    String expected = expected(request);
    boolean rehearse = request.query().first("dry_run").map("true"::equals).orElse(false);
    String yaml = text(request, "yaml");
    try {
      Configurations.Change change = write.run(yaml, expected, rehearse);
      ObjectNode json = changed(change, rehearse ? "it could be put to work" : "it is at work");
      if (rehearse) {
        json.put("status", "valid").remove("version");
        ArrayNode differences = json.putArray("differences");
        change.differences().forEach(difference -> differences.add(NodeJson.of(difference)));
      }
      return Reply.ok(json);
    } catch (ConfigRefusedException e) {
      return refused(e);
    }
  }

  private Reply rollback(ServerRequest request) {
    try {
      Configurations.Change change = configurations.rollback(text(request, "version"));
      return Reply.ok(changed(change, "it is at work again"));
    } catch (ConfigRefusedException e) {
      return refused(e);
    }
  }

  /** So that nobody overwrites what somebody else has just changed. */
  private static String expected(ServerRequest request) {
    String tag =
        request
            .headers()
            .first(HeaderNames.IF_MATCH)
            .orElseThrow(() ->
                new ManageException(
                    428,
                    "PRECONDITION_REQUIRED",
                    "send If-Match with the hash that GET /config/hash names as file"));
    String plain = tag.strip();
    boolean quoted = plain.length() > 1 && plain.startsWith("\"") && plain.endsWith("\"");
    return quoted ? plain.substring(1, plain.length() - 1) : plain;
  }

  private String text(ServerRequest request, String key) {
    try (MemoryBudget.Lease lease = memory.lease()) {
      JsonNode value = Json.read(RequestBody.read(request, BODY_BYTES_MAX, lease)).path(key);
      if (!value.isTextual()) {
        throw ManageException.invalid("the body needs the text \"" + key + "\"");
      }
      return value.textValue();
    } catch (JsonProcessingException e) {
      throw ManageException.invalid("the body is not valid JSON");
    }
  }

  private static ObjectNode changed(Configurations.Change change, String message) {
    ObjectNode json =
        Json.object()
            .put("status", "success")
            .put("version", change.version())
            .put("previous", change.previous())
            .put("message", message);
    json.set("diagnostics", diagnostics(change.problems()));
    return json;
  }

  private static ArrayNode diagnostics(List<Diagnostic> problems) {
    ArrayNode list = Json.array();
    problems.forEach(problem -> list.add(NodeJson.of(problem)));
    return list;
  }

  private static Reply refused(ConfigRefusedException e) {
    int status =
        switch (e.reason()) {
          case BUSY, NO_FILE, READ_ONLY -> 409;
          case CHANGED -> 412;
          case NOT_YAML, INVALID -> 400;
          case NOT_ACTIVATED -> 422;
          case UNKNOWN_VERSION -> 404;
          case DAMAGED_VERSION -> 500;
        };
    String code =
        switch (e.reason()) {
          case BUSY -> "DEPLOY_IN_PROGRESS";
          case NO_FILE -> "NO_CONFIG_PATH";
          case READ_ONLY -> "WRITE_ERROR";
          case CHANGED -> "PRECONDITION_FAILED";
          case NOT_YAML -> "YAML_PARSE_ERROR";
          case INVALID -> "CONFIG_VALIDATION_ERROR";
          case NOT_ACTIVATED -> "CONFIG_NOT_ACTIVATED";
          case UNKNOWN_VERSION -> "VERSION_NOT_FOUND";
          case DAMAGED_VERSION -> "BACKUP_INVALID";
        };
    ObjectNode json = new ManageException(status, code, String.valueOf(e.getMessage())).json();
    json.set("diagnostics", diagnostics(e.problems()));
    return new Reply(status, Json.bytes(json));
  }
}
