package dev.gatun.router.pii;

import com.google.re2j.Pattern;

/** Ages of people: a number of years with the words for an age, or with a word before it. */
final class Age {
  private static final String TYPE = "AGE";

  private static final Pattern LABEL =
      Pattern.compile(
          "(?i)(?:(?:^|[^\\p{L}])(?:aged|age|turns|turned|turning)\"?\\s?[:=]?\\s?\"?"
              + "|(?:i am|i'm|(?:son|daughter|husband|wife|father|mother|brother|sister"
              + "|patient) is)"
              + "\\s"
              + "|(?:^|[^\\p{L}])(?:patient,|i'm [\\p{L}. ]{2,24},|for [\\p{L}. ]{2,24},)\\s)$");

  private Age() {}

  static Recognizer recognizer() {
    return Recognizer.of(
        TYPE,
        Recognizer.Sign.DIGIT,
        "\\d{1,3}(?:[ -](?i:y/o|yo|years?[ -]old|jahre?|ans|anni|años|anos|jaar|lata?)"
            + "|-year-old)?",
        candidate -> candidate.wholeIf(isAge(candidate)));
  }

  private static boolean isAge(Candidate candidate) {
    String digits = candidate.digits();
    if (Integer.parseInt(digits) > 120) {
      return false;
    }
    if (candidate.value().length() > digits.length()) {
      return true;
    }
    return candidate.follows(LABEL) && candidate.endsClause();
  }
}
