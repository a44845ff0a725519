package dev.gatun.router.algorithm;

/** How one of a decision's candidates is chosen. */
public sealed interface Algorithm permits Static {
  /** The word that names it in a configuration and in answers. */
  String method();

  /**
   * Chooses among candidates that a request fits into.
   *
   * @return the choice; the same for the same question, always
   */
  Choice choose(Question question);
}
