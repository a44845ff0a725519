package dev.gatun.server.classify;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * Places of a text in UTF-16 units and in code points. Counts as it goes: a text with many spans is
 * walked once. Used by one thread.
 */
final class Position {
  private final String text;
  private int unit;
  private int codePoint;

  Position(String text) {
    this.text = text;
  }

  /** Puts a span's places; units must not fall from one span to the next. */
  ObjectNode put(ObjectNode span, int start, int end) {
    return span.put("start", start)
        .put("end", end)
        .put("start_cp", of(start))
        .put("end_cp", of(end));
  }

  /** Code points before a UTF-16 unit. */
  private int of(int next) {
    codePoint += text.codePointCount(unit, next);
    unit = next;
    return codePoint;
  }
}
