package dev.gatun.server.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.router.config.Diagnostic;
import dev.gatun.router.config.Position;
import dev.gatun.router.config.SemanticDifference;
import dev.gatun.server.config.NodeJson;
import dev.gatun.server.wire.Json;
import java.util.List;
import java.util.Locale;

/** The forms in which problems of a configuration are told. */
final class Diagnostics {
  private static final String SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json";

  private static final String DIFFERENCE = "difference";

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

  /** A rule whose result depends on the semantics, for programs: as a problem of its own kind. */
  static ObjectNode json(SemanticDifference difference) {
    return Json.object()
        .put("severity", DIFFERENCE)
        .put("file", difference.position().file())
        .put("line", difference.position().line())
        .put("column", difference.position().column())
        .put("key", difference.key())
        .put("message", difference.point())
        .put("hint", "gatun: " + difference.ours() + "; upstream-0.3: " + difference.upstream());
  }

  /** For code scanners: one SARIF 2.1.0 log. */
  static ObjectNode sarif(List<Diagnostic> problems, List<SemanticDifference> differences) {
    ObjectNode log = Json.object().put("version", "2.1.0").put("$schema", SARIF_SCHEMA);
    ObjectNode run = log.putArray("runs").addObject();
    run.putObject("tool").putObject("driver").put("name", "gatun").put("version", Version.number());
    ArrayNode results = run.putArray("results");
    for (Diagnostic problem : problems) {
      result(
          results,
          severity(problem),
          level(problem),
          problem.key() + ": " + problem.message() + "; " + problem.hint(),
          problem.position());
    }
    for (SemanticDifference difference : differences) {
      String text = json(difference).path("hint").asText();
      result(
          results,
          DIFFERENCE,
          "note",
          difference.key() + ": " + difference.point() + "; " + text,
          difference.position());
    }
    return log;
  }

  private static void result(
      ArrayNode results, String rule, String level, String text, Position position) {
    ObjectNode result = results.addObject();
    result.put("ruleId", "configuration/" + rule);
    result.put("level", level);
    result.putObject("message").put("text", text);
    ObjectNode place = result.putArray("locations").addObject().putObject("physicalLocation");
    place.putObject("artifactLocation").put("uri", position.file());
    place
        .putObject("region")
        .put("startLine", position.line())
        .put("startColumn", position.column());
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
