package dev.gatun.router.pii;

import com.google.re2j.Pattern;

/** Postal codes, which are only recognised by the words before them. */
final class PostalCode {
  private static final String TYPE = "ZIP_CODE";

  private static final Pattern LABEL =
      Pattern.compile(
          "(?i)(?:^|[^\\p{L}])(?:zip|zip\\s?code|postal\\s?code|post\\s?code|plz"
              + "|postleitzahl|cap|code postal"
              + "|código postal|cep|kod pocztowy|postcode)[^\\p{L}\\d\\n]{0,3}(?:is |ist |:)?$");

  private PostalCode() {}

  static Recognizer recognizer() {
    return Recognizer.of(
        TYPE,
        Recognizer.Sign.DIGIT,
        "\\d{5}-\\d{3,4}|\\d{2}-\\d{3}|\\d{4}-\\d{3}|\\d{5,6}|\\d{4} ?[A-Za-z]{2}"
            + "|(?i:[A-Z]{1,2}\\d[A-Z\\d]? ?\\d[A-Z]{2})|\\d{4}",
        candidate -> candidate.wholeIf(candidate.follows(LABEL)));
  }
}
