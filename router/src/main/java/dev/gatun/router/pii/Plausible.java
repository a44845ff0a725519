package dev.gatun.router.pii;

/** What a value must have to be of its type at all, whatever a classifier says. */
final class Plausible {
  private static final int CARD_DIGITS_MIN = 12;
  private static final int CARD_DIGITS_MAX = 19;
  private static final int IBAN_DIGITS_MIN = 10;
  private static final int PHONE_DIGITS_MIN = 6;
  private static final int SSN_DIGITS = 9;
  private static final int LICENSE_DIGITS_MIN = 5;
  private static final int POSTAL_UNITS_MAX = 10;

  private Plausible() {}

  /** Whether the value can be of the type; a type that is not known here takes every value. */
  static boolean is(String type, String value) {
    String digits = digits(value);
    int count = digits.length();
    return switch (type) {
      case "PERSON" -> hasLetter(value) && count == 0 && value.indexOf('@') < 0;
      case "GPE", "NRP", "TITLE" -> hasLetter(value) && count == 0;
      case "ORGANIZATION", "STREET_ADDRESS" -> hasLetter(value);
      case "AGE" -> count >= 1 && count <= 3;
      case "DATE_TIME" -> count > 0 && !isYear(value, count);
      case "EMAIL_ADDRESS" -> value.indexOf('@') >= 0;
      case "DOMAIN_NAME" -> value.indexOf('.') >= 0 && hasLetter(value);
      case "CREDIT_CARD" ->
          count >= CARD_DIGITS_MIN && count <= CARD_DIGITS_MAX && Checksums.luhn(digits);
      case "IBAN_CODE" -> count >= IBAN_DIGITS_MIN && hasLetter(value);
      case "IP_ADDRESS" -> occurrences(value, '.') == 3 || occurrences(value, ':') >= 2;
      case "PHONE_NUMBER" -> count >= PHONE_DIGITS_MIN;
      case "US_SSN" -> count == SSN_DIGITS;
      case "US_DRIVER_LICENSE" -> count >= LICENSE_DIGITS_MIN;
      case "ZIP_CODE" -> count >= 2 && value.length() <= POSTAL_UNITS_MAX;
      default -> true;
    };
  }

  /** A bare year is no date by the labelling rule. */
  private static boolean isYear(String value, int digits) {
    return digits == value.length() && (digits == 3 || digits == 4);
  }

  private static boolean hasLetter(String value) {
    return value.codePoints().anyMatch(Character::isLetter);
  }

  private static long occurrences(String value, char c) {
    return value.chars().filter(unit -> unit == c).count();
  }

  private static String digits(String value) {
    StringBuilder digits = new StringBuilder();
    value
        .codePoints()
        .filter(Character::isDigit)
        .forEach(c -> digits.append((char) ('0' + Character.digit(c, 10))));
    return digits.toString();
  }
}
