package dev.gatun.bench.quality;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.bench.quality.Figures.Scored;
import dev.gatun.bench.report.Chart;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Which of many models to ask: how often the chosen one is right, against always the same one and
 * against a choice that knows. A question that the chosen model was not asked counts for nobody.
 */
final class SelectionMeasure implements Measure {
  private final List<String> models;
  private final List<Item> items = new ArrayList<>();

  /**
   * Of no row yet.
   *
   * @param models in the order of the rows' {@code correct}
   */
  SelectionMeasure(List<String> models) {
    this.models = List.copyOf(models);
  }

  /** Outcomes by model: 1 right, 0 wrong, absent not asked. */
  private record Item(Map<String, Integer> outcomes, String got, JsonNode scores, String group) {
    boolean asked(String model) {
      return outcomes.containsKey(model);
    }

    boolean right(String model) {
      return outcomes.getOrDefault(model, 0) == 1;
    }
  }

  @Override
  public void add(JsonNode row, JsonNode answer) {
    Map<String, Integer> outcomes = new LinkedHashMap<>();
    for (int i = 0; i < models.size(); i++) {
      JsonNode outcome = row.path("correct").path(i);
      if (outcome.isInt()) {
        outcomes.put(models.get(i), outcome.intValue());
      }
    }
    items.add(
        new Item(
            outcomes,
            answer.path("label").asText(),
            answer.path("scores"),
            row.path("category").asText("none")));
  }

  @Override
  public Map<String, Double> headline() {
    Map<String, Double> head = new LinkedHashMap<>();
    head.put("accuracy", accuracy(items));
    head.put("best_single", models.stream().mapToDouble(m -> of(m, items)).max().orElse(0));
    head.put(
        "oracle",
        Figures.share(
            items.stream().filter(i -> i.outcomes.containsValue(1)).count(), items.size()));
    head.put(
        "mean_auroc",
        models.stream().mapToDouble(m -> Figures.auroc(scored(m))).average().orElse(0));
    head.put(
        "ece", Figures.calibrationError(models.stream().flatMap(m -> scored(m).stream()).toList()));
    return head;
  }

  private static double accuracy(List<Item> items) {
    List<Item> asked = items.stream().filter(i -> i.asked(i.got)).toList();
    return Figures.share(asked.stream().filter(i -> i.right(i.got)).count(), asked.size());
  }

  private static double of(String model, List<Item> items) {
    List<Item> asked = items.stream().filter(i -> i.asked(model)).toList();
    return Figures.share(asked.stream().filter(i -> i.right(model)).count(), asked.size());
  }

  private List<Scored> scored(String model) {
    return items.stream()
        .filter(i -> i.asked(model))
        .map(i -> new Scored(i.scores.path(model).asDouble(), i.right(model)))
        .toList();
  }

  @Override
  public void into(ObjectNode json) {
    Map<String, List<Item>> groups = new TreeMap<>();
    items.forEach(i -> groups.computeIfAbsent(i.group, _ -> new ArrayList<>()).add(i));
    ObjectNode byGroup = json.putObject("groups");
    groups.forEach((name, inside) ->
        byGroup
            .putObject(name)
            .put("rows", inside.size())
            .put("accuracy", Figures.rounded(accuracy(inside))));
    ObjectNode byModel = json.putObject("models");
    for (String model : models) {
      byModel
          .putObject(model)
          .put("right", Figures.rounded(of(model, items)))
          .put("chosen", items.stream().filter(i -> i.got.equals(model)).count())
          .put("auroc", Figures.rounded(Figures.auroc(scored(model))));
    }
  }

  @Override
  public Map<String, Chart> charts() {
    List<Scored> all = models.stream().flatMap(m -> scored(m).stream()).toList();
    List<Chart.Point> points =
        Figures.bins(all).stream()
            .map(bin -> new Chart.Point(bin.confidence(), bin.right()))
            .toList();
    List<Chart.Point> ideal =
        IntStream.rangeClosed(0, 1).mapToObj(i -> new Chart.Point(i, i)).toList();
    return Map.of(
        "reliability",
        Chart.ofShares(
            "selection: reliability",
            "predicted share of right answers",
            "share that is right",
            List.of(new Chart.Series("ideal", ideal), new Chart.Series("measured", points))));
  }
}
