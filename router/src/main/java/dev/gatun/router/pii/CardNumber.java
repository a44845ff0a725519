package dev.gatun.router.pii;

import com.google.re2j.Pattern;
import java.util.OptionalInt;

/** Numbers of payment cards: a known issuer, its length, and the check digit. */
final class CardNumber {
  private static final String TYPE = "CREDIT_CARD";

  /** Issuer identification numbers with the lengths they have (ISO/IEC 7812, issuers' pages). */
  private static final Pattern ISSUERS =
      Pattern.compile(
          "^(?:4\\d{12}(?:\\d{3}){0,2}" // Visa
              + "|5[1-5]\\d{14}" // Mastercard
              + "|2(?:22[1-9]|2[3-9]\\d|[3-6]\\d\\d|7[01]\\d|720)\\d{12}" // Mastercard
              + "|3[47]\\d{13}" // American Express
              + "|3(?:0[0-5]|095|[689]\\d)\\d{11}(?:\\d{2})?" // Diners Club
              + "|6(?:011|5\\d\\d|4[4-9]\\d)\\d{12}(?:\\d{3})?" // Discover
              + "|35(?:2[89]|[3-8]\\d)\\d{12}|(?:1800|2131)\\d{11}" // JCB
              + "|62\\d{14,17}" // UnionPay
              + "|(?:5018|5020|5038|5[6-8]\\d\\d|6(?:304|759|76[1-3]))\\d{8,15}" // Maestro
              + ")$");

  private CardNumber() {}

  static Recognizer recognizer() {
    return Recognizer.of(TYPE, Recognizer.Sign.DIGIT, "\\d(?:[ -]?\\d){11,18}", CardNumber::end);
  }

  /** With the date and code behind it a card has more digits than one: any part may be it. */
  private static OptionalInt end(Candidate candidate) {
    return switch (candidate.judgement()) {
      case READER -> candidate.wholeIf(isCard(candidate));
      case FORM -> candidate.longest(CardNumber::isCard);
    };
  }

  private static boolean isCard(Candidate candidate) {
    String digits = candidate.digits();
    return ISSUERS.matches(digits)
        && Checksums.luhn(digits)
        && !candidate.isAmongNumbers()
        && !candidate.isOfThing();
  }
}
