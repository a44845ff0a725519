package dev.gatun.server;

/** Where a text comes from, and what that means for it. */
enum Origin {
  /** Somebody edited the file. */
  FILE("file", false, false),
  /** A caller sends it. Unknown keys are errors for it (spec config §1.2). */
  DEPLOYED("api", true, true),
  /** A caller goes back to what was at work before. */
  KEPT("api", true, false);

  final String word;

  /** Whether the file is to say it, too. */
  final boolean isWritten;

  final boolean isStrict;

  Origin(String word, boolean isWritten, boolean isStrict) {
    this.word = word;
    this.isWritten = isWritten;
    this.isStrict = isStrict;
  }
}
