package dev.gatun.router.pii;

/** Check digits of identifiers. */
final class Checksums {
  private Checksums() {}

  /** Whether the last digit is that of Luhn's formula (ISO/IEC 7812-1, annex B). */
  static boolean luhn(String digits) {
    int sum = 0;
    for (int i = 0; i < digits.length(); i++) {
      int digit = digits.charAt(digits.length() - 1 - i) - '0';
      int doubled = i % 2 == 1 ? 2 * digit : digit;
      sum += doubled > 9 ? doubled - 9 : doubled;
    }
    return sum % 10 == 0;
  }

  /**
   * Whether an IBAN without blanks has the right check digits (ISO 13616: the number with its first
   * four characters at its end, letters as 10 … 35, is 1 modulo 97).
   */
  static boolean iban(String iban) {
    String turned = iban.substring(4) + iban.substring(0, 4);
    int rest = 0;
    for (int i = 0; i < turned.length(); i++) {
      int value = Character.digit(turned.charAt(i), 36);
      if (value < 0) {
        return false;
      }
      rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
    }
    return rest == 1;
  }
}
