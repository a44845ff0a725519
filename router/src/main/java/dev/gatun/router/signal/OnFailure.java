package dev.gatun.router.signal;

import java.util.Locale;

/** What becomes of a request when a family of signals does not answer. */
public enum OnFailure {
  /** It goes on as if the family had found nothing. */
  OPEN,
  /** It is refused. */
  CLOSED,
  /** What the family does by itself: safety rules say what is in their {@code on_error}. */
  DEFAULT;

  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
