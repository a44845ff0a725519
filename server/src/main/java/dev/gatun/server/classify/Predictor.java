package dev.gatun.server.classify;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** A task that is ready to answer rows. Safe for use by many threads. */
public interface Predictor extends AutoCloseable {
  /**
   * Answers one row.
   *
   * @throws Row.Bad when the row lacks a field, or what it holds cannot be answered
   */
  ObjectNode answer(Row row);

  /** What the user should know about how its models were loaded, a line each. */
  default List<String> warnings() {
    return List.of();
  }

  @Override
  default void close() {}
}
