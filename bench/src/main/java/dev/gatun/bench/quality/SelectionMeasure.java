package dev.gatun.bench.quality;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.bench.quality.Figures.Scored;
import dev.gatun.bench.report.Chart;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Which of many models to ask: how often the chosen one is right and what it charges, against
 * always the same one and against a choice that knows. A question that the chosen model was not
 * asked counts for nobody.
 *
 * <p>A choice under a price takes the model of the highest p(right) − weight · price, the price
 * being that of the question and of an answer of the model's mean length over all rows.
 */
final class SelectionMeasure implements Measure {
  /** Weights of a US dollar per 1000 questions: from none to more than any answer is worth. */
  private static final int WEIGHTS = 120;

  private static final double WEIGHT_MIN = 1e-3;
  private static final double WEIGHT_MAX = 1e2;

  private final List<PricedModel> models;
  private final List<Item> items = new ArrayList<>();

  /**
   * Of no row yet.
   *
   * @param models in the order of the rows' {@code correct} and {@code out_chars}
   */
  SelectionMeasure(List<PricedModel> models) {
    this.models = List.copyOf(models);
  }

  /** What a model made of a question: whether its answer was right, and how long it was. */
  private record Outcome(boolean right, double characters) {}

  /** Outcomes by model; absent where it was not asked. */
  private record Item(
      int characters,
      Map<String, Outcome> outcomes,
      String got,
      Map<String, Double> scores,
      String group) {}

  /** A share of right answers and what they cost, in US dollars for 1000 questions. */
  private record Spent(double accuracy, double usdPer1k) {}

  @Override
  public void add(JsonNode row, JsonNode answer) {
    Map<String, Outcome> outcomes = new LinkedHashMap<>();
    Map<String, Double> scores = new HashMap<>();
    for (int i = 0; i < models.size(); i++) {
      String name = models.get(i).name();
      JsonNode right = row.path("correct").path(i);
      if (right.isInt()) {
        double characters = row.path("out_chars").path(i).asDouble();
        outcomes.put(name, new Outcome(right.intValue() == 1, characters));
      }
      scores.put(name, answer.path("scores").path(name).asDouble());
    }
    items.add(
        new Item(
            row.path("text").asText().length(),
            outcomes,
            answer.path("label").asText(),
            scores,
            row.path("category").asText("none")));
  }

  @Override
  public Map<String, Double> headline() {
    Spent chosen = spent(items, Item::got);
    PricedModel best = bestSingle();
    Spent single = spent(items, _ -> best.name());
    Map<String, Double> head = new LinkedHashMap<>();
    head.put("accuracy", chosen.accuracy);
    head.put("usd_per_1k", chosen.usdPer1k);
    head.put("best_single", single.accuracy);
    head.put("best_single_usd_per_1k", single.usdPer1k);
    head.put("accuracy_at_quarter_cost", accuracyWithin(single.usdPer1k / 4));
    head.put("oracle", oracle());
    head.put(
        "mean_auroc",
        models.stream().mapToDouble(m -> Figures.auroc(scored(m))).average().orElse(0));
    head.put(
        "ece", Figures.calibrationError(models.stream().flatMap(m -> scored(m).stream()).toList()));
    return head;
  }

  private double oracle() {
    return Figures.share(
        items.stream().filter(i -> i.outcomes.values().stream().anyMatch(Outcome::right)).count(),
        items.size());
  }

  private PricedModel bestSingle() {
    return models.stream()
        .max(Comparator.comparingDouble(m -> spent(items, _ -> m.name()).accuracy))
        .orElseThrow(() -> new IllegalStateException("no models to choose from"));
  }

  /** Of the items whose chosen model was asked. */
  private Spent spent(List<Item> among, Function<Item, String> choice) {
    Map<String, PricedModel> known = new HashMap<>();
    models.forEach(m -> known.put(m.name(), m));
    long asked = 0;
    long right = 0;
    double usd = 0;
    for (Item item : among) {
      String name = choice.apply(item);
      Outcome outcome = item.outcomes.get(name);
      PricedModel model = known.get(name);
      if (outcome != null && model != null) {
        asked++;
        right += outcome.right ? 1 : 0;
        usd += model.usdPer1k(item.characters, outcome.characters);
      }
    }
    return new Spent(Figures.share(right, asked), asked == 0 ? 0 : usd / asked);
  }

  /** The greatest share of right answers of a choice under a price that spends no more. */
  private double accuracyWithin(double usdPer1k) {
    return underPrices().stream()
        .filter(spent -> spent.usdPer1k <= usdPer1k)
        .mapToDouble(Spent::accuracy)
        .max()
        .orElse(0);
  }

  /** What the choice under a price reaches, from no weight on. */
  private List<Spent> underPrices() {
    Map<String, Double> lengths = new HashMap<>();
    for (PricedModel model : models) {
      double mean =
          items.stream()
              .map(i -> i.outcomes.get(model.name()))
              .filter(Objects::nonNull)
              .mapToDouble(Outcome::characters)
              .average()
              .orElse(0);
      lengths.put(model.name(), mean);
    }
    List<Spent> reached = new ArrayList<>();
    for (int step = 0; step <= WEIGHTS; step++) {
      double ratio = (step - 1.0) / (WEIGHTS - 1);
      double weight = step == 0 ? 0 : WEIGHT_MIN * Math.pow(WEIGHT_MAX / WEIGHT_MIN, ratio);
      reached.add(spent(items, item -> worth(item, lengths, weight)));
    }
    return reached;
  }

  private String worth(Item item, Map<String, Double> lengths, double weight) {
    return models.stream()
        .max(
            Comparator.comparingDouble(m ->
                item.scores.getOrDefault(m.name(), 0.0)
                    - weight * m.usdPer1k(item.characters, lengths.getOrDefault(m.name(), 0.0))))
        .map(PricedModel::name)
        .orElseThrow();
  }

  private List<Scored> scored(PricedModel model) {
    List<Scored> scored = new ArrayList<>();
    for (Item item : items) {
      Outcome outcome = item.outcomes.get(model.name());
      if (outcome != null) {
        scored.add(new Scored(item.scores.getOrDefault(model.name(), 0.0), outcome.right));
      }
    }
    return scored;
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
            .put("accuracy", Figures.rounded(spent(inside, Item::got).accuracy)));
    ObjectNode byModel = json.putObject("models");
    for (PricedModel model : models) {
      Spent alone = spent(items, _ -> model.name());
      byModel
          .putObject(model.name())
          .put("right", Figures.rounded(alone.accuracy))
          .put("usd_per_1k", Figures.rounded(alone.usdPer1k))
          .put("chosen", items.stream().filter(i -> i.got.equals(model.name())).count())
          .put("auroc", Figures.rounded(Figures.auroc(scored(model))));
    }
    var curve = json.putArray("under_prices");
    for (Spent spent : underPrices()) {
      curve
          .addObject()
          .put("usd_per_1k", Figures.rounded(spent.usdPer1k))
          .put("accuracy", Figures.rounded(spent.accuracy));
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
