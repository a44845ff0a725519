package dev.gatun.inference.tokenize;

import java.util.Set;

/**
 * Regular expressions of a {@code tokenizer.json}. The engine backtracks, and ends the process when
 * a text makes it backtrack for too long. So only expressions are admitted that cannot: those of
 * known models, and plain ones.
 */
final class Expression {

  /** Of GPT-2, of Qwen from its second version on, and of Llama from its third on. */
  private static final Set<String> OF_MODELS =
      Set.of(
          "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
          "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}|"
              + " ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
          "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}|"
              + " ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+");

  private static final String CLASSES = "dDsSwW";
  private static final String SPECIAL = ".^$|?*+(){}[]\\";

  private final String text;
  private int at;

  private Expression(String text) {
    this.text = text;
  }

  /** Whether every search for it ends soon, whatever the text. */
  static boolean endsSoon(String expression) {
    return OF_MODELS.contains(expression) || isPlain(expression);
  }

  /**
   * Whether it is a sequence of characters and classes of them, of which only the last may repeat,
   * once at least: it matches no empty text, and nothing follows that could make it go back.
   */
  static boolean isPlain(String expression) {
    return new Expression(expression).plain();
  }

  private boolean plain() {
    while (at < text.length()) {
      boolean one = text.charAt(at) == '[' ? set() : character();
      if (!one) {
        return false;
      }
      if (at < text.length() && "+{".indexOf(text.charAt(at)) >= 0) {
        return repetition();
      }
    }
    return at > 0;
  }

  private boolean character() {
    char c = text.charAt(at);
    if (c == '\\') {
      return escape();
    }
    at++;
    return SPECIAL.indexOf(c) < 0;
  }

  /** A backslash with what it takes; of letters those that stand for characters. */
  private boolean escape() {
    if (at + 1 == text.length()) {
      return false;
    }
    char c = text.charAt(at + 1);
    at += 2;
    if (c == 'p' || c == 'P') {
      int end = text.indexOf('}', at);
      boolean named = text.startsWith("{", at) && end > at + 1;
      at = named ? end + 1 : at;
      return named;
    }
    boolean letterOrDigit = Character.isLetterOrDigit(c);
    return !letterOrDigit || CLASSES.indexOf(c) >= 0 || "nrt".indexOf(c) >= 0;
  }

  /** Brackets with characters, ranges and escapes, none inside another. */
  private boolean set() {
    at++;
    int first = at;
    while (at < text.length() && (text.charAt(at) != ']' || at == first)) {
      char c = text.charAt(at);
      if (c == '[' || c == ']' || text.startsWith("&&", at)) {
        return false;
      }
      if (c != '\\') {
        at++;
      } else if (!escape()) {
        return false;
      }
    }
    at++;
    return at <= text.length();
  }

  /** The rest: {@code +}, {@code {n}}, {@code {n,}} or {@code {n,m}}, with n from 1 to 99. */
  private boolean repetition() {
    String rest = text.substring(at);
    if (rest.equals("+")) {
      return true;
    }
    int comma = rest.indexOf(',');
    int end = rest.length() - 1;
    if (rest.charAt(0) != '{' || rest.charAt(end) != '}') {
      return false;
    }
    String least = rest.substring(1, comma < 0 ? end : comma);
    String most = comma < 0 ? "1" : rest.substring(comma + 1, end);
    return isCount(least) && (most.isEmpty() || isCount(most));
  }

  private static boolean isCount(String digits) {
    return !digits.isEmpty()
        && digits.length() <= 2
        && digits.charAt(0) != '0'
        && digits.chars().allMatch(c -> c >= '0' && c <= '9');
  }
}
