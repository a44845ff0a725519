package dev.gatun.router.port;

import java.util.List;
import java.util.function.Predicate;

/**
 * Probabilities of all labels of a classifier.
 *
 * @param labels as the model names them, without repetition
 * @param probabilities one per label, each 0 to 1; calibrated where the model's card says how
 * @param raw the same as the model gives them, before any calibration
 * @param coverage tokens that took part in the answer
 */
public record Distribution(
    List<String> labels, List<Double> probabilities, List<Double> raw, Coverage coverage) {

  public Distribution {
    labels = List.copyOf(labels);
    probabilities = List.copyOf(probabilities);
    raw = List.copyOf(raw);
    check(probabilities, labels.size());
    check(raw, labels.size());
  }

  /** A distribution that nobody calibrates. */
  public Distribution(List<String> labels, List<Double> probabilities, Coverage coverage) {
    this(labels, probabilities, probabilities, coverage);
  }

  private static void check(List<Double> probabilities, int labels) {
    if (labels != probabilities.size()) {
      throw new IllegalArgumentException(
          labels + " labels but " + probabilities.size() + " probabilities");
    }
    for (double p : probabilities) {
      if (!(p >= 0 && p <= 1.0001)) {
        throw new IllegalArgumentException("a probability lies outside 0 to 1: " + p);
      }
    }
  }

  /**
   * Of one label.
   *
   * @throws IllegalArgumentException when the classifier has no such label
   */
  public double probability(String label) {
    int index = labels.indexOf(label);
    if (index < 0) {
      throw new IllegalArgumentException(label + " is not among " + labels);
    }
    return probabilities.get(index);
  }

  /** The label of the largest probability, the first of equals. */
  public String likeliest() {
    return likeliestAmong(_ -> true);
  }

  /** The same among all labels but one; there must be another. */
  public String likeliestBut(String excluded) {
    return likeliestAmong(label -> !label.equals(excluded));
  }

  private String likeliestAmong(Predicate<String> candidates) {
    int best = -1;
    for (int i = 0; i < labels.size(); i++) {
      if (candidates.test(labels.get(i))
          && (best < 0 || probabilities.get(i) > probabilities.get(best))) {
        best = i;
      }
    }
    return labels.get(best);
  }

  /** A distribution whose coverage is not known. */
  public static Distribution of(List<String> labels, List<Double> probabilities) {
    return new Distribution(labels, probabilities, Coverage.NONE);
  }
}
