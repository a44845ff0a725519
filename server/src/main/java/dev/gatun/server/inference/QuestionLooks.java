package dev.gatun.server.inference;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * What a question looks like, in numbers: hard questions are long, with many options and symbols.
 * {@code looks} of {@code model-cards/selection/train.py} computes the same.
 */
final class QuestionLooks {
  /** How many numbers there are. */
  static final int COUNT = 6;

  private QuestionLooks() {}

  /**
   * Natural logarithms of its length, of 1 + the length of what stands before its options, and of 1
   * + the mean length of these; their number; shares of digits and of symbols, 0 to 1. Lengths
   * count code points.
   */
  static double[] of(String text) {
    String[] lines = text.split("\n", -1);
    int[] options = options(lines);
    String[] before = options.length == 0 ? lines : Arrays.copyOf(lines, options[0]);
    int ofOptions = Arrays.stream(options).map(line -> size(lines[line])).sum();
    long digits = text.chars().filter(c -> c >= '0' && c <= '9').count();
    long others = text.codePoints().filter(c -> c > ' ' && !Character.isLetter(c)).count();
    double size = Math.max(1, size(text));
    return new double[] {
      Math.log(size),
      Math.log1p(size(String.join("\n", before))),
      Math.log1p(ofOptions / (double) Math.max(1, options.length)),
      options.length,
      digits / size,
      (others - digits) / size
    };
  }

  private static int[] options(String[] lines) {
    return IntStream.range(0, lines.length).filter(line -> isOption(lines[line])).toArray();
  }

  /** Whether a line begins as an option of an exam: {@code A.}, {@code A)} or {@code (A)}. */
  private static boolean isOption(String line) {
    int letter = line.startsWith("(") ? 1 : 0;
    return line.length() > letter + 1
        && line.charAt(letter) >= 'A'
        && line.charAt(letter) <= 'J'
        && ".)".indexOf(line.charAt(letter + 1)) >= 0;
  }

  private static int size(String text) {
    return text.codePointCount(0, text.length());
  }
}
