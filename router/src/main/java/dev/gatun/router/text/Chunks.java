package dev.gatun.router.text;

import dev.gatun.router.model.Compatibility;
import java.util.ArrayList;
import java.util.List;

/**
 * Cuts documents into chunks for retrieval.
 *
 * @param size greatest size of a chunk, above 0
 * @param overlap how much of a chunk the next one repeats, below {@code size}
 * @param estimate how tokens are counted; {@code upstream-0.3} takes every character for one
 */
public record Chunks(long size, long overlap, TokenEstimate estimate, Compatibility compatibility) {
  private static final long SIZE = 800;
  private static final long OVERLAP = 400;

  public Chunks {
    if (size <= 0 || overlap < 0 || overlap >= size) {
      throw new IllegalArgumentException(
          "chunks of " + size + " tokens cannot overlap by " + overlap);
    }
  }

  /** As configured: 0 stands for the usual, and an overlap that is too large becomes half. */
  public static Chunks of(
      long size, long overlap, TokenEstimate estimate, Compatibility compatibility) {
    long most = size > 0 ? size : SIZE;
    long wanted = overlap > 0 ? overlap : OVERLAP;
    return new Chunks(most, wanted < most ? wanted : most / 2, estimate, compatibility);
  }

  /** Paragraphs, headings with what follows them, and windows of those that are too long. */
  public List<String> paragraphs(String text) {
    List<String> chunks = new ArrayList<>();
    StringBuilder open = new StringBuilder();
    for (String line : (text + "\n").split("\n", -1)) {
      String stripped = Blanks.strip(line, 0, line.length());
      boolean ends = line.isEmpty() || stripped.startsWith("#");
      if (ends) {
        chunks.addAll(windows(open.toString()));
        open.setLength(0);
      }
      open.append(line).append('\n');
    }
    return chunks;
  }

  /** Windows of the greatest size, each beginning {@code size − overlap} behind the last. */
  public List<String> windows(String text) {
    String whole = Blanks.strip(text, 0, text.length());
    List<String> chunks = new ArrayList<>();
    int start = 0;
    while (start < whole.length()) {
      int end = advance(whole, start, size);
      String chunk = Blanks.strip(whole, start, end);
      if (!chunk.isEmpty()) {
        chunks.add(chunk);
      }
      start = advance(whole, start, size - overlap);
    }
    return chunks;
  }

  /** The place so many tokens behind another; at least one character further. */
  private int advance(String text, int from, long tokens) {
    long room =
        switch (compatibility) {
          case GATUN -> estimate.bytesIn(tokens);
          case UPSTREAM_0_3 -> tokens;
        };
    int at = from;
    long used = 0;
    while (at < text.length()) {
      int codePoint = text.codePointAt(at);
      used += compatibility == Compatibility.GATUN ? Pieces.bytes(codePoint) : 1;
      if (used > room && at > from) {
        break;
      }
      at += Character.charCount(codePoint);
    }
    return at;
  }
}
