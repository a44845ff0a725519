package dev.gatun.router.pii;

import java.util.ArrayList;
import java.util.List;

/**
 * Where personal data lies, without a word of it.
 *
 * @param text which of the texts that were looked at: 0 is that of the request, earlier turns and
 *     tool results follow
 * @param mention with its place in UTF-16 units
 * @param byteStart first byte of it where the text is written in UTF-8
 * @param byteEnd after its last byte
 */
public record Span(int text, Mention mention, int byteStart, int byteEnd) {

  /**
   * The places of mentions.
   *
   * @param number of the text
   * @param content of the text
   */
  public static List<Span> of(int number, String content, List<Mention> mentions) {
    List<Span> spans = new ArrayList<>();
    int at = 0;
    int written = 0;
    for (Mention mention : mentions) {
      if (mention.start() < at) {
        at = 0;
        written = 0;
      }
      written += bytes(content, at, mention.start());
      at = mention.start();
      spans.add(new Span(number, mention, written, written + bytes(content, at, mention.end())));
    }
    return spans;
  }

  /** Bytes of a part of a text; half a pair counts as the one byte that stands for it then. */
  private static int bytes(String text, int from, int to) {
    int count = 0;
    int at = from;
    while (at < to) {
      int point = Character.codePointAt(text, at);
      at += Character.charCount(point);
      if (point < 0x80 || (point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE)) {
        count += 1;
      } else if (point < 0x800) {
        count += 2;
      } else {
        count += point < 0x10000 ? 3 : 4;
      }
    }
    return count;
  }
}
