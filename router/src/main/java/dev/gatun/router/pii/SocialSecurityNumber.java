package dev.gatun.router.pii;

import com.google.re2j.Pattern;

/**
 * Social security numbers of the United States: three, two and four digits, no part of which is all
 * zeros (Social Security Administration, "Social Security Number Randomization"). Hyphens prove it;
 * blanks, or nothing between the parts, need the name beside it.
 */
final class SocialSecurityNumber {
  private static final String TYPE = "US_SSN";

  private static final Pattern LABEL =
      Pattern.compile("(?i)\\b(?:ssn|social\\s+security|sozialversicherung)[^\\d\\n]*$");

  private SocialSecurityNumber() {}

  static Recognizer recognizer() {
    return Recognizer.of(
        TYPE,
        Recognizer.Sign.DIGIT,
        "\\d{3}(?:-\\d{2}-|[ .]\\d{2}[ .]|\\d{2})\\d{4}",
        candidate -> candidate.wholeIf(isNumber(candidate)));
  }

  private static boolean isNumber(Candidate candidate) {
    String digits = candidate.digits();
    boolean possible =
        !digits.startsWith("000")
            && !digits.startsWith("666")
            && !digits.startsWith("00", 3)
            && !digits.endsWith("0000");
    boolean proven = candidate.value().indexOf('-') > 0 && !digits.startsWith("9");
    return possible && (proven || candidate.follows(LABEL)) && !candidate.isAmongNumbers();
  }
}
