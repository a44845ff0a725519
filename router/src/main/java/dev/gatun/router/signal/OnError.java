package dev.gatun.router.signal;

/** What a safety rule says of a text that could not be judged. */
public enum OnError {
  /** It matches: what is unknown is suspicious. */
  MATCH,
  /** It does not match. */
  NO_MATCH,
  /** The request is refused. */
  FAIL
}
