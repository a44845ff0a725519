package dev.gatun.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.router.text.Nearest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What a file of requests came to: how often each decision and model was chosen, how long routing
 * took, and where rows that say what is expected came to something else. Memory does not grow with
 * the number of rows. For use by one thread.
 */
final class EvalSummary {
  private static final String NONE = "(none)";
  private static final double[] QUANTILES = {0.5, 0.9, 0.99};

  /** Names of the decisions that there are. */
  private final Set<String> known;

  private final Map<String, Tally> decisions = new TreeMap<>();
  private final Map<String, Integer> models = new TreeMap<>();
  private final Map<Confusion, Integer> confusions =
      new TreeMap<>(Comparator.comparing(Confusion::expected).thenComparing(Confusion::found));
  private final Quantiles times = new Quantiles();
  private int rows;
  private int expecting;
  private int met;

  EvalSummary(Set<String> known) {
    this.known = known;
  }

  /** Rows of one decision. */
  private static final class Tally {
    private int chosen;
    private int judged;
    private int expected;
    private int right;
  }

  /** What was expected and what came instead. */
  private record Confusion(String expected, String found) {}

  /** Counts one answer. */
  void add(ObjectNode answer, Expectation expectation) {
    rows++;
    String decision = named(answer.at("/decision_result/decision_name"));
    String model = named(answer.path("selected_model"));
    tally(decision).chosen++;
    models.merge(model, 1, Integer::sum);
    times.add(answer.path("routing_time_ms").asDouble());
    if (!expectation.isNothing()) {
      expecting++;
      met += expectation.isMet(answer) ? 1 : 0;
    }
    expectation.decision().ifPresent(name -> compare(name.isEmpty() ? NONE : name, decision));
    expectation
        .model()
        .filter(name -> !name.equals(model))
        .ifPresent(
            name -> confusions.merge(new Confusion("model " + name, model), 1, Integer::sum));
  }

  private void compare(String expected, String found) {
    tally(expected).expected++;
    tally(found).judged++;
    if (expected.equals(found)) {
      tally(found).right++;
    } else {
      confusions.merge(new Confusion(expected, found), 1, Integer::sum);
    }
  }

  private Tally tally(String decision) {
    return decisions.computeIfAbsent(decision, _ -> new Tally());
  }

  private static String named(JsonNode name) {
    return name.asText().isEmpty() ? NONE : name.asText();
  }

  /** The whole as lines of a table; none when there was no row. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    if (rows > 0) {
      decisions(lines);
      models(lines);
      times(lines);
      if (expecting > 0) {
        expectations(lines);
      }
    }
    return lines;
  }

  private void decisions(List<String> lines) {
    int width = width(decisions.keySet(), "decision");
    boolean compared = decisions.values().stream().anyMatch(tally -> tally.expected > 0);
    lines.add(
        left("decision", width)
            + "    rows   share"
            + (compared ? "  expected  found  precise" : ""));
    decisions.forEach((name, tally) -> {
      String line = left(name, width) + counted(tally.chosen);
      lines.add(compared ? line + compared(tally) : line);
    });
  }

  /** Of the rows that expect it how many found it; of its rows that expect one how many did. */
  private static String compared(Tally tally) {
    return String.format(Locale.ROOT, "  %8d", tally.expected)
        + percent(tally.right, tally.expected, 7)
        + percent(tally.right, tally.judged, 9);
  }

  private static String percent(int part, int of, int width) {
    String text = percent(part, of);
    return " ".repeat(Math.max(0, width - text.length())) + text;
  }

  private static String percent(int part, int of) {
    return of == 0 ? "-" : String.format(Locale.ROOT, "%.1f%%", 100.0 * part / of);
  }

  private void models(List<String> lines) {
    int width = width(models.keySet(), "model");
    lines.add("");
    lines.add(left("model", width) + "    rows   share");
    models.forEach((name, count) -> lines.add(left(name, width) + counted(count)));
  }

  private String counted(int count) {
    return String.format(Locale.ROOT, "%8d", count) + percent(count, rows, 8);
  }

  private void times(List<String> lines) {
    StringBuilder line = new StringBuilder("routing time");
    for (double quantile : QUANTILES) {
      line.append(
          String.format(Locale.ROOT, "  p%.0f %.2f ms", quantile * 100, times.at(quantile)));
    }
    lines.add("");
    lines.add(line + String.format(Locale.ROOT, "  most %.2f ms", times.most()));
  }

  private void expectations(List<String> lines) {
    lines.add("");
    lines.add(
        "as expected " + met + " of " + expecting + " rows (" + percent(met, expecting) + ")");
    confusions.entrySet().stream()
        .sorted(Map.Entry.<Confusion, Integer>comparingByValue().reversed())
        .forEach(entry ->
            lines.add(
                String.format(Locale.ROOT, "%8d", entry.getValue())
                    + "  expected "
                    + entry.getKey().expected
                    + ", came to "
                    + entry.getKey().found));
    decisions.forEach((name, tally) -> {
      if (tally.expected > 0 && !known.contains(name) && !name.equals(NONE)) {
        lines.add(unknown(name, tally.expected));
      }
    });
  }

  /** Rows that expect what cannot come are mistakes of the file, not of the router. */
  private String unknown(String name, int rows) {
    return "no decision of the configuration is named \""
        + name
        + "\", which "
        + (rows == 1 ? "1 row expects" : rows + " rows expect")
        + Nearest.name(name, known).map(near -> ": did you mean \"" + near + "\"?").orElse("");
  }

  private static int width(Iterable<String> names, String heading) {
    int width = heading.length();
    for (String name : names) {
      width = Math.max(width, name.length());
    }
    return width;
  }

  private static String left(String text, int width) {
    return text + " ".repeat(Math.max(0, width - text.length()));
  }
}
