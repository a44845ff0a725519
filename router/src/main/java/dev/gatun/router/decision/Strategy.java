package dev.gatun.router.decision;

/** What orders matching decisions when no decision has a tier. */
public enum Strategy {
  PRIORITY,
  CONFIDENCE
}
