package dev.gatun.router.config;

import dev.gatun.router.projection.Mapping;
import dev.gatun.router.projection.Mapping.Method;
import dev.gatun.router.projection.Mapping.Output;
import dev.gatun.router.signal.Predicate.Bound;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Warns of values of a score for which a mapping emits nothing, and of outputs that hide each
 * other.
 */
final class BandCheck {
  private BandCheck() {}

  /**
   * A stretch of the number line on which the same outputs fit.
   *
   * @param low its lower end, or minus infinity
   * @param high its upper end, or infinity
   */
  private record Stretch(
      double low, boolean lowInside, double high, boolean highInside, List<String> fitting) {

    Stretch joined(Stretch next) {
      return new Stretch(low, lowInside, next.high, next.highInside, fitting);
    }

    String words() {
      if (low == high) {
        return "at " + number(low);
      }
      String from = low == Double.NEGATIVE_INFINITY ? "" : (lowInside ? "from " : "above ");
      String to = highInside ? "up to " : "below ";
      String lower = from.isEmpty() ? "" : from + number(low);
      String upper = high == Double.POSITIVE_INFINITY ? "" : to + number(high);
      return (lower + " " + upper).strip();
    }

    private static String number(double value) {
      return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }
  }

  /** Whether some score makes a mapping emit an output. */
  static boolean isEmitted(Mapping mapping, String output) {
    return isEmitted(stretches(mapping.outputs()), mapping.method(), output);
  }

  private static boolean isEmitted(List<Stretch> stretches, Method method, String output) {
    return stretches.stream()
        .map(Stretch::fitting)
        .anyMatch(fitting ->
            switch (method) {
              case MULTI_EMIT -> fitting.contains(output);
              case THRESHOLD_BANDS -> !fitting.isEmpty() && fitting.getFirst().equals(output);
            });
  }

  static void check(Section mapping, Method method, List<Output> outputs) {
    List<Stretch> stretches = stretches(outputs);
    List<String> hidden =
        outputs.stream()
            .map(Output::name)
            .filter(name -> !isEmitted(stretches, method, name))
            .toList();
    if (!hidden.isEmpty()) {
      mapping.warning(
          "outputs",
          "no score makes this mapping emit " + Report.quoted(hidden),
          "widen its range, place it before the others, or remove it");
    }
    List<String> gaps =
        stretches.stream().filter(s -> s.fitting.isEmpty()).map(Stretch::words).toList();
    if (!gaps.isEmpty()) {
      mapping.warning(
          "outputs",
          "nothing is emitted for scores " + String.join(", ", gaps),
          "add an output for them, if that is not meant");
    }
    if (method == Method.THRESHOLD_BANDS) {
      stretches.stream()
          .filter(s -> s.fitting.size() > 1)
          .forEach(s ->
              mapping.warning(
                  "outputs",
                  "for scores "
                      + s.words()
                      + " several outputs fit ("
                      + Report.quoted(s.fitting)
                      + "); the first is emitted",
                  "make the ranges meet, or use method: multi_emit"));
    }
  }

  /** The whole line from below all bounds to above them, neighbours that are alike joined. */
  private static List<Stretch> stretches(List<Output> outputs) {
    TreeSet<Double> ends = new TreeSet<>();
    outputs.stream()
        .flatMap(o -> Stream.concat(o.bounds().lower().stream(), o.bounds().upper().stream()))
        .map(Bound::value)
        .forEach(ends::add);
    List<Stretch> stretches = new ArrayList<>();
    double low = Double.NEGATIVE_INFINITY;
    for (double end : ends) {
      double inside = Double.isInfinite(low) ? end - 1 : (low + end) / 2;
      add(stretches, new Stretch(low, false, end, false, fitting(outputs, inside)));
      add(stretches, new Stretch(end, true, end, true, fitting(outputs, end)));
      low = end;
    }
    if (!ends.isEmpty()) {
      List<String> above = fitting(outputs, low + 1);
      add(stretches, new Stretch(low, false, Double.POSITIVE_INFINITY, false, above));
    }
    return stretches;
  }

  private static void add(List<Stretch> stretches, Stretch next) {
    if (!stretches.isEmpty() && stretches.getLast().fitting.equals(next.fitting)) {
      stretches.set(stretches.size() - 1, stretches.getLast().joined(next));
    } else {
      stretches.add(next);
    }
  }

  private static List<String> fitting(List<Output> outputs, double score) {
    return outputs.stream().filter(o -> o.bounds().holds(score)).map(Output::name).toList();
  }
}
