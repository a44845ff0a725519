package dev.gatun.bench.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;

/** The pictures of a report: latency, throughput, share of the peak and memory by length. */
public final class Plots {
  private static final String LENGTH = "tokens per sequence";

  private Plots() {}

  private record Picture(
      String suffix,
      String title,
      String label,
      boolean logarithmic,
      Function<Row, Optional<Double>> value) {}

  private static final List<Picture> PICTURES =
      List.of(
          new Picture(
              "latency",
              "latency of one sequence",
              "p50 of a call, ms",
              true,
              row -> Optional.of(row.p50Millis())),
          new Picture(
              "throughput",
              "throughput of one sequence at a time",
              "tokens per second",
              false,
              row -> Optional.of(row.tokensPerSecond())),
          new Picture(
              "peak",
              "share of the machine's peak",
              "shortest possible time / measured time, %",
              false,
              row -> row.peakFraction().map(fraction -> fraction * 100)),
          new Picture(
              "memory",
              "memory of the process",
              "most resident memory, MB",
              false,
              row -> Optional.of((double) row.rssMebibytes()).filter(mb -> mb > 0)));

  /**
   * Writes the pictures of every model beside a result.
   *
   * @param out the JSON file; its name without suffix begins those of the pictures
   * @return what was written
   */
  public static List<Path> write(Path out, List<Row> rows) throws IOException {
    String name = out.getFileName().toString().replaceFirst("\\.json$", "");
    List<Path> written = new ArrayList<>();
    for (String model : new TreeSet<>(rows.stream().map(Row::model).toList())) {
      for (Picture picture : PICTURES) {
        Optional<Chart> chart = chart(picture, model, rows);
        if (chart.isPresent()) {
          Path file = out.resolveSibling(name + "-" + model + "-" + picture.suffix() + ".svg");
          written.add(Files.writeString(file, chart.get().svg()));
        }
      }
    }
    return written;
  }

  private static Optional<Chart> chart(Picture picture, String model, List<Row> rows) {
    List<Row> mine =
        rows.stream()
            .filter(row -> row.model().equals(model))
            .filter(row -> row.batch() == 1 && row.concurrency() == 1 && row.tasks() == 1)
            .sorted(
                Comparator.comparing((Row row) -> !row.engine().equals("gatun"))
                    .thenComparingInt(Row::length))
            .toList();
    Map<String, List<Chart.Point>> lines = new LinkedHashMap<>();
    for (Row row : mine) {
      Optional<Double> value = picture.value().apply(row);
      value.ifPresent(y ->
          lines
              .computeIfAbsent(label(row, mine), _ -> new ArrayList<>())
              .add(new Chart.Point(row.length(), y)));
    }
    List<Chart.Series> series = new ArrayList<>();
    lines.forEach((line, points) -> series.add(new Chart.Series(line, points)));
    if (series.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new Chart(
            model + ": " + picture.title(),
            LENGTH,
            picture.label(),
            picture.logarithmic(),
            series));
  }

  /** What tells a line from the others: threads and tier only where they differ. */
  private static String label(Row row, List<Row> all) {
    boolean ours = row.engine().equals("gatun");
    StringBuilder label = new StringBuilder(row.engine());
    if (ours) {
      label.append(' ').append(row.precision());
    }
    if (ours && differ(all, Row::isa)) {
      label.append(", ").append(row.isa());
    }
    if (differ(all, Row::threads)) {
      label.append(", ").append(row.threads()).append(" threads");
    }
    return label.toString();
  }

  private static boolean differ(List<Row> rows, Function<Row, Object> fact) {
    return rows.stream()
            .filter(row -> row.engine().equals("gatun"))
            .map(fact)
            .distinct()
            .limit(2)
            .count()
        > 1;
  }
}
