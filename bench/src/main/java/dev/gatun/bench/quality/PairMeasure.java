package dev.gatun.bench.quality;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.bench.quality.Figures.Scored;
import dev.gatun.bench.report.Chart;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Pairs of questions, the same or not: what a cache may serve and what it must not. */
final class PairMeasure implements Measure {
  private static final double FALSE_HITS = 0.1;

  private final List<Item> items = new ArrayList<>();

  private record Item(boolean same, boolean hit, double similarity, double cosine, String group) {
    boolean swapped() {
      return group.startsWith("swap");
    }

    boolean asked() {
      return group.equals("qqp");
    }
  }

  @Override
  public void add(JsonNode row, JsonNode answer) {
    items.add(
        new Item(
            row.path("label").asInt() == 1,
            answer.path("label").asText().equals("hit"),
            answer.path("scores").path("similarity").asDouble(),
            answer.path("scores").path("cosine").asDouble(),
            row.path("group").asText("all")));
  }

  @Override
  public Map<String, Double> headline() {
    List<Item> asked = items.stream().filter(Item::asked).toList();
    List<Scored> scored = asked.stream().map(i -> new Scored(i.similarity, i.same)).toList();
    List<Item> hits = asked.stream().filter(Item::hit).toList();
    Map<String, Double> head = new LinkedHashMap<>();
    head.put("auroc_qqp", Figures.auroc(scored));
    head.put("recall_at_10_percent_false_hits_qqp", recallAtFalseHits(scored));
    head.put("auroc_paraphrase_against_swap", againstSwaps(false));
    head.put("auroc_paraphrase_against_swap_cosine", againstSwaps(true));
    head.put(
        "hit_rate",
        Figures.share(
            hits.stream().filter(Item::same).count(), asked.stream().filter(Item::same).count()));
    head.put(
        "false_hit_share", Figures.share(hits.stream().filter(i -> !i.same).count(), hits.size()));
    List<Item> swaps = items.stream().filter(Item::swapped).toList();
    head.put(
        "swap_hit_rate", Figures.share(swaps.stream().filter(Item::hit).count(), swaps.size()));
    return head;
  }

  private double againstSwaps(boolean cosine) {
    return Figures.auroc(
        items.stream()
            .filter(i -> i.swapped() || i.group.equals("paraphrase"))
            .map(i -> new Scored(cosine ? i.cosine : i.similarity, i.same))
            .toList());
  }

  /** The largest share of same pairs served while at most one hit in ten is wrong. */
  private static double recallAtFalseHits(List<Scored> scored) {
    List<Scored> best =
        scored.stream().sorted(Comparator.comparingDouble(Scored::score).reversed()).toList();
    long same = best.stream().filter(Scored::positive).count();
    long served = 0;
    double recall = 0;
    for (int i = 0; i < best.size(); i++) {
      served += best.get(i).positive() ? 1 : 0;
      boolean tied = i + 1 < best.size() && best.get(i + 1).score() == best.get(i).score();
      if (!tied && i + 1 - served <= FALSE_HITS * (i + 1)) {
        recall = Figures.share(served, same);
      }
    }
    return recall;
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
            .put(
                "hits",
                Figures.rounded(
                    Figures.share(inside.stream().filter(Item::hit).count(), inside.size())))
            .put(
                "accuracy",
                Figures.rounded(
                    Figures.share(
                        inside.stream().filter(i -> i.hit == i.same).count(), inside.size()))));
    var curve = json.putArray("thresholds");
    for (double threshold : Measure.steps()) {
      curve
          .addObject()
          .put("threshold", threshold)
          .put("hit_rate", Figures.rounded(hitRate(threshold)))
          .put("false_hit_share", Figures.rounded(falseHits(threshold)))
          .put("swap_hit_rate", Figures.rounded(swapHits(threshold)));
    }
  }

  private double hitRate(double threshold) {
    List<Item> same = items.stream().filter(i -> i.asked() && i.same).toList();
    return Figures.share(same.stream().filter(i -> i.similarity >= threshold).count(), same.size());
  }

  private double falseHits(double threshold) {
    List<Item> hits = items.stream().filter(i -> i.asked() && i.similarity >= threshold).toList();
    return Figures.share(hits.stream().filter(i -> !i.same).count(), hits.size());
  }

  private double swapHits(double threshold) {
    List<Item> swaps = items.stream().filter(Item::swapped).toList();
    return Figures.share(
        swaps.stream().filter(i -> i.similarity >= threshold).count(), swaps.size());
  }

  @Override
  public Map<String, Chart> charts() {
    List<Chart.Point> hits = new ArrayList<>();
    List<Chart.Point> wrong = new ArrayList<>();
    List<Chart.Point> swaps = new ArrayList<>();
    for (double threshold : Measure.steps()) {
      hits.add(new Chart.Point(threshold, hitRate(threshold)));
      wrong.add(new Chart.Point(threshold, falseHits(threshold)));
      swaps.add(new Chart.Point(threshold, swapHits(threshold)));
    }
    return Map.of(
        "thresholds",
        Chart.ofShares(
            "cache: least similarity",
            "least similarity",
            "share",
            List.of(
                new Chart.Series("same questions served", hits),
                new Chart.Series("hits that are wrong", wrong),
                new Chart.Series("swapped pairs served", swaps))));
  }
}
