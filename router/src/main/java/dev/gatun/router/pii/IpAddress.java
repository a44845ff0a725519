package dev.gatun.router.pii;

import com.google.re2j.Pattern;
import java.util.Arrays;
import java.util.function.Predicate;

/** Addresses of the Internet protocol, version 4 (RFC 791) and 6 (RFC 4291 §2.2). */
final class IpAddress {
  private static final String TYPE = "IP_ADDRESS";
  private static final int GROUPS = 8;

  /** What four numbers with dots also are. */
  private static final Pattern VERSION =
      Pattern.compile("(?i)(?:\\bv|\\b(?:version|release|upgrade|build|firmware)s?\\b\\W*)$");

  private IpAddress() {}

  static Recognizer version4() {
    String octet = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
    return Recognizer.of(
        TYPE,
        Recognizer.Sign.DIGIT,
        octet + "(?:\\." + octet + "){3}",
        candidate ->
            candidate.wholeIf(
                !candidate.follows(VERSION)
                    && !dotted(candidate)
                    && !candidate.value().equals("0.0.0.0")));
  }

  /** A part of more numbers with dots. */
  private static boolean dotted(Candidate candidate) {
    return (candidate.after() == '.' && candidate.numberGoesOn())
        || (candidate.before() == '.' && candidate.numberBegan());
  }

  static Recognizer version6() {
    return Recognizer.of(
        TYPE,
        Recognizer.Sign.of(":"),
        "(?:[0-9A-Fa-f]{1,4})?(?::{1,2}[0-9A-Fa-f]{1,4}){2,7}(?:::)?"
            + "|[0-9A-Fa-f]{1,4}::|::[0-9A-Fa-f]{1,4}",
        candidate -> candidate.wholeIf(isVersion6(candidate)));
  }

  /** Either all groups, or some with one gap; times of day have too few. */
  private static boolean isVersion6(Candidate candidate) {
    String value = candidate.value();
    int gap = value.indexOf("::");
    boolean oneGap = gap >= 0 && value.indexOf("::", gap + 1) < 0;
    long groups =
        Arrays.stream(value.split(":", -1)).filter(Predicate.not(String::isEmpty)).count();
    return candidate.before() != ':'
        && !candidate.goesOnAfter(':')
        && value.chars().anyMatch(c -> c >= '0' && c <= '9')
        && (gap < 0 ? groups == GROUPS : oneGap && groups < GROUPS);
  }
}
