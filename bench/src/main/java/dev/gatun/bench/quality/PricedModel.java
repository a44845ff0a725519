package dev.gatun.bench.quality;

/**
 * A model that may answer, and what it charges.
 *
 * @param name in the rows' scores
 * @param usdPerMtokIn US dollars for a million tokens of a question, 0 or more
 * @param usdPerMtokOut the same of an answer
 */
record PricedModel(String name, double usdPerMtokIn, double usdPerMtokOut) {
  /** Characters of a token, about, as the prices of {@code selection} are meant. */
  private static final double CHARACTERS_OF_A_TOKEN = 4;

  PricedModel {
    if (!(usdPerMtokIn >= 0) || !(usdPerMtokOut >= 0)) {
      throw new IllegalArgumentException(
          name + " charges " + usdPerMtokIn + " and " + usdPerMtokOut + " USD");
    }
  }

  /** US dollars for a thousand questions and answers of so many characters. */
  double usdPer1k(double question, double answer) {
    return (question * usdPerMtokIn + answer * usdPerMtokOut) / CHARACTERS_OF_A_TOKEN / 1_000;
  }
}
