package dev.gatun.bench.quality;

import static dev.gatun.bench.quality.MeasureFixture.add;
import static dev.gatun.bench.quality.MeasureFixture.figures;
import static dev.gatun.bench.quality.MeasureFixture.json;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SpanMeasureTest {
  private static final double EXACT = 1e-9;

  @Test
  void aSpanIsRightWithStartEndAndType() {
    Map<String, Double> head = measure().headline();
    // Found 5, wanted 3, right 1: another end, another type and two alarms are wrong.
    assertEquals(1.0 / 5, head.get("precision"), EXACT);
    assertEquals(1.0 / 3, head.get("recall"), EXACT);
    assertEquals(2.0 / 8, head.get("span_f1"), EXACT);
    // Of types of a fixed form: one right, two found, one wanted.
    assertEquals(2.0 / 3, head.get("f1_structured"), EXACT);
    assertEquals(0.5, head.get("false_alarms"), EXACT);
  }

  @Test
  void figuresAreByGroupLanguageAndType() {
    JsonNode figures = figures(measure());
    assertEquals(
        json("{'spans':1,'precision':0.5,'recall':1.0,'f1':0.6667}"),
        figures.path("types").path("EMAIL_ADDRESS"));
    assertEquals(
        json("{'rows':2,'spans':0,'precision':0.0,'recall':0.0,'f1':0.0,'false_alarms':0.5}"),
        figures.path("groups").path("clean"));
    assertEquals(1, figures.path("languages").path("de").path("rows").asInt());
  }

  @Test
  void aLeastScoreDropsSpans() {
    JsonNode curve = figures(measure()).path("thresholds");
    // From 0.6 on the mail address alone is left.
    assertEquals(
        json(
            "{'threshold':0.6,'spans':3,'precision':1.0,'recall':0.3333,'f1':0.5,"
                + "'false_alarms':0.0}"),
        curve.path(12));
    assertEquals(1, figures(measure()).path("thresholds").path(20).path("precision").asDouble());
  }

  private static SpanMeasure measure() {
    SpanMeasure measure = new SpanMeasure();
    add(
        measure,
        "{'spans':["
            + span(0, 4, "PERSON")
            + ","
            + span(9, 20, "EMAIL_ADDRESS")
            + ","
            + span(30, 34, "LOCATION")
            + "],'group':'letters','lang':'de'}",
        "{'spans':["
            + scored(0, 5, "PERSON", 0.5)
            + ","
            + scored(9, 20, "EMAIL_ADDRESS", 1)
            + ","
            + scored(30, 34, "PERSON", 0.4)
            + "]}");
    add(
        measure,
        "{'spans':[],'group':'clean'}",
        "{'spans':["
            + scored(1, 2, "EMAIL_ADDRESS", 0.55)
            + ","
            + scored(5, 6, "PERSON", 0.2)
            + "]}");
    add(measure, "{'spans':[],'group':'clean'}", "{'spans':[]}");
    return measure;
  }

  private static String span(int start, int end, String type) {
    return "{'start':" + start + ",'end':" + end + ",'type':'" + type + "'}";
  }

  private static String scored(int start, int end, String type, double score) {
    return span(start, end, type).replace("}", ",'score':" + score + "}");
  }
}
