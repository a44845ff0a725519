package dev.gatun.server.exchange;

import java.util.Locale;
import java.util.Optional;

/** How a table is stored. */
public enum TableFormat {
  /** One JSON object per line. */
  JSONL,
  /** Arrow IPC, a stream. */
  ARROW_STREAM,
  /** Arrow IPC, a file: a stream with an index at its end. */
  ARROW_FILE,
  /** Apache Parquet. */
  PARQUET;

  /** By the ending of a file's name. */
  public static Optional<TableFormat> ofFile(String name) {
    return switch (name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT)) {
      case "jsonl", "json", "ndjson" -> Optional.of(JSONL);
      case "arrows" -> Optional.of(ARROW_STREAM);
      case "arrow", "feather" -> Optional.of(ARROW_FILE);
      case "parquet" -> Optional.of(PARQUET);
      default -> Optional.empty();
    };
  }
}
