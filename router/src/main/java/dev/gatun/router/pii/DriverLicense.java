package dev.gatun.router.pii;

import com.google.re2j.Pattern;

/** Numbers of driver's licenses of the United States, recognised by the words before them. */
final class DriverLicense {
  private static final String TYPE = "US_DRIVER_LICENSE";

  private static final Pattern LABEL =
      Pattern.compile(
          "(?i)(?:^|[^\\p{L}])(?:driver'?s?'? licen[cs]e|driving licen[cs]e|licen[cs]e|dl)"
              + "(?:[^\\p{L}\\d\\n]{0,2}(?:no|number|nr|num))?[^\\p{L}\\d\\n]{0,4}(?:is )?$");

  private DriverLicense() {}

  static Recognizer recognizer() {
    return Recognizer.of(
        TYPE,
        Recognizer.Sign.DIGIT,
        "(?i:[A-Z]\\d{3}-\\d{3}-\\d{3}-\\d{3}|[A-Z]\\d{7,13}|\\d{7,12})",
        candidate -> candidate.wholeIf(candidate.follows(LABEL)));
  }
}
