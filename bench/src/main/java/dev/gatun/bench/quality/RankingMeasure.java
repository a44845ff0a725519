package dev.gatun.bench.quality;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.bench.quality.Figures.Scored;
import dev.gatun.bench.report.Chart;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Tools, best first: whether the right one is among the first, and none where none fits. */
final class RankingMeasure implements Measure {
  private final List<Item> items = new ArrayList<>();

  private record Item(
      Set<String> gold,
      List<String> ranking,
      boolean none,
      double best,
      boolean candidates,
      String group) {
    boolean within(int count) {
      return ranking.stream().limit(count).anyMatch(gold::contains);
    }

    boolean right() {
      return gold.isEmpty() ? none : !none && within(1);
    }
  }

  @Override
  public void add(JsonNode row, JsonNode answer) {
    Set<String> gold = new HashSet<>();
    row.path("gold").forEach(name -> gold.add(name.asText()));
    List<String> ranking = new ArrayList<>();
    answer.path("ranking").forEach(name -> ranking.add(name.asText()));
    boolean none = ranking.isEmpty() || answer.path("label").asText().equals("none");
    items.add(
        new Item(
            gold,
            ranking,
            none,
            answer.path("scores").path("best").asDouble(),
            row.has("tools"),
            row.path("group").asText("all")));
  }

  @Override
  public Map<String, Double> headline() {
    Map<String, Double> head = new LinkedHashMap<>();
    byGroup()
        .forEach((group, inside) -> {
          if (inside.getFirst().gold.isEmpty()) {
            head.put(
                "none[" + group + "]",
                Figures.share(inside.stream().filter(Item::none).count(), inside.size()));
          } else {
            head.put("recall@1[" + group + "]", recall(inside, 1));
            head.put("recall@5[" + group + "]", recall(inside, 5));
          }
        });
    head.put("auroc_tool_needed", Figures.auroc(needed()));
    return head;
  }

  @Override
  public void into(ObjectNode json) {
    ObjectNode groups = json.putObject("groups");
    byGroup()
        .forEach((group, inside) -> {
          ObjectNode figures = groups.putObject(group).put("rows", inside.size());
          for (int count : List.of(1, 3, 5)) {
            figures.put("recall@" + count, Figures.rounded(recall(inside, count)));
          }
          figures.put(
              "none",
              Figures.rounded(
                  Figures.share(inside.stream().filter(Item::none).count(), inside.size())));
          figures.put(
              "right",
              Figures.rounded(
                  Figures.share(inside.stream().filter(Item::right).count(), inside.size())));
        });
    var curve = json.putArray("thresholds");
    for (double threshold : Measure.steps()) {
      curve
          .addObject()
          .put("threshold", threshold)
          .put("answered", Figures.rounded(answered(true, threshold)))
          .put("answered_without_tool", Figures.rounded(answered(false, threshold)));
    }
  }

  private double answered(boolean needed, double threshold) {
    List<Scored> kind = needed().stream().filter(s -> s.positive() == needed).toList();
    return Figures.share(kind.stream().filter(s -> s.score() >= threshold).count(), kind.size());
  }

  @Override
  public Map<String, Chart> charts() {
    List<Chart.Point> answered = new ArrayList<>();
    List<Chart.Point> wrongly = new ArrayList<>();
    for (double threshold : Measure.steps()) {
      answered.add(new Chart.Point(threshold, answered(true, threshold)));
      wrongly.add(new Chart.Point(threshold, answered(false, threshold)));
    }
    return Map.of(
        "thresholds",
        Chart.ofShares(
            "tools: least score of the best tool",
            "least score",
            "share that gets a tool",
            List.of(
                new Chart.Series("a tool fits", answered),
                new Chart.Series("no tool fits", wrongly))));
  }

  /** Of rows that bring candidates: only there may none of them be right. */
  private List<Scored> needed() {
    return items.stream()
        .filter(Item::candidates)
        .map(i -> new Scored(i.best, !i.gold.isEmpty()))
        .toList();
  }

  private Map<String, List<Item>> byGroup() {
    Map<String, List<Item>> groups = new TreeMap<>();
    items.forEach(i -> groups.computeIfAbsent(i.group, _ -> new ArrayList<>()).add(i));
    return groups;
  }

  private static double recall(List<Item> items, int count) {
    return Figures.share(items.stream().filter(i -> i.within(count)).count(), items.size());
  }
}
