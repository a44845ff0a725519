package dev.gatun.server.inference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gatun.server.wire.Json;
import java.io.IOException;
import java.io.InputStream;
import java.util.Comparator;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class WordFeaturesTest {
  /** What {@code model-cards/training/words.py} prints. */
  private static final String FILE = "/word-features.json";

  private static JsonNode samples() throws IOException {
    try (InputStream in = WordFeaturesTest.class.getResourceAsStream(FILE)) {
      return Json.read(Objects.requireNonNull(in).readAllBytes());
    }
  }

  @Test
  void areThoseOfTheTraining() throws IOException {
    JsonNode samples = samples();
    assertTrue(samples.size() > 5, "samples");
    for (JsonNode sample : samples) {
      String text = sample.path("text").asText();
      WordFeatures found = WordFeatures.of(text);
      int[] order =
          IntStream.range(0, found.size())
              .boxed()
              .sorted(
                  Comparator.<Integer>comparingInt(found::bucket).thenComparingDouble(found::value))
              .mapToInt(i -> i)
              .toArray();
      assertArrayEquals(
          sample.path("buckets").valueStream().mapToInt(JsonNode::asInt).toArray(),
          IntStream.of(order).map(found::bucket).toArray(),
          text);
      assertArrayEquals(
          sample.path("values").valueStream().mapToDouble(JsonNode::asDouble).toArray(),
          IntStream.of(order).mapToDouble(found::value).toArray(),
          1e-8,
          text);
    }
  }

  @Test
  void onlyTheBeginningOfALongTextIsRead() {
    WordFeatures read = WordFeatures.of("ab c ".repeat(800));
    WordFeatures more = WordFeatures.of("ab c ".repeat(800) + "never seen words");
    assertEquals(read.size(), more.size());
  }

  @Test
  void aTextWithoutWordsHasNone() {
    assertEquals(0, WordFeatures.of(" \u2003\n").size());
    assertEquals(0, WordFeatures.of("").size());
  }
}
