package dev.gatun.router.pii;

/**
 * Full dates and times of day: ISO 8601, day and month in figures, or the name of a month with a
 * day. A year alone is none.
 */
final class DateAndTime {
  private static final String TYPE = "DATE_TIME";

  private static final String DAY = "(?:3[01]|[12]\\d|0?[1-9])";
  private static final String NUMBER = "(?:1[0-2]|0?[1-9])";
  private static final String YEAR = "(?:1[5-9]|20|21)\\d{2}";
  private static final String TIME =
      "(?:[01]?\\d|2[0-3])[:.h][0-5]\\d(?::[0-5]\\d)?(?:\\s?[AaPp](?:\\.[Mm]\\.|[Mm]\\b))";

  /** English, German, French, Spanish, Italian, Portuguese, Dutch, Polish. */
  private static final String MONTH =
      "(?i:jan(?:uary|uar|uari|vier)?|feb(?:ruary|ruar|ruari)?|f[ée]vrier"
          + "|mar(?:ch|s|zo|ço)?|m[äa][ae]rz"
          + "|maart|apr(?:il|ile)?|avril|abril|ma[yi]|maggio|mayo|maio|mei|maj|maja"
          + "|june?|juni|juin|junio"
          + "|junho|giugno|july?|juli|juillet|julio|julho|luglio|aug(?:ust|ustus)?|ao[ûu]t|agosto"
          + "|sep(?:t|tember|tembre|tiembre)?|setembro|settembre"
          + "|okt(?:ober)?|oct(?:ober|obre|ubre)?"
          + "|outubro|ottobre|nov(?:ember|embre|iembre|embro)?|de[cz](?:ember|embre|iembre|embro)?"
          + "|d[ée]cembre|diciembre|dicembre|gennaio|febbraio|marzo|enero|febrero|janeiro|fevereiro"
          + "|stycznia|lutego|marca|kwietnia|czerwca|lipca|sierpnia|września|października|listopada"
          + "|grudnia)\\.?";

  private DateAndTime() {}

  static Recognizer recognizer() {
    String ordinal = DAY + "(?:st|nd|rd|th|er|º|\\.)?";
    String figures =
        YEAR
            + "-"
            + NUMBER
            + "-"
            + DAY
            + "(?:[T ][0-2]\\d:[0-5]\\d(?::[0-5]\\d)?Z?)?"
            + "|"
            + DAY
            + "/"
            + DAY
            + "/"
            + YEAR
            + "|"
            + DAY
            + "\\."
            + NUMBER
            + "\\."
            + YEAR
            + "|"
            + DAY
            + "-"
            + NUMBER
            + "-"
            + YEAR;
    String words =
        ordinal
            + "\\s(?:of\\s|de\\s)?"
            + MONTH
            + "(?:,?\\s(?:de\\s|of\\s)?"
            + YEAR
            + ")?"
            + "|"
            + MONTH
            + "\\s"
            + ordinal
            + "(?:,?\\s"
            + YEAR
            + ")?";
    return Recognizer.of(
        TYPE,
        Recognizer.Sign.DIGIT,
        "(?:" + words + "|" + figures + "|" + TIME + ")",
        candidate -> candidate.wholeIf(!candidate.numberGoesOn() && !candidate.numberBegan()));
  }
}
