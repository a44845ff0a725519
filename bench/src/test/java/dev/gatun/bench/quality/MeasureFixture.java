package dev.gatun.bench.quality;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Rows and answers as text, single quotes standing for double ones. */
final class MeasureFixture {
  private static final ObjectMapper JSON = new ObjectMapper();

  private MeasureFixture() {}

  static JsonNode json(String text) {
    try {
      return JSON.readTree(text.replace('\'', '"'));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(text, e);
    }
  }

  static void add(Measure measure, String row, String answer) {
    measure.add(json(row), json(answer));
  }

  /** All figures of a measure, as a file would hold them. */
  static JsonNode figures(Measure measure) {
    ObjectNode figures = JSON.createObjectNode();
    measure.into(figures);
    return json(figures.toString());
  }
}
