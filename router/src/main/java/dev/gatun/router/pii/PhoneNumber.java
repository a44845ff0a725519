package dev.gatun.router.pii;

import com.google.re2j.Pattern;
import dev.gatun.router.pii.Candidate.Judgement;
import java.util.OptionalInt;

/**
 * Telephone numbers (E.164: at most 15 digits). A country code, or the grouping of North America,
 * proves one; any other number needs a word for telephones before it.
 */
final class PhoneNumber {
  static final String TYPE = "PHONE_NUMBER";
  private static final int DIGITS_MIN = 7;
  private static final int DIGITS_MAX = 15;

  private static final Pattern EXTENSION = Pattern.compile("(?i)\\s?(?:x|ext\\.?|#)\\s?\\d{1,6}$");
  private static final Pattern DATE = Pattern.compile("^\\d{1,4}([./-])\\d{1,2}[./-]\\d{1,4}$");
  private static final Pattern WITH_COUNTRY =
      Pattern.compile("^(?:\\+|00[1-9]\\d{0,2}[ (.-])\\s?[1-9(]");
  private static final Pattern NORTH_AMERICA =
      Pattern.compile(
          "^(?:(?:\\+?1|001)[ .-]?)?"
              + "(?:\\([2-9]\\d{2}\\) ?[2-9]\\d{2}[ .-]\\d{4}"
              + "|[2-9]\\d{2}([.-])[2-9]\\d{2}[.-]\\d{4})$");

  private static final Pattern LABEL =
      Pattern.compile(
          "(?i)(?:^|[^\\p{L}])"
              + "(?:phones?|tele(?:phone|fon)(?:o|e|nummer)?|tel|mobile|mob|cell|cellphone|landline"
              + "|whatsapp|sms|fax|call(?:ed|ing)?|dial|ring|reach|contact|text|hotline|helpline"
              + "|handy|rufnummer|rufen|anrufen|durchwahl|téléphone|téléphonez|appelez|appeler"
              + "|portable|teléfono|ll[aá]m[ae](?:me|r)?|móvil|telefono"
              + "|chiama(?:mi|re)?|chiami|cellulare"
              + "|ligue|ligar|telemóvel|celular|bel|mobiel|zadzwoń|telefonu|komórka)"
              + "(?:[^\\p{L}\\d\\n][^\\d\\n]{0,24})?$");

  private PhoneNumber() {}

  static Recognizer recognizer() {
    return Recognizer.of(
        TYPE,
        Recognizer.Sign.DIGIT,
        "\\+?\\(?\\d(?:(?:[ ./-]|\\) ?| ?\\()?\\d){5,17}(?:\\s?(?i:x|ext\\.?|#)\\s?\\d{1,6})?",
        PhoneNumber::end);
  }

  /** The candidate may hold more than one number: the longest part from its start counts. */
  private static OptionalInt end(Candidate candidate) {
    return candidate.longest(PhoneNumber::isNumber);
  }

  private static boolean isNumber(Candidate candidate) {
    String number = EXTENSION.matcher(candidate.value()).replaceFirst("");
    long digits = number.chars().filter(c -> c >= '0' && c <= '9').count();
    if (digits < DIGITS_MIN
        || digits > DIGITS_MAX
        || number.indexOf('(') >= 0 != number.indexOf(')') >= 0
        || DATE.matches(number)
        || candidate.isAmongNumbers()
        || candidate.isOfThing()) {
      return false;
    }
    boolean proven = WITH_COUNTRY.matcher(number).find() || NORTH_AMERICA.matches(number);
    return proven || (candidate.judgement() == Judgement.READER && candidate.follows(LABEL));
  }
}
