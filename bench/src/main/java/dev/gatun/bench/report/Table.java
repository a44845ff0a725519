package dev.gatun.bench.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Columns for people: the first ones to the left, numbers to the right. */
public final class Table {
  /** One case after the other, its engines side by side. */
  private static final Comparator<Row> READING_ORDER =
      Comparator.comparing(Row::model)
          .thenComparingInt(Row::tasks)
          .thenComparingInt(Row::concurrency)
          .thenComparingInt(Row::batch)
          .thenComparingInt(Row::length)
          .thenComparing(row -> !row.engine().equals("gatun"));

  private final List<List<String>> lines = new ArrayList<>();
  private final int words;

  /**
   * A table with its head.
   *
   * @param words columns, from the first, that are words and not numbers
   */
  public Table(int words, List<String> head) {
    this.words = words;
    lines.add(List.copyOf(head));
  }

  /** The rows of a report. */
  public static Table of(List<Row> rows) {
    Table table =
        new Table(
            4,
            List.of(
                "engine",
                "model",
                "precision",
                "isa",
                "length",
                "batch",
                "callers",
                "tasks",
                "threads",
                "p50 ms",
                "p99 ms",
                "tokens/s",
                "peak",
                "rss MB",
                "load ms"));
    for (Row row : rows.stream().sorted(READING_ORDER).toList()) {
      table.add(
          row.engine(),
          row.model(),
          row.precision(),
          row.isa(),
          row.length(),
          row.batch(),
          row.concurrency(),
          row.tasks(),
          row.threads(),
          String.format(Locale.ROOT, "%.2f", row.p50Millis()),
          String.format(Locale.ROOT, "%.2f", row.p99Millis()),
          Math.round(row.tokensPerSecond()),
          row.peakFraction()
              .map(fraction -> String.format(Locale.ROOT, "%.0f %%", fraction * 100))
              .orElse("-"),
          row.rssMebibytes(),
          Math.round(row.loadMillis()));
    }
    return table;
  }

  /** The ratios of a report. */
  public static Table ofRatios(List<Ratio> ratios) {
    Table table =
        new Table(3, List.of("peer", "model", "gatun", "length", "batch", "tasks", "peer / gatun"));
    for (Ratio ratio : ratios) {
      table.add(
          ratio.peer(),
          ratio.model(),
          ratio.precision(),
          ratio.length(),
          ratio.batch(),
          ratio.tasks(),
          String.format(Locale.ROOT, "%.2f", ratio.peerOverGatun()));
    }
    return table;
  }

  /** The agreements of a report. */
  public static Table ofAgreements(List<Agreement> agreements) {
    Table table = new Table(3, List.of("engine", "model", "against", "length", "cosine"));
    for (Agreement agreement : agreements) {
      table.add(
          agreement.engine(),
          agreement.model(),
          agreement.reference(),
          agreement.length(),
          String.format(Locale.ROOT, "%.6f", agreement.cosine()));
    }
    return table;
  }

  /** Adds a line of as many cells as the head has. */
  public void add(Object... cells) {
    List<String> line = new ArrayList<>();
    for (Object cell : cells) {
      line.add(String.valueOf(cell));
    }
    if (line.size() != lines.getFirst().size()) {
      throw new IllegalArgumentException(
          line.size() + " cells under a head of " + lines.getFirst().size());
    }
    lines.add(line);
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (List<String> line : lines) {
      StringBuilder row = new StringBuilder();
      for (int i = 0; i < line.size(); i++) {
        int column = i;
        int width = lines.stream().mapToInt(any -> any.get(column).length()).max().orElse(0);
        String pad = " ".repeat(width - line.get(i).length());
        row.append(i == 0 ? "" : "  ").append(i < words ? line.get(i) + pad : pad + line.get(i));
      }
      text.append(row.toString().stripTrailing()).append('\n');
    }
    return text.toString();
  }
}
