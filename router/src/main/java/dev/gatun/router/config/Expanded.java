package dev.gatun.router.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * What the environment put into a document. Such a value may be a secret wherever it stands, in a
 * name as well as in a key, so whatever is told about the document passes through {@link #hide},
 * which puts back the reference that was written.
 *
 * <p>Between quotes, where messages show what was written, every value is hidden. Outside of them
 * only one that no word of a sentence can be: a variable that says {@code 1} or {@code model} must
 * not take sentences apart, which would also give away what it says.
 */
public final class Expanded {
  /** Shorter values are hidden between quotes only. */
  private static final int DISTINCT_MIN = 4;

  /** Values from this length on are hidden even as a part of a longer word. */
  private static final int UNMISTAKABLE_MIN = 8;

  private static final Comparator<Value> LONGEST_FIRST =
      Comparator.<Value>comparingInt(value -> value.text.length()).reversed();

  private final List<Value> values = new ArrayList<>();

  /** Of a document without references. */
  Expanded() {}

  /**
   * A value and what the document says instead.
   *
   * @param text not empty
   */
  private record Value(String text, String written) {
    /** Whether no word of a sentence looks like it. */
    boolean isDistinct() {
      return text.length() >= DISTINCT_MIN && !text.chars().allMatch(c -> c >= 'a' && c <= 'z');
    }

    /** Whether it begins here and is no part of a longer word. */
    boolean isAt(String message, int start, boolean quoted) {
      int end = start + text.length();
      boolean isCandidate = quoted || isDistinct();
      if (!isCandidate || !message.regionMatches(true, start, text, 0, text.length())) {
        return false;
      }
      boolean isUnmistakable = isDistinct() && text.length() >= UNMISTAKABLE_MIN;
      return isUnmistakable || !(isInWord(message, start) || isInWord(message, end));
    }
  }

  /** Remembers a value; an empty one tells nothing. */
  void add(String text, String written) {
    Value value = new Value(text, written);
    if (!text.isEmpty() && !values.contains(value)) {
      values.add(value);
      values.sort(LONGEST_FIRST);
    }
  }

  /** The text with references in place of their values. */
  public String hide(String message) {
    return hide(message, false);
  }

  /** The same of a text that is nothing but what was written, as if it stood between quotes. */
  public String hideValue(String text) {
    return hide(text, true);
  }

  private String hide(String message, boolean isValue) {
    if (values.isEmpty()) {
      return message;
    }
    StringBuilder hidden = new StringBuilder();
    boolean quoted = isValue;
    int index = 0;
    while (index < message.length()) {
      Optional<Value> value = valueAt(message, index, quoted);
      if (value.isPresent()) {
        hidden.append(value.get().written);
        index += value.get().text.length();
      } else {
        char c = message.charAt(index++);
        quoted ^= c == '"';
        hidden.append(c);
      }
    }
    return hidden.toString();
  }

  private Optional<Value> valueAt(String message, int index, boolean quoted) {
    return values.stream().filter(value -> value.isAt(message, index, quoted)).findFirst();
  }

  Diagnostic hide(Diagnostic problem) {
    return new Diagnostic(
        problem.severity(),
        problem.position(),
        hide(problem.key()),
        hide(problem.message()),
        hide(problem.hint()));
  }

  SemanticDifference hide(SemanticDifference difference) {
    return new SemanticDifference(
        difference.position(),
        hide(difference.key()),
        difference.point(),
        hide(difference.ours()),
        hide(difference.upstream()));
  }

  /** Whether a word goes on across this place. */
  private static boolean isInWord(String text, int place) {
    return place > 0
        && place < text.length()
        && Character.isLetterOrDigit(text.charAt(place - 1))
        && Character.isLetterOrDigit(text.charAt(place));
  }
}
