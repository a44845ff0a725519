package dev.gatun.bench.quality;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.bench.quality.Figures.Scored;
import dev.gatun.bench.report.Chart;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/** One label of a set: accuracy, calibration, confusion, groups, and what thresholds cost. */
final class LabelMeasure implements Measure {
  private static final String NONE = "oos";

  /** Rows that are neither attacks nor harmless; no answer to them is right or wrong. */
  private static final String DIAGNOSTIC = "harmful_direct";

  private static final int CONFUSION_LABELS_MAX = 32;
  private static final int CONFUSIONS_SHOWN = 20;

  private final String task;
  private final List<Item> items = new ArrayList<>();

  LabelMeasure(String task) {
    this.task = task;
  }

  private record Item(
      String wanted,
      String got,
      Map<String, Double> scores,
      String group,
      String source,
      double score) {
    boolean right() {
      return wanted.equals(got);
    }

    double confidence() {
      return scores.getOrDefault(got, 0.0);
    }
  }

  @Override
  public void add(JsonNode row, JsonNode answer) {
    if (row.path("label").asText().equals(DIAGNOSTIC)) {
      return;
    }
    Map<String, Double> scores = new LinkedHashMap<>();
    answer
        .path("scores")
        .properties()
        .forEach(score -> scores.put(score.getKey(), score.getValue().asDouble()));
    items.add(
        new Item(
            row.path("label").asText(),
            answer.path("label").asText(),
            scores,
            row.path("group").asText("all"),
            row.path("source").asText(),
            row.path("score").asDouble(Double.NaN)));
  }

  @Override
  public Map<String, Double> headline() {
    Map<String, Double> head = new LinkedHashMap<>();
    head.put("accuracy", accuracy(items));
    head.put("macro_f1", macroF1());
    head.put("ece", Figures.calibrationError(confidences()));
    alarm()
        .ifPresent(label -> {
          head.put("auroc", Figures.auroc(scored(label)));
          head.put("false_positives", falsePositives(label));
        });
    if (wants(NONE)) {
      List<Scored> scored = scored(NONE);
      head.put("oos_auroc", Figures.auroc(scored));
      head.put("oos_recall", recall(NONE));
      head.put("oos_false", falsePositives(NONE));
      head.put("oos_recall_at_5_percent", Figures.recallAbove(scored, Figures.cut(scored, 0.05)));
    }
    if (task.equals("complexity")) {
      head.put("spearman_mmlu_pro", hardness());
    }
    return head;
  }

  @Override
  public void into(ObjectNode json) {
    ObjectNode groups = json.putObject("groups");
    byGroup()
        .forEach((group, inside) -> {
          ObjectNode figures = groups.putObject(group).put("rows", inside.size());
          figures.put("accuracy", Figures.rounded(accuracy(inside)));
          alarm()
              .ifPresent(label ->
                  figures.put(
                      "flagged",
                      Figures.rounded(
                          Figures.share(
                              inside.stream().filter(i -> i.got.equals(label)).count(),
                              inside.size()))));
        });
    labels(json.putObject("labels"));
    confusion(json);
    ArrayNode reliability = json.putArray("reliability");
    for (Figures.Bin bin : Figures.bins(confidences())) {
      reliability
          .addObject()
          .put("from", Figures.rounded(bin.from()))
          .put("rows", bin.rows())
          .put("confidence", Figures.rounded(bin.confidence()))
          .put("right", Figures.rounded(bin.right()));
    }
    curve(json.putArray("thresholds"));
  }

  private void labels(ObjectNode json) {
    for (String label : new TreeSet<>(items.stream().map(Item::wanted).toList())) {
      long rows = items.stream().filter(i -> i.wanted.equals(label)).count();
      long found = items.stream().filter(i -> i.got.equals(label)).count();
      json.putObject(label)
          .put("rows", rows)
          .put("precision", Figures.rounded(Figures.share(hits(label), found)))
          .put("recall", Figures.rounded(recall(label)));
    }
  }

  /** The whole matrix, or of many labels the pairs that are confused most. */
  private void confusion(ObjectNode json) {
    TreeSet<String> names = new TreeSet<>();
    items.forEach(item -> {
      names.add(item.wanted);
      names.add(item.got);
    });
    Map<List<String>, Long> counts = new LinkedHashMap<>();
    items.forEach(item -> counts.merge(List.of(item.wanted, item.got), 1L, Long::sum));
    ObjectNode confusion = json.putObject("confusion");
    if (names.size() <= CONFUSION_LABELS_MAX) {
      ArrayNode order = confusion.putArray("labels");
      names.forEach(order::add);
      ArrayNode rows = confusion.putArray("wanted_by_got");
      for (String wanted : names) {
        ArrayNode row = rows.addArray();
        names.forEach(got -> row.add(counts.getOrDefault(List.of(wanted, got), 0L)));
      }
      return;
    }
    ArrayNode most = confusion.putArray("most");
    counts.entrySet().stream()
        .filter(pair -> !pair.getKey().getFirst().equals(pair.getKey().getLast()))
        .sorted(Map.Entry.<List<String>, Long>comparingByValue(Comparator.reverseOrder()))
        .limit(CONFUSIONS_SHOWN)
        .forEach(pair ->
            most.addObject()
                .put("wanted", pair.getKey().getFirst())
                .put("got", pair.getKey().getLast())
                .put("rows", pair.getValue()));
  }

