package dev.gatun.server.cli;

import dev.gatun.router.config.SemanticDifference;
import dev.gatun.router.model.Compatibility;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What is said once of the rules that give another result under the other semantics. */
final class SemanticsNotice {
  /** Rules named of each kind; the whole list is a command away. */
  private static final int NAMED_MAX = 4;

  private SemanticsNotice() {}

  /** The other of the two semantics. */
  static Compatibility other(Compatibility chosen) {
    return switch (chosen) {
      case GATUN -> Compatibility.UPSTREAM_0_3;
      case UPSTREAM_0_3 -> Compatibility.GATUN;
    };
  }

  /**
   * Lines for people; none when nothing differs.
   *
   * @param file as {@code gatun validate} would be given it
   * @param chosen the semantics in force
   */
  static List<String> lines(
      String file, List<SemanticDifference> differences, Compatibility chosen) {
    if (differences.isEmpty()) {
      return List.of();
    }
    Map<String, List<SemanticDifference>> byPoint =
        differences.stream()
            .collect(
                Collectors.groupingBy(
                    SemanticDifference::point, LinkedHashMap::new, Collectors.toList()));
    String word = other(chosen).word();
    List<String> lines = new ArrayList<>();
    lines.add(
        "under global.router.compatibility: " + word + " these rules would give another result:");
    byPoint.forEach((point, rules) -> lines.add("  " + point + ": " + names(rules)));
    lines.add(
        "gatun validate --semantic-diff "
            + word
            + " "
            + file
            + " says how; --compatibility "
            + word
            + " or that key switches");
    return lines;
  }

  private static String names(List<SemanticDifference> rules) {
    String named =
        rules.stream()
            .limit(NAMED_MAX)
            .map(SemanticDifference::key)
            .collect(Collectors.joining(", "));
    int more = rules.size() - NAMED_MAX;
    return more > 0 ? named + " and " + more + " more" : named;
  }
}
