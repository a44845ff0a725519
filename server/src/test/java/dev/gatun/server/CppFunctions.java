package dev.gatun.server;

import java.util.ArrayList;
import java.util.List;

/**
 * Lengths of C and C++ functions, found by their braces: the outermost block that is neither a
 * namespace, a type, a linkage block nor an initialiser is a function's body.
 */
final class CppFunctions {
  private final String code;
  private final List<Function> functions = new ArrayList<>();
  private int depth;
  private int bodyDepth = -1;
  private int bodyLine;
  private int headStart;

  private CppFunctions(String code) {
    this.code = code;
  }

  /** A function's first line (of its head) and how many lines it spans. */
  record Function(int line, int lines) {}

  static List<Function> parse(String source) {
    CppFunctions parser = new CppFunctions(blank(source));
    parser.scan();
    return parser.functions;
  }

  private void scan() {
    for (int i = 0; i < code.length(); i++) {
      switch (code.charAt(i)) {
        case '{' -> i = open(i);
        case '}' -> close(i);
        case ';' -> headStart = bodyDepth < 0 ? i + 1 : headStart;
        default -> {}
      }
    }
  }

  /** Returns where to go on: past the braces of a constructor's initialiser, else {@code at}. */
  private int open(int at) {
    if (bodyDepth < 0) {
      String head = code.substring(headStart, at).strip();
      if (head.matches("(?s).*\\)[^:]*:[^:].*[\\w>]")) {
        return code.indexOf('}', at);
      }
      if (head.contains(")") && !isScope(head) && !head.endsWith("=")) {
        bodyDepth = depth;
        bodyLine = line(code.indexOf(head, headStart));
      }
      headStart = at + 1;
    }
    depth++;
    return at;
  }

  private static boolean isScope(String head) {
    return head.matches("(?s)(.*\\s)?(namespace|extern)\\b[^()]*")
        || head.matches("(?s)(.*[\\s>)])?(class|struct|union|enum)\\s[^()=]*");
  }

  private void close(int at) {
    depth--;
    if (bodyDepth == depth) {
      functions.add(new Function(bodyLine, line(at) - bodyLine + 1));
      bodyDepth = -1;
    }
    if (bodyDepth < 0) {
      headStart = at + 1;
    }
  }

  private int line(int at) {
    return 1 + (int) code.substring(0, at).chars().filter(c -> c == '\n').count();
  }

  /** Blanks comments, literals and preprocessor lines, so that every brace left is code. */
  private static String blank(String source) {
    StringBuilder out = new StringBuilder(source);
    for (int i = 0, end; i < source.length(); i = Math.max(end, i + 1)) {
      end = literalEnd(source, i);
      for (int k = i; k < end; k++) {
        if (source.charAt(k) != '\n') {
          out.setCharAt(k, ' ');
        }
      }
    }
    return out.toString();
  }

  /** The end of the comment, literal or directive that starts at {@code i}, or {@code i}. */
  private static int literalEnd(String text, int i) {
    char c = text.charAt(i);
    boolean directive = c == '#' && text.substring(0, i).matches("(?s)(.*\n)?[ \t]*");
    if (directive || text.startsWith("//", i)) {
      return lineEnd(text, i);
    }
    if (text.startsWith("/*", i)) {
      int end = text.indexOf("*/", i + 2);
      return end < 0 ? text.length() : end + 2;
    }
    boolean digitSeparator = c == '\'' && i > 0 && Character.isLetterOrDigit(text.charAt(i - 1));
    return c == '"' || (c == '\'' && !digitSeparator) ? quotedEnd(text, i) : i;
  }

  private static int quotedEnd(String text, int from) {
    char quote = text.charAt(from);
    if (quote == '"' && from > 0 && text.charAt(from - 1) == 'R') {
      String end = ")" + text.substring(from + 1, text.indexOf('(', from)) + "\"";
      return text.indexOf(end, from) + end.length();
    }
    int i = from + 1;
    while (i < text.length() && text.charAt(i) != quote && text.charAt(i) != '\n') {
      i += text.charAt(i) == '\\' ? 2 : 1;
    }
    return Math.min(text.length(), i + 1);
  }

  /** The end of the line, continued lines included. */
  private static int lineEnd(String text, int from) {
    int i = from;
    while (i < text.length() && (text.charAt(i) != '\n' || text.charAt(i - 1) == '\\')) {
      i++;
    }
    return i;
  }
}