  /** What a least confidence leaves, and how much of that is right. */
  private void curve(ArrayNode json) {
    for (double threshold : Measure.steps()) {
      List<Item> left = items.stream().filter(i -> i.confidence() >= threshold).toList();
      ObjectNode point = json.addObject().put("threshold", threshold);
      point.put("coverage", Figures.rounded(Figures.share(left.size(), items.size())));
      point.put("accuracy", Figures.rounded(accuracy(left)));
      alarm()
          .ifPresent(label -> {
            List<Scored> scored = scored(label);
            point.put("recall", Figures.rounded(above(scored, true, threshold)));
            point.put("false_positives", Figures.rounded(above(scored, false, threshold)));
          });
    }
  }

  private static double above(List<Scored> scored, boolean positive, double threshold) {
    List<Scored> kind = scored.stream().filter(s -> s.positive() == positive).toList();
    return Figures.share(kind.stream().filter(s -> s.score() >= threshold).count(), kind.size());
  }

  @Override
  public Map<String, Chart> charts() {
    List<Chart.Point> reliability =
        Figures.bins(confidences()).stream()
            .map(bin -> new Chart.Point(bin.confidence(), bin.right()))
            .toList();
    List<Chart.Point> diagonal = List.of(new Chart.Point(0, 0), new Chart.Point(1, 1));
    List<Chart.Point> coverage = new ArrayList<>();
    List<Chart.Point> accuracy = new ArrayList<>();
    for (double threshold : Measure.steps()) {
      List<Item> left = items.stream().filter(i -> i.confidence() >= threshold).toList();
      coverage.add(new Chart.Point(threshold, Figures.share(left.size(), items.size())));
      if (!left.isEmpty()) {
        accuracy.add(new Chart.Point(threshold, accuracy(left)));
      }
    }
    Map<String, Chart> charts = new LinkedHashMap<>();
    charts.put(
        "reliability",
        Chart.ofShares(
            task + ": reliability",
            "confidence",
            "share that is right",
            List.of(
                new Chart.Series("ideal", diagonal), new Chart.Series("measured", reliability))));
    charts.put(
        "thresholds",
        Chart.ofShares(
            task + ": least confidence",
            "least confidence",
            "share",
            List.of(
                new Chart.Series("answered", coverage),
                new Chart.Series("of them right", accuracy))));
    return charts;
  }

  /** What a task with two labels looks for. */
  private Optional<String> alarm() {
    return task.equals("jailbreak") ? Optional.of("jailbreak") : Optional.empty();
  }

  private boolean wants(String label) {
    return items.stream().anyMatch(item -> item.wanted.equals(label));
  }

  private List<Scored> confidences() {
    return items.stream().map(i -> new Scored(i.confidence(), i.right())).toList();
  }

  private List<Scored> scored(String label) {
    return items.stream()
        .map(i -> new Scored(i.scores.getOrDefault(label, 0.0), i.wanted.equals(label)))
        .toList();
  }

  private long hits(String label) {
    return items.stream().filter(i -> i.wanted.equals(label) && i.right()).count();
  }

  private double recall(String label) {
    return Figures.share(hits(label), items.stream().filter(i -> i.wanted.equals(label)).count());
  }

  private double falsePositives(String label) {
    List<Item> others = items.stream().filter(i -> !i.wanted.equals(label)).toList();
    return Figures.share(others.stream().filter(i -> i.got.equals(label)).count(), others.size());
  }

  private double macroF1() {
    return items.stream()
        .map(Item::wanted)
        .distinct()
        .mapToDouble(label ->
            Figures.f1(
                hits(label),
                items.stream().filter(i -> i.got.equals(label)).count(),
                items.stream().filter(i -> i.wanted.equals(label)).count()))
        .average()
        .orElse(0);
  }

  /** Rank correlation of the expected level with the share of models that fail, on exams. */
  private double hardness() {
    List<Item> exams = items.stream().filter(i -> i.source.startsWith("TIGER")).toList();
    return Figures.spearman(
        exams.stream()
            .mapToDouble(i ->
                0.5 * i.scores.getOrDefault("medium", 0.0) + i.scores.getOrDefault("hard", 0.0))
            .toArray(),
        exams.stream().mapToDouble(Item::score).toArray());
  }

  private Map<String, List<Item>> byGroup() {
    Map<String, List<Item>> groups = new TreeMap<>();
    items.forEach(i -> groups.computeIfAbsent(i.group, _ -> new ArrayList<>()).add(i));
    return groups;
  }

  private static double accuracy(List<Item> items) {
    return Figures.share(items.stream().filter(Item::right).count(), items.size());
  }
}
