package dev.gatun.server.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.router.config.Diagnostic;
import dev.gatun.server.config.NodeJson;
import dev.gatun.server.wire.Json;
import java.util.List;
import java.util.Locale;

/** The forms in which problems of a configuration are told. */
final class Diagnostics {
  private static final String SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json";

  private Diagnostics() {}

  /** For people: {@code file:line:column key — what — what to do}, and how much it matters. */
  static String line(Diagnostic problem) {
    return switch (problem.severity()) {
      case ERROR -> problem.render();
      case UNSUPPORTED -> problem.render() + " (not in this build)";
      case WARNING -> problem.render() + " (warning)";
    };
  }

  /** For programs, one object per problem. */
  static ObjectNode json(Diagnostic problem) {
    return NodeJson.of(problem);
  }

  /** For code scanners: one SARIF 2.1.0 log. */
  static ObjectNode sarif(List<Diagnostic> problems) {
    ObjectNode log = Json.object().put("version", "2.1.0").put("$schema", SARIF_SCHEMA);
    ObjectNode run = log.putArray("runs").addObject();
    run.putObject("tool").putObject("driver").put("name", "gatun").put("version", Version.number());
    ArrayNode results = run.putArray("results");
    for (Diagnostic problem : problems) {
      ObjectNode result = results.addObject();
      result.put("ruleId", "configuration/" + severity(problem));
      result.put("level", level(problem));
      result
          .putObject("message")
          .put("text", problem.key() + ": " + problem.message() + "; " + problem.hint());
      ObjectNode place = result.putArray("locations").addObject().putObject("physicalLocation");
      place.putObject("artifactLocation").put("uri", problem.position().file());
      place
          .putObject("region")
          .put("startLine", problem.position().line())
          .put("startColumn", problem.position().column());
    }
    return log;
  }

  private static String severity(Diagnostic problem) {
    return problem.severity().name().toLowerCase(Locale.ROOT);
  }

  private static String level(Diagnostic problem) {
    return switch (problem.severity()) {
      case ERROR -> "error";
      case UNSUPPORTED, WARNING -> "warning";
    };
  }
}
