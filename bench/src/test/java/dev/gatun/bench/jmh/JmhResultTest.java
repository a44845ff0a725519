package dev.gatun.bench.jmh;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JmhResultTest {
  @TempDir private Path folder;

  @Test
  void neitherPathsNorSamplesAreKept() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("result.json"),
            """
            [{"benchmark": "b", "jvm": "/opt/java/bin/java", "jvmArgs": ["-Dx=/opt/y"],
              "primaryMetric": {"score": 2.5, "rawDataHistogram": [[[1, 2]]]},
              "secondaryMetrics": {"gc": {"score": 1, "rawData": [[3]]}}}]
            """);
    JmhResult.shorten(file);
    ObjectMapper json = new ObjectMapper();
    assertEquals(
        json.readTree(
            """
            [{"benchmark": "b", "jvm": "java", "primaryMetric": {"score": 2.5},
              "secondaryMetrics": {"gc": {"score": 1}}}]
            """),
        json.readTree(file.toFile()));
  }
}
