package dev.gatun.bench.quality;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.bench.report.Chart;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/** Spans with a type: a span is right when start, end and type are. */
final class SpanMeasure implements Measure {
  /** Types whose form alone proves them. */
  private static final Set<String> STRUCTURED =
      Set.of("CREDIT_CARD", "EMAIL_ADDRESS", "IBAN_CODE", "IP_ADDRESS", "US_SSN", "PHONE_NUMBER");

  private final List<Text> texts = new ArrayList<>();

  private record Span(int start, int end, String type) {}

  private record Found(Span span, double score) {}

  private record Text(Set<Span> wanted, List<Found> found, String group, String language) {
    Set<Span> from(double threshold) {
      Set<Span> spans = new HashSet<>();
      found.stream().filter(f -> f.score >= threshold).forEach(f -> spans.add(f.span));
      return spans;
    }
  }

  /** Spans that are right, found, and wanted. */
  private record Counts(long right, long found, long wanted) {
    double f1() {
      return Figures.f1(right, found, wanted);
    }
  }

  @Override
  public void add(JsonNode row, JsonNode answer) {
    Set<Span> wanted = new HashSet<>();
    row.path("spans").forEach(span -> wanted.add(span(span)));
    List<Found> found = new ArrayList<>();
    answer
        .path("spans")
        .forEach(span -> found.add(new Found(span(span), span.path("score").asDouble(1))));
    texts.add(
        new Text(
            wanted, found, row.path("group").asText("all"), row.path("lang").asText("unknown")));
  }

  private static Span span(JsonNode json) {
    return new Span(
        json.path("start").asInt(), json.path("end").asInt(), json.path("type").asText());
  }

  @Override
  public Map<String, Double> headline() {
    Counts all = counts(texts, 0, _ -> true);
    Map<String, Double> head = new LinkedHashMap<>();
    head.put("span_f1", all.f1());
    head.put("precision", Figures.share(all.right, all.found));
    head.put("recall", Figures.share(all.right, all.wanted));
    head.put("f1_structured", counts(texts, 0, STRUCTURED::contains).f1());
    head.put("false_alarms", falseAlarms(texts, 0));
    return head;
  }

  @Override
  public void into(ObjectNode json) {
    Map<String, List<Text>> groups = new TreeMap<>();
    Map<String, List<Text>> languages = new TreeMap<>();
    Set<String> types = new java.util.TreeSet<>();
    for (Text text : texts) {
      groups.computeIfAbsent(text.group, _ -> new ArrayList<>()).add(text);
      languages.computeIfAbsent(text.language, _ -> new ArrayList<>()).add(text);
      text.wanted.forEach(span -> types.add(span.type));
      text.found.forEach(found -> types.add(found.span.type));
    }
    ObjectNode byGroup = json.putObject("groups");
    groups.forEach((name, inside) ->
        put(byGroup.putObject(name).put("rows", inside.size()), counts(inside, 0, _ -> true))
            .put("false_alarms", Figures.rounded(falseAlarms(inside, 0))));
    ObjectNode byLanguage = json.putObject("languages");
    languages.forEach((name, inside) ->
        put(byLanguage.putObject(name).put("rows", inside.size()), counts(inside, 0, _ -> true)));
    ObjectNode byType = json.putObject("types");
    types.forEach(type -> put(byType.putObject(type), counts(texts, 0, type::equals)));
    var curve = json.putArray("thresholds");
    for (double threshold : Measure.steps()) {
      put(curve.addObject().put("threshold", threshold), counts(texts, threshold, _ -> true))
          .put("false_alarms", Figures.rounded(falseAlarms(texts, threshold)));
    }
  }

  private static ObjectNode put(ObjectNode json, Counts counts) {
    return json.put("spans", counts.wanted)
        .put("precision", Figures.rounded(Figures.share(counts.right, counts.found)))
        .put("recall", Figures.rounded(Figures.share(counts.right, counts.wanted)))
        .put("f1", Figures.rounded(counts.f1()));
  }

  @Override
  public Map<String, Chart> charts() {
    List<Chart.Point> f1 = new ArrayList<>();
    List<Chart.Point> alarms = new ArrayList<>();
    for (double threshold : Measure.steps()) {
      f1.add(new Chart.Point(threshold, counts(texts, threshold, _ -> true).f1()));
      alarms.add(new Chart.Point(threshold, falseAlarms(texts, threshold)));
    }
    return Map.of(
        "thresholds",
        Chart.ofShares(
            "pii: least score of a span",
            "least score",
            "share",
            List.of(
                new Chart.Series("span F1", f1),
                new Chart.Series("clean texts with a span", alarms))));
  }

  private static Counts counts(List<Text> texts, double threshold, Predicate<String> types) {
    long right = 0;
    long found = 0;
    long wanted = 0;
    for (Text text : texts) {
      Set<Span> got = text.from(threshold);
      found += got.stream().filter(span -> types.test(span.type)).count();
      wanted += text.wanted.stream().filter(span -> types.test(span.type)).count();
      right +=
          got.stream().filter(span -> types.test(span.type) && text.wanted.contains(span)).count();
    }
    return new Counts(right, found, wanted);
  }

  /** Of the texts without any span, the share that gets one. */
  private static double falseAlarms(List<Text> texts, double threshold) {
    List<Text> clean = texts.stream().filter(text -> text.wanted.isEmpty()).toList();
    return Figures.share(
        clean.stream().filter(text -> !text.from(threshold).isEmpty()).count(), clean.size());
  }
}
