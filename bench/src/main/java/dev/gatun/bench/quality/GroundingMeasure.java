package dev.gatun.bench.quality;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.bench.quality.Figures.Scored;
import dev.gatun.bench.report.Chart;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Answers that their context does not support: found as a whole, and by character. */
final class GroundingMeasure implements Measure {
  private static final String WANTED = "hallucinated";

  private final List<Item> items = new ArrayList<>();

  private record Item(
      boolean wanted, boolean got, double score, BitSet marked, BitSet found, String group) {}

  @Override
  public void add(JsonNode row, JsonNode answer) {
    items.add(
        new Item(
            row.path("label").asText().equals(WANTED),
            answer.path("label").asText().equals(WANTED),
            answer.path("scores").path(WANTED).asDouble(),
            characters(row),
            characters(answer),
            row.path("group").asText("all")));
  }

  private static BitSet characters(JsonNode json) {
    BitSet set = new BitSet();
    for (JsonNode span : json.path("spans")) {
      set.set(span.path("start").asInt(), span.path("end").asInt());
    }
    return set;
  }

  @Override
  public Map<String, Double> headline() {
    return figures(items);
  }

  private static Map<String, Double> figures(List<Item> items) {
    List<Scored> scored = items.stream().map(i -> new Scored(i.score, i.wanted)).toList();
    long right = 0;
    long found = 0;
    long wanted = 0;
    for (Item item : items) {
      BitSet both = (BitSet) item.marked.clone();
      both.and(item.found);
      right += both.cardinality();
      found += item.found.cardinality();
      wanted += item.marked.cardinality();
    }
    Map<String, Double> figures = new LinkedHashMap<>();
    figures.put("auroc", Figures.auroc(scored));
    figures.put("character_f1", Figures.f1(right, found, wanted));
    figures.put(
        "accuracy",
        Figures.share(items.stream().filter(i -> i.wanted == i.got).count(), items.size()));
    figures.put("ece", Figures.calibrationError(scored));
    return figures;
  }

  @Override
  public void into(ObjectNode json) {
    Map<String, List<Item>> groups = new TreeMap<>();
    items.forEach(i -> groups.computeIfAbsent(i.group, _ -> new ArrayList<>()).add(i));
    ObjectNode byGroup = json.putObject("groups");
    groups.forEach((name, inside) -> {
      ObjectNode figures = byGroup.putObject(name).put("rows", inside.size());
      figures(inside).forEach((key, value) -> figures.put(key, Figures.rounded(value)));
    });
    var curve = json.putArray("thresholds");
    for (double threshold : Measure.steps()) {
      curve
          .addObject()
          .put("threshold", threshold)
          .put("recall", Figures.rounded(above(true, threshold)))
          .put("false_positives", Figures.rounded(above(false, threshold)));
    }
  }

  private double above(boolean wanted, double threshold) {
    List<Item> kind = items.stream().filter(i -> i.wanted == wanted).toList();
    return Figures.share(kind.stream().filter(i -> i.score >= threshold).count(), kind.size());
  }

  @Override
  public Map<String, Chart> charts() {
    List<Chart.Point> recall = new ArrayList<>();
    List<Chart.Point> alarms = new ArrayList<>();
    for (double threshold : Measure.steps()) {
      recall.add(new Chart.Point(threshold, above(true, threshold)));
      alarms.add(new Chart.Point(threshold, above(false, threshold)));
    }
    return Map.of(
        "thresholds",
        Chart.ofShares(
            "hallucination: least score",
            "least score",
            "share flagged",
            List.of(
                new Chart.Series("hallucinated", recall), new Chart.Series("grounded", alarms))));
  }
}
