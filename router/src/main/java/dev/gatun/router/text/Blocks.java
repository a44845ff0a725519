package dev.gatun.router.text;

import java.util.ArrayList;
import java.util.List;

/**
 * Parts that the layout of a text sets apart: paragraphs between blank lines, items of lists, and
 * what stands between fences of code; a fence is a part of its own.
 */
final class Blocks {
  private static final int FENCE_LENGTH = 3;

  /** An ordered item has at most as many digits, as in CommonMark. */
  private static final int DIGITS_MAX = 9;

  private final List<Block> blocks = new ArrayList<>();
  private final StringBuilder open = new StringBuilder();
  private int from;
  private boolean inCode;

  private Blocks() {}

  /**
   * A part.
   *
   * @param text without blanks at its ends
   * @param from where its words begin, behind the mark of a list item
   */
  record Block(String text, int from) {}

  static List<Block> of(String text) {
    Blocks blocks = new Blocks();
    int start = 0;
    while (start < text.length()) {
      int end = text.indexOf('\n', start);
      end = end < 0 ? text.length() : end;
      blocks.line(Blanks.strip(text, start, end));
      start = end + 1;
    }
    blocks.close();
    return blocks.blocks;
  }

  private void line(String line) {
    boolean fence = line.startsWith("```") || line.startsWith("~~~");
    int mark = inCode || fence ? 0 : itemMark(line);
    if (line.isEmpty() || mark > 0 || fence) {
      close();
    }
    if (!line.isEmpty()) {
      from = open.isEmpty() ? fence ? FENCE_LENGTH : mark : from;
      open.append(open.isEmpty() ? "" : "\n").append(line);
    }
    if (fence) {
      close();
      inCode = !inCode;
    }
  }

  private void close() {
    if (!open.isEmpty()) {
      blocks.add(new Block(open.toString(), from));
      open.setLength(0);
    }
  }

  /** Length of the mark that makes a line an item of a list, with its blank; 0 for other lines. */
  private static int itemMark(String line) {
    int at = 0;
    while (at < line.length() && at < DIGITS_MAX && Character.isDigit(line.charAt(at))) {
      at++;
    }
    String marks = at == 0 ? "-*+•‣–" : ".)";
    boolean marked =
        at + 1 < line.length()
            && marks.indexOf(line.charAt(at)) >= 0
            && Blanks.isBlank(line.charAt(at + 1));
    return marked ? at + 2 : 0;
  }
}
