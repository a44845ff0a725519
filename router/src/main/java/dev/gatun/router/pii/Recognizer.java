package dev.gatun.router.pii;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import java.util.BitSet;
import java.util.OptionalInt;
import java.util.function.Consumer;

/**
 * Finds personal data of one type by its form. Takes time linear in the text.
 *
 * @param type of what it finds
 * @param sign what every candidate holds somewhere; most texts do not, and looking for it takes a
 *     hundredth of the time that the pattern takes
 * @param pattern of candidates; those found do not overlap
 * @param check what a candidate has to be beside its form
 */
record Recognizer(String type, Sign sign, Pattern pattern, Check check) {
  /** A character of a text that candidates hold, maybe with what follows it. */
  @FunctionalInterface
  interface Sign {
    /** A digit of ASCII, as patterns mean digits. */
    Sign DIGIT = (text, at) -> Candidate.isDigit(text.charAt(at));

    /** Whether it stands there. */
    boolean at(String text, int at);

    /** One of some characters. */
    static Sign of(String characters) {
      return (text, at) -> characters.indexOf(text.charAt(at)) >= 0;
    }

    /** Whether it stands anywhere. */
    default boolean in(String text) {
      for (int at = 0; at < text.length(); at++) {
        if (at(text, at)) {
          return true;
        }
      }
      return false;
    }
  }

  /** Looks at a candidate and its surroundings. */
  @FunctionalInterface
  interface Check {
    /** Where the mention that begins with the candidate ends; empty when there is none. */
    OptionalInt end(Candidate candidate);
  }

  static Recognizer of(String type, Sign sign, String regex, Check check) {
    return new Recognizer(type, sign, Pattern.compile(regex), check);
  }

  /** Finds the mentions that have no unit of {@code taken}, in the order of the text. */
  void find(String text, Candidate.Judgement judgement, BitSet taken, Consumer<Mention> found) {
    if (!sign.in(text)) {
      return;
    }
    Matcher matcher = pattern.matcher(text);
    int from = 0;
    while (from <= text.length() && matcher.find(from)) {
      Candidate candidate = new Candidate(text, matcher.start(), matcher.end(), judgement);
      OptionalInt end = candidate.beginsWord() ? check.end(candidate) : OptionalInt.empty();
      if (end.isPresent() && candidate.endsWord(end.getAsInt())) {
        int used = taken.nextSetBit(candidate.start());
        if (used < 0 || used >= end.getAsInt()) {
          found.accept(Mention.proven(candidate.start(), end.getAsInt(), type));
        }
        from = end.getAsInt();
      } else {
        // Another candidate may begin inside of this one.
        from = candidate.nextStart();
      }
    }
  }
}
