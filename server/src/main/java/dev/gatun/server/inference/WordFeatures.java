package dev.gatun.server.inference;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.zip.CRC32;

/**
 * The words and letters of a text as hashed features, exactly as {@code
 * model-cards/training/words.py} makes them. Words are runs of letters, marks and digits, and any
 * other character but blanks by itself; each of them and each pair of neighbours is a feature.
 * Letters are the runs of two to five characters of whatever stands between blanks, a blank on
 * either side included. A feature that occurs n times has the value 1 + ln n; those of either kind
 * are scaled to length 1. Only the beginning of a text is read, so that the cost is bounded.
 */
final class WordFeatures {
  /** Every bucket is below; a text may have one twice, as a word and as letters. */
  static final int BUCKETS = 1 << 18;

  private static final int CHARACTERS = 4000;
  private static final int SHORTEST = 2;
  private static final int LONGEST = 5;

  private final int[] buckets;
  private final double[] values;

  /** Of so many features, one value for each bucket; takes the arrays. */
  WordFeatures(int[] buckets, double[] values) {
    if (buckets.length != values.length) {
      throw new IllegalArgumentException(buckets.length + " buckets, " + values.length + " values");
    }
    this.buckets = buckets;
    this.values = values;
  }

  static WordFeatures of(String text) {
    String read = beginning(text).toLowerCase(Locale.ROOT);
    Map<Integer, Integer> words = new HashMap<>();
    List<String> each = words(read);
    for (int i = 0; i < each.size(); i++) {
      count(words, "\t" + each.get(i));
      if (i > 0) {
        count(words, "\t" + each.get(i - 1) + " " + each.get(i));
      }
    }
    Map<Integer, Integer> letters = new HashMap<>();
    parts(read, c -> !blank(c), _ -> false).forEach(part -> countLetters(letters, part));
    int size = words.size() + letters.size();
    var features = new WordFeatures(new int[size], new double[size]);
    features.put(0, words);
    features.put(words.size(), letters);
    return features;
  }

  int size() {
    return buckets.length;
  }

  int bucket(int feature) {
    return buckets[feature];
  }

  double value(int feature) {
    return values[feature];
  }

  private static String beginning(String text) {
    return text.codePointCount(0, text.length()) <= CHARACTERS
        ? text
        : text.substring(0, text.offsetByCodePoints(0, CHARACTERS));
  }

  private static List<String> words(String text) {
    return parts(text, WordFeatures::inWord, c -> !blank(c));
  }

  /** Runs of characters that belong together, and those that stand alone. */
  private static List<String> parts(String text, IntPredicate together, IntPredicate alone) {
    List<String> parts = new ArrayList<>();
    StringBuilder part = new StringBuilder();
    text.codePoints()
        .forEach(c -> {
          if (together.test(c)) {
            part.appendCodePoint(c);
            return;
          }
          if (!part.isEmpty()) {
            parts.add(part.toString());
            part.setLength(0);
          }
          if (alone.test(c)) {
            parts.add(Character.toString(c));
          }
        });
    if (!part.isEmpty()) {
      parts.add(part.toString());
    }
    return parts;
  }

  private static boolean blank(int c) {
    return (c >= '\t' && c <= '\r')
        || switch (Character.getType(c)) {
          case Character.SPACE_SEPARATOR, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR ->
              true;
          default -> false;
        };
  }

  private static boolean inWord(int c) {
    return switch (Character.getType(c)) {
      case Character.NON_SPACING_MARK,
          Character.ENCLOSING_MARK,
          Character.COMBINING_SPACING_MARK,
          Character.DECIMAL_DIGIT_NUMBER,
          Character.LETTER_NUMBER,
          Character.OTHER_NUMBER ->
          true;
      default -> Character.isLetter(c);
    };
  }

  private static void count(Map<Integer, Integer> counts, String feature) {
    byte[] bytes = feature.getBytes(StandardCharsets.UTF_8);
    counts.merge(bucket(bytes, 0, bytes.length), 1, Integer::sum);
  }

  private static void countLetters(Map<Integer, Integer> counts, String part) {
    int[] points = (" " + part + " ").codePoints().toArray();
    int[] starts = new int[points.length + 1];
    ByteBuffer bytes = ByteBuffer.allocate(4 * points.length);
    for (int i = 0; i < points.length; i++) {
      bytes.put(Character.toString(points[i]).getBytes(StandardCharsets.UTF_8));
      starts[i + 1] = bytes.position();
    }
    for (int size = SHORTEST; size <= LONGEST; size++) {
      for (int at = 0; at + size <= points.length; at++) {
        int length = starts[at + size] - starts[at];
        counts.merge(bucket(bytes.array(), starts[at], length), 1, Integer::sum);
      }
    }
  }

  private static int bucket(byte[] bytes, int start, int length) {
    CRC32 crc = new CRC32();
    crc.update(bytes, start, length);
    return (int) (crc.getValue() % BUCKETS);
  }

  private void put(int start, Map<Integer, Integer> counts) {
    double squares = 0;
    int at = start;
    for (Map.Entry<Integer, Integer> entry : counts.entrySet()) {
      double value = 1 + Math.log(entry.getValue());
      squares += value * value;
      buckets[at] = entry.getKey();
      values[at++] = value;
    }
    for (int i = start; i < at; i++) {
      values[i] /= Math.sqrt(squares);
    }
  }
}
