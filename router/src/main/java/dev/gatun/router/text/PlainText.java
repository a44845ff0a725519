package dev.gatun.router.text;

import com.anyascii.AnyAscii;
import java.util.Locale;
import net.gcardone.junidecode.Junidecode;
import org.jspecify.annotations.Nullable;

/**
 * Text in letters of ASCII and lower case: without accents, other alphabets and signs written as
 * they sound or are called. Scripts without blanks between words stay as they are.
 */
final class PlainText {
  private static final int PLANE = 0x10000;
  private static final char LONG_VOWEL = '\u30FC';
  private static final char LONG_VOWEL_HALF = '\uFF70';

  /** A character that the first table does not know. */
  private static final String UNKNOWN = "[?]";

  /**
   * How the characters of the first plane are written, looked up when first met. Two threads that
   * meet one at once write the same text.
   */
  private static final @Nullable String[] WRITTEN = new @Nullable String[PLANE];

  private PlainText() {}

  static char[] of(String text) {
    char[] chars = text.toCharArray();
    if (!CaseFolding.isAscii(chars)) {
      return written(text).toLowerCase(Locale.ROOT).toCharArray();
    }
    CaseFolding.foldAscii(chars);
    return chars;
  }

  private static String written(String text) {
    StringBuilder written = new StringBuilder(text.length() + 16);
    int at = 0;
    while (at < text.length()) {
      int c = text.codePointAt(at);
      at += Character.charCount(c);
      if (c < 0x80 || isKept(c)) {
        written.appendCodePoint(c);
      } else {
        written.append(written(c));
      }
    }
    return written.toString();
  }

  /** The sign that makes a vowel long belongs to two scripts, and so to none. */
  private static boolean isKept(int c) {
    return WordClass.isUnspaced(c) || c == LONG_VOWEL || c == LONG_VOWEL_HALF;
  }

  private static String written(int c) {
    if (c >= PLANE) {
      return called(c);
    }
    String known = WRITTEN[c];
    if (known == null) {
      String sounds = Junidecode.unidecode(String.valueOf((char) c));
      known = sounds.isBlank() || sounds.contains(UNKNOWN) ? called(c) : sounds;
      WRITTEN[c] = known;
    }
    return known;
  }

  /** A picture is called by its name between colons, which is a word of its own. */
  private static String called(int c) {
    String written = AnyAscii.transliterate(c);
    boolean isName = written.length() > 2 && written.startsWith(":") && written.endsWith(":");
    if (isName) {
      return written.substring(1, written.length() - 1) + " ";
    }
    return written.isEmpty() && !Character.isDefined(c) ? " " : written;
  }
}
