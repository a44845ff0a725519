package dev.gatun.router.pii;

import com.google.re2j.Pattern;

/** Forms of address before a name, in eight languages. */
final class Title {
  private static final String TYPE = "TITLE";

  private static final Pattern NAME = Pattern.compile("^ (?:\\p{Lu}|(?:van|von|da|de|di|du) )");

  private Title() {}

  static Recognizer recognizer() {
    return Recognizer.of(
        TYPE,
        Recognizer.Sign.of("DFHMPS"),
        "(?:Dra\\.|Dr\\.|Dr|Prof\\.|Professor|Sir|Miss|Ms\\.|Mrs\\.|Mr\\.|Mr|Mrs|Ms"
            + "|Sra\\.|Sr\\.|Mlle|Mme|M\\."
            + "|Herr|Frau|Pani|Pan|Dott\\.|Sig\\.ra|Sig\\.|Mevr\\.|Dhr\\.)",
        candidate -> candidate.wholeIf(beforeName(candidate)));
  }

  /** A blank and a capital, or a particle of names, follow; an initial stands behind a name. */
  private static boolean beforeName(Candidate candidate) {
    String text = candidate.text();
    String rest = text.substring(candidate.end(), Math.min(text.length(), candidate.end() + 6));
    boolean initial =
        candidate.value().equals("M.")
            && candidate.start() > 1
            && Character.isLetter(text.charAt(candidate.start() - 2));
    return NAME.matcher(rest).find() && !initial;
  }
}
