package dev.gatun.router.text;

/** How far a word may be from a keyword and still count as it. */
public sealed interface Fuzziness {
  /** Not at all. */
  record Exact() implements Fuzziness {}

  /**
   * So many changes.
   *
   * @param edits insertions, deletions and replacements; 0 or more
   */
  record Edits(int edits) implements Fuzziness {}

  /**
   * So much agreement.
   *
   * @param percent of the keyword's characters that must agree; 0 to 100
   */
  record Similarity(int percent) implements Fuzziness {}

  /** The largest number of edits for a keyword of so many characters; -1 for none at all. */
  default int edits(int length) {
    return switch (this) {
      case Exact() -> -1;
      case Edits(int edits) -> edits;
      case Similarity(int percent) -> length * (100 - percent) / 100;
    };
  }
}
