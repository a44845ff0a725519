package dev.gatun.router.pii;

import com.google.re2j.Pattern;
import java.util.OptionalInt;

/**
 * Telephone numbers (E.164: at most 15 digits). A country code, or the grouping of North America,
 * proves one; any other number needs a word for telephones before it.
 */
final class PhoneNumber {
  private static final String TYPE = "PHONE_NUMBER";
  private static final int DIGITS_MIN = 7;
  private static final int DIGITS_MAX = 15;

  private static final Pattern EXTENSION = Pattern.compile("(?i)\\s?(?:x|ext\\.?|#)\\s?\\d{1,6}$");
  private static final Pattern WITH_COUNTRY =
      Pattern.compile("^(?:\\+|00[1-9]\\d{0,2}[ (.-])\\s?[1-9(]");
  private static final Pattern NORTH_AMERICA =
      Pattern.compile(
          "^(?:(?:\\+?1|001)[ .-]?)?"
              + "(?:\\([2-9]\\d{2}\\) ?[2-9]\\d{2}[ .-]\\d{4}"
              + "|[2-9]\\d{2}([.-])[2-9]\\d{2}[.-]\\d{4})$");

  /** Another thing whose number stands there. */
  private static final Pattern OTHER =
      Pattern.compile(
          "(?i)\\b(?:order|ref|reference|invoice|tracking|isbn|ticket|case|part|model|serial|account"
              + "|commit|sku|id)\\b\\W*(?:no|number|nr|code)?\\W*$");

  private static final Pattern LABEL =
      Pattern.compile(
          "(?i)(?:^|[^\\p{L}])"
              + "(?:phones?|tele(?:phone|fon)(?:o|e|nummer)?|tel|mobile|mob|cell|cellphone|landline"
              + "|whatsapp|sms|fax|call(?:ed|ing)?|dial|ring|reach|contact|text|hotline|helpline"
              + "|handy|rufnummer|rufen|anrufen|durchwahl|téléphone|téléphonez|appelez|appeler"
              + "|portable|teléfono|llame|llamar|llama|móvil|telefono|chiami|chiamare|chiama|cellulare"
              + "|ligue|ligar|telemóvel|celular|bel|mobiel|zadzwoń|telefonu|komórka)"
              + "(?:[^\\p{L}\\d\\n][^\\d\\n]{0,24})?$");

  private PhoneNumber() {}

  static Recognizer recognizer() {
    return Recognizer.of(
        TYPE,
        "(?:\\+\\s?)?\\(?\\d(?:(?:[ ./-]|\\) ?| ?\\()?\\d){5,17}(?:\\s?(?i:x|ext\\.?|#)\\s?\\d{1,6})?",
        PhoneNumber::end);
  }

  private static OptionalInt end(Candidate candidate) {
    String number = EXTENSION.matcher(candidate.value()).replaceFirst("");
    long digits = number.chars().filter(c -> c >= '0' && c <= '9').count();
    if (digits < DIGITS_MIN
        || digits > DIGITS_MAX
        || candidate.numberGoesOn()
        || candidate.numberBegan()
        || candidate.follows(OTHER)) {
      return OptionalInt.empty();
    }
    boolean proven = WITH_COUNTRY.matcher(number).find() || NORTH_AMERICA.matches(number);
    return candidate.wholeIf(proven || candidate.follows(LABEL));
  }
}
