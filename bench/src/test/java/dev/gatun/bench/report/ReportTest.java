package dev.gatun.bench.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gatun.bench.measure.Machine;
import dev.gatun.bench.measure.Operations;
import dev.gatun.inference.Precision;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {
  @TempDir private Path folder;

  private static Row row(String engine, int length, double millis) {
    return new Row(
        engine,
        "a<b",
        "int8",
        "amx",
        length,
        1,
        1,
        1,
        2,
        millis,
        millis * 2,
        length / millis * 1e3,
        Optional.of(0.5),
        300,
        12,
        40);
  }

  @Test
  void aRowHasTheFieldsThatProgramsCountOn() throws IOException {
    Path out = folder.resolve("new/results.json");
    Report report = new Report(Optional.of(out), Machine.here(), "1.2.3", "gatun bench encoder");
    report.put(row("gatun", 128, 8));
    report.put(row("gatun", 128, 10));
    report.write();

    JsonNode root = new ObjectMapper().readTree(out.toFile());
    for (String field : List.of("machine", "date", "version", "rows", "command", "complete")) {
      assertTrue(root.has(field), field);
    }
    assertEquals(1, root.path("rows").size());
    JsonNode row = root.path("rows").path(0);
    for (String field :
        List.of(
            "engine",
            "model",
            "precision",
            "length",
            "batch",
            "tasks",
            "threads",
            "p50_ms",
            "p99_ms",
            "tokens_per_s",
            "peak_fraction",
            "rss_mb",
            "load_ms")) {
      assertTrue(row.has(field), field);
    }
    assertEquals(10, row.path("p50_ms").asDouble());
    assertEquals(12_800, row.path("tokens_per_s").asInt());
    assertFalse(root.path("complete").asBoolean(), "an unfinished run says so");
    assertTrue(root.path("machine").path("cpus").asInt() > 0);
  }

  @Test
  void thePeakFractionTakesEachPartInItsPrecision() {
    Peak peak =
        new Peak("amx", 2, Map.of(Precision.FP32, 1e9, Precision.BF16, 2e9, Precision.INT8, 4e9));
    Operations operations = new Operations(8e9, 2e9);
    assertEquals(0.5, peak.fraction(operations, Precision.INT8, 6000).orElseThrow());
    assertEquals(0.5, peak.fraction(operations, Precision.BF16, 10_000).orElseThrow());
    assertEquals(0.5, peak.fraction(operations, Precision.FP32, 20_000).orElseThrow());
    Peak less = new Peak("avx2", 2, Map.of(Precision.FP32, 1e9));
    assertTrue(less.fraction(operations, Precision.INT8, 1).isEmpty());
  }

  @Test
  void plotsAreWellFormedAndNamedAfterTheResult() throws Exception {
    List<Row> rows =
        List.of(
            row("gatun", 32, 4),
            row("gatun", 128, 14),
            row("ov-int8", 32, 7),
            row("ov-int8", 128, 25),
            row("ov-int8", 8192, 10_552));
    List<Path> written = Plots.write(folder.resolve("run.json"), rows);

    assertEquals(
        List.of(
            "run-a<b-latency.svg",
            "run-a<b-throughput.svg",
            "run-a<b-peak.svg",
            "run-a<b-memory.svg"),
        written.stream().map(file -> file.getFileName().toString()).toList());
    for (Path file : written) {
      byte[] svg = Files.readString(file).getBytes(StandardCharsets.UTF_8);
      var root =
          DocumentBuilderFactory.newInstance()
              .newDocumentBuilder()
              .parse(new ByteArrayInputStream(svg))
              .getDocumentElement();
      assertEquals("svg", root.getTagName());
      assertEquals(4, root.getElementsByTagName("polyline").getLength(), "lines and legend");
      assertTrue(root.getTextContent().contains("tokens per sequence"));
      assertTrue(root.getTextContent().contains("gatun int8"));
    }
  }

  @Test
  void aSinglePointIsAPictureToo() {
    Chart.Series series = new Chart.Series("one", List.of(new Chart.Point(128, 3)));
    for (boolean logarithmic : new boolean[] {true, false}) {
      String svg = new Chart("t", "x", "y", logarithmic, List.of(series)).svg();
      assertFalse(svg.contains("NaN") || svg.contains("Infinity"), svg);
    }
  }

  @Test
  void axesEndAtRoundNumbersAroundTheirValues() {
    Axis axis = Axis.logarithmic("ms", List.of(3.0, 140.0), 0, 100);
    assertEquals(List.of(2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0), axis.ticks());
    assertEquals(0, axis.at(2), 1e-9);
    assertEquals(100, axis.at(200), 1e-9);
    assertEquals(
        List.of(0.0, 10.0, 20.0, 30.0, 40.0, 50.0, 60.0),
        Axis.linear("%", List.of(55.0), 0, 1).ticks());
  }

  @Test
  void tablesAlignNumbersToTheRight() {
    Table table = new Table(1, List.of("name", "ms"));
    table.add("a", 1.5);
    table.add("longer", 120);
    assertEquals("name     ms\na       1.5\nlonger  120\n", table.toString());
  }
}
