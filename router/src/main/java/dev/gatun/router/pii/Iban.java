package dev.gatun.router.pii;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;

/** International bank account numbers: a country, its length, and the check digits. */
final class Iban {
  private static final String TYPE = "IBAN_CODE";

  /** Characters of an IBAN by country (SWIFT, IBAN registry, release 99). */
  private static final Map<String, Integer> LENGTHS =
      lengths(
          "15 NO, 16 BE, 18 DK FK FI FO GL NL SD, 19 MK SI, 20 AT BA EE KZ LT LU MN XK,"
              + " 21 CH HR LI LV, 22 BG BH CR DE GB GE IE ME RS VA, 23 AE GI IL IQ OM SO TL,"
              + " 24 AD CZ ES MD PK RO SA SE SK TN VG YE, 25 LY PT ST, 26 IS TR,"
              + " 27 BI DJ FR GR IT MC"
              + " MR SM, 28 AL AZ BY CY DO GT HN HU LB NI PL SV, 29 BR EG PS QA UA, 30 JO KW MU,"
              + " 31 MT SC, 32 LC, 33 RU");

  private Iban() {}

  static Recognizer recognizer() {
    return Recognizer.of(
        TYPE, Recognizer.Sign.DIGIT, "[A-Za-z]{2}\\d{2}(?:[ -]?[A-Za-z0-9]){11,29}", Iban::end);
  }

  /** The candidate may go on with words of the text: the country says where it ends. */
  private static OptionalInt end(Candidate candidate) {
    String text = candidate.text();
    int start = candidate.start();
    Integer length = LENGTHS.get(text.substring(start, start + 2).toUpperCase(Locale.ROOT));
    if (length == null) {
      return OptionalInt.empty();
    }
    StringBuilder compact = new StringBuilder(length);
    int at = start;
    for (; at < candidate.end() && compact.length() < length; at++) {
      if (Character.isLetterOrDigit(text.charAt(at))) {
        compact.append(text.charAt(at));
      }
    }
    boolean valid = compact.length() == length && Checksums.iban(compact.toString());
    return valid ? OptionalInt.of(at) : OptionalInt.empty();
  }

  private static Map<String, Integer> lengths(String table) {
    Map<String, Integer> lengths = new HashMap<>();
    for (String row : table.split(",", -1)) {
      String[] words = row.strip().split(" ", -1);
      for (int i = 1; i < words.length; i++) {
        lengths.put(words[i], Integer.parseInt(words[0]));
      }
    }
    return Map.copyOf(lengths);
  }
}
