package dev.gatun.router.signal;

import dev.gatun.router.model.Compatibility;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Labels with exemplars, and groups of labels (spec signals §10, config §7.5).
 *
 * @param threshold score from which a label matches, 0 to 1
 * @param labelThresholds the same for single labels
 * @param groups labels of each group, in the order of the file
 * @param exemplars texts of each label; empty when its manifest could not be read
 */
public record KnowledgeBase(
    String name,
    double threshold,
    Map<String, Double> labelThresholds,
    Map<String, List<String>> groups,
    List<Metric> metrics,
    PrototypeScoring scoring,
    Map<String, List<String>> exemplars) {

  /** Metrics that every knowledge base has. */
  public static final List<String> METRICS = List.of("best_score", "best_matched_score");

  public KnowledgeBase {
    labelThresholds = Map.copyOf(labelThresholds);
    groups = Collections.unmodifiableMap(new LinkedHashMap<>(groups));
    metrics = List.copyOf(metrics);
    exemplars = Collections.unmodifiableMap(new LinkedHashMap<>(exemplars));
  }

  /** Score of one group minus score of another. */
  public record Metric(String name, String positiveGroup, String negativeGroup) {}

  /**
   * What scores of labels say.
   *
   * @param groups score of each group: that of its best label, at least 0
   * @param matchedLabels those at or above their threshold, by name
   * @param matchedGroups those with a matched label, by name
   * @param margin from the best label to the second; empty when there is no second
   */
  public record Scores(
      Map<String, Double> labels,
      Map<String, Double> groups,
      List<String> matchedLabels,
      List<String> matchedGroups,
      Optional<String> bestLabel,
      Optional<String> bestGroup,
      Optional<String> bestMatchedLabel,
      Optional<String> bestMatchedGroup,
      Optional<Double> margin,
      Map<String, Double> metrics) {

    public double label(String label) {
      return labels.getOrDefault(label, 0.0);
    }

    public double group(String group) {
      return groups.getOrDefault(group, 0.0);
    }
  }

  /** Reads scores of labels; the compatibility says which of equally good groups is the best. */
  public Scores scores(Map<String, Double> byLabel, Compatibility compatibility) {
    Map<String, Double> labels = new TreeMap<>(byLabel);
    Map<String, Double> byGroup = new LinkedHashMap<>();
    groups.forEach((group, members) ->
        byGroup.put(
            group, members.stream().mapToDouble(l -> labels.getOrDefault(l, 0.0)).max().orElse(0)));
    byGroup.replaceAll((group, score) -> Math.max(0, score));
    List<String> matched =
        labels.entrySet().stream()
            .filter(e -> e.getValue() >= labelThresholds.getOrDefault(e.getKey(), threshold))
            .map(Map.Entry::getKey)
            .toList();
    List<String> matchedGroups =
        groups.entrySet().stream()
            .filter(e -> e.getValue().stream().anyMatch(matched::contains))
            .map(Map.Entry::getKey)
            .toList();
    List<String> order = new ArrayList<>(groups.keySet());
    if (compatibility == Compatibility.UPSTREAM_0_3) {
      Collections.sort(order);
    }
    Optional<String> best = best(labels.keySet().stream().toList(), labels);
    Optional<String> bestMatched = best(matched, labels);
    return new Scores(
        labels,
        byGroup,
        matched,
        matchedGroups.stream().sorted().toList(),
        best,
        best(order, byGroup),
        bestMatched,
        best(order.stream().filter(matchedGroups::contains).toList(), byGroup),
        margin(labels),
        metrics(
            best.map(labels::get).orElse(0.0), bestMatched.map(labels::get).orElse(0.0), byGroup));
  }

  /** The name of the highest score, the first of equals. */
  private static Optional<String> best(List<String> names, Map<String, Double> scores) {
    return names.stream()
        .min(Comparator.<String>comparingDouble(name -> -scores.getOrDefault(name, 0.0)));
  }

  private static Optional<Double> margin(Map<String, Double> labels) {
    List<Double> sorted = new ArrayList<>(labels.values());
    sorted.sort(Collections.reverseOrder());
    return sorted.size() < 2 ? Optional.empty() : Optional.of(sorted.get(0) - sorted.get(1));
  }

  private Map<String, Double> metrics(
      double best, double bestMatched, Map<String, Double> byGroup) {
    Map<String, Double> values = new LinkedHashMap<>();
    values.put("best_score", best);
    values.put("best_matched_score", bestMatched);
    for (Metric metric : metrics) {
      values.put(
          metric.name,
          byGroup.getOrDefault(metric.positiveGroup, 0.0)
              - byGroup.getOrDefault(metric.negativeGroup, 0.0));
    }
    return values;
  }
}
