package dev.gatun.router.text;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Finds the members of JSON objects inside a text, whatever stands around them. One pass without a
 * tree: an object that breaks off gives the members before the break.
 */
public final class JsonMembers {
  private final String text;
  private final String quotes;
  private final List<Member> members = new ArrayList<>();
  private final StringBuilder prose = new StringBuilder();
  private int at;

  /**
   * A member whose value is text, a number or a word.
   *
   * @param key in lower case
   * @param value unescaped
   */
  public record Member(String key, String value) {}

  private JsonMembers(String text, String quotes) {
    this.text = text;
    this.quotes = quotes;
  }

  /** All members in the order of the text, those of nested objects among them. */
  public static List<Member> in(String text) {
    return new JsonMembers(text, "\"").read().members;
  }

  /** The same, where strings may also stand in single quotes. */
  public static List<Member> inAnyQuotes(String text) {
    return new JsonMembers(text, "\"'").read().members;
  }

  /**
   * What a text says in words: all of it outside of objects, and of these the values, unescaped and
   * with a comma after each string, so that two of them never read as one phrase.
   */
  public static String prose(String text) {
    return text.indexOf('{') < 0 ? text : new JsonMembers(text, "\"").read().prose.toString();
  }

  private JsonMembers read() {
    int behind = 0;
    at = text.indexOf('{');
    while (at >= 0) {
      prose.append(text, behind, at);
      object();
      behind = at;
      at = text.indexOf('{', at);
    }
    prose.append(text, behind, text.length());
    return this;
  }

  /** Reads from an opening brace to behind its closing one, or to where it is JSON no more. */
  private void object() {
    int depth = 0;
    String word = "";
    int said = prose.length();
    Optional<String> key = Optional.empty();
    while (at < text.length()) {
      char c = text.charAt(at);
      if (isQuote(c) || isBare(c)) {
        int start = at;
        Optional<String> value = isQuote(c) ? string() : Optional.of(bare());
        if (value.isEmpty()) {
          prose.append(text, start, at);
          return;
        }
        word = value.get();
        said = prose.length();
        prose.append(word).append(isQuote(c) ? ", " : " ");
        key.ifPresent(k -> members.add(new Member(k, value.get())));
        key = Optional.empty();
        continue;
      }
      at++;
      switch (c) {
        case '{' -> {
          depth++;
          key = Optional.empty();
        }
        case '}' -> {
          depth--;
          if (depth == 0) {
            return;
          }
        }
        case ':' -> {
          key = Optional.of(word.toLowerCase(Locale.ROOT));
          // What stands before a colon is a name and says nothing.
          prose.setLength(said);
        }
        case '[', ']', ',' -> key = Optional.empty();
        case ' ', '\t', '\r', '\n' -> {}
        default -> {
          prose.append(c);
          return;
        }
      }
    }
  }

  private boolean isQuote(char c) {
    return quotes.indexOf(c) >= 0;
  }

  private static boolean isBare(char c) {
    return c == '-' || c == '+' || c == '.' || (c < 0x80 && Character.isLetterOrDigit(c));
  }

  private String bare() {
    int start = at;
    while (at < text.length() && isBare(text.charAt(at))) {
      at++;
    }
    return text.substring(start, at);
  }

  /** The string that begins here; empty when it never ends. */
  private Optional<String> string() {
    StringBuilder value = new StringBuilder();
    char quote = text.charAt(at++);
    while (at < text.length()) {
      char c = text.charAt(at++);
      if (c == quote) {
        return Optional.of(value.toString());
      }
      if (c < ' ') {
        return Optional.empty();
      }
      value.append(c == '\\' && at < text.length() ? escaped() : c);
    }
    return Optional.empty();
  }

  private char escaped() {
    char c = text.charAt(at++);
    return switch (c) {
      case 'n' -> '\n';
      case 't' -> '\t';
      case 'r' -> '\r';
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'u' -> unicode();
      default -> c;
    };
  }

  private char unicode() {
    int code = 0;
    int end = Math.min(at + 4, text.length());
    while (at < end && Character.digit(text.charAt(at), 16) >= 0) {
      code = code * 16 + Character.digit(text.charAt(at++), 16);
    }
    return (char) code;
  }
}
