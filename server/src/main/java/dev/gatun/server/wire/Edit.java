package dev.gatun.server.wire;

import dev.gatun.server.wire.ChatRequest.Span;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;

/** Replaces one span of a body by other bytes. */
@SuppressWarnings("ArrayRecordComponent") // handed over, never compared
record Edit(Span span, byte[] replacement) {

  static Edit insert(int at, String text) {
    return replace(new Span(at, at), text);
  }

  static Edit replace(Span span, String text) {
    return new Edit(span, text.getBytes(StandardCharsets.UTF_8));
  }

  /** The body with all edits made; their spans must not overlap. The body itself when none. */
  static byte[] apply(byte[] body, List<Edit> edits) {
    if (edits.isEmpty()) {
      return body;
    }
    List<Edit> sorted =
        edits.stream().sorted(Comparator.comparingInt(edit -> edit.span.start())).toList();
    int size = body.length;
    for (Edit edit : sorted) {
      size += edit.replacement.length - (edit.span.end() - edit.span.start());
    }
    byte[] result = new byte[size];
    int from = 0;
    int to = 0;
    for (Edit edit : sorted) {
      int kept = edit.span.start() - from;
      System.arraycopy(body, from, result, to, kept);
      System.arraycopy(edit.replacement, 0, result, to + kept, edit.replacement.length);
      from = edit.span.end();
      to += kept + edit.replacement.length;
    }
    System.arraycopy(body, from, result, to, body.length - from);
    return result;
  }
}
