package dev.gatun.server.fuzz;

import java.util.List;
import java.util.SplittableRandom;

/** Changes texts at random: the same seed gives the same changes. For one thread. */
final class Mutation {
  /** What breaks parsers of YAML and JSON, or means something to them. */
  private static final List<String> PIECES =
      List.of(
          "{",
          "}",
          "[",
          "]",
          ":",
          ": ",
          "- ",
          ",",
          "\"",
          "'",
          "|\n",
          ">-\n",
          "#",
          "&a ",
          "*a",
          "<<: *a",
          "!!binary ",
          "!!java.net.URL ",
          "? ",
          "---\n",
          "...\n",
          "%YAML 9\n",
          "\t",
          "\r",
          "\u0000",
          "\u2028",
          "\ufeff",
          "\ud800",
          "\\u0000",
          "\\ud800",
          "null",
          "~",
          "true",
          "yes",
          "-1",
          "0x7fffffff",
          "1e999",
          "-1e-999",
          ".nan",
          ".inf",
          "99999999999999999999",
          "0.1.2",
          "9".repeat(400),
          "${",
          "${X:-",
          "${PATH}",
          "$",
          "8K",
          "60s",
          "(?i",
          "(a+)+$",
          "[a-",
          "AND",
          "NOT",
          "name",
          "type",
          "rules",
          "conditions",
          "\u65e5\u672c",
          "\ud83d\ude00",
          "e\u0301");

  private static final int LENGTH_MAX = 16_384;
  private static final int NESTING = 600;

  private final SplittableRandom random;
  private final List<String> seeds;

  Mutation(long seed, List<String> seeds) {
    this.random = new SplittableRandom(seed);
    this.seeds = List.copyOf(seeds);
  }

  /** Another text, of at most {@value #LENGTH_MAX} characters. */
  String next() {
    StringBuilder text = new StringBuilder(seed());
    for (int left = 1 + random.nextInt(8); left > 0; left--) {
      change(text);
    }
    return text.substring(0, Math.min(text.length(), LENGTH_MAX));
  }

  private String seed() {
    return seeds.get(random.nextInt(seeds.size()));
  }

  private void change(StringBuilder text) {
    int from = random.nextInt(text.length() + 1);
    int to = Math.min(text.length(), from + random.nextInt(1, 40));
    switch (random.nextInt(9)) {
      case 0 -> text.delete(from, to);
      case 1 -> text.insert(from, text.substring(from, to));
      case 2 -> text.insert(from, piece());
      case 3 -> text.replace(from, to, piece());
      case 4 -> text.insert(from, line(seed()));
      case 5 -> replaceLine(text, from);
      case 6 -> flip(text, from);
      case 7 -> text.insert(from, (random.nextBoolean() ? "[" : "{a: ").repeat(nesting()));
      default -> text.insert(from, " ".repeat(random.nextInt(1, 5)));
    }
  }

  /** Rarely deep. */
  private int nesting() {
    return random.nextInt(20) == 0 ? NESTING : 1 + random.nextInt(3);
  }

  private String piece() {
    return PIECES.get(random.nextInt(PIECES.size()));
  }

  private void flip(StringBuilder text, int at) {
    if (at < text.length()) {
      text.setCharAt(at, (char) (text.charAt(at) ^ (1 << random.nextInt(16))));
    }
  }

  /** A line of a text gets the value of a line of another one. */
  private void replaceLine(StringBuilder text, int at) {
    int start = text.lastIndexOf("\n", Math.max(0, at - 1)) + 1;
    int colon = text.indexOf(":", start);
    int end = text.indexOf("\n", start);
    if (colon >= 0 && end > colon) {
      String other = line(seed());
      text.replace(colon + 1, end, other.substring(other.indexOf(':') + 1).stripTrailing());
    }
  }

  private String line(String text) {
    int at = random.nextInt(text.length() + 1);
    int start = text.lastIndexOf('\n', at - 1) + 1;
    int end = text.indexOf('\n', start);
    return end < 0 ? text.substring(start) : text.substring(start, end + 1);
  }
}
