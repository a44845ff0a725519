package dev.gatun.bench.jmh;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What JMH wrote of a run, as it is kept. */
final class JmhResult {
  private static final ObjectMapper JSON = new ObjectMapper();

  private JmhResult() {}

  /**
   * Leaves out where things lie on this machine, and every single sample: percentiles say the same
   * in a hundredth of the size.
   */
  static void shorten(Path file) throws IOException {
    JsonNode runs = JSON.readTree(file.toFile());
    for (JsonNode run : runs) {
      ObjectNode kept = (ObjectNode) run;
      kept.remove("jvmArgs");
      kept.put("jvm", String.valueOf(Path.of(run.path("jvm").asText()).getFileName()));
      samples(run.path("primaryMetric"));
      run.path("secondaryMetrics").forEach(JmhResult::samples);
    }
    String text = JSON.writerWithDefaultPrettyPrinter().writeValueAsString(runs);
    Files.writeString(file, text + "\n");
  }

  private static void samples(JsonNode metric) {
    if (metric instanceof ObjectNode figures) {
      figures.remove(List.of("rawData", "rawDataHistogram"));
    }
  }
}
