package dev.gatun.router.pipeline;

/** How much of a profile a request is evaluated for. */
public enum Breadth {
  /** What decisions need, and with it what projections and composers of theirs need. */
  NEEDED,
  /** Also what scores are computed from that no decision reads: a trace wants them. */
  PROJECTED,
  /** Every configured rule and every projection. */
  EVERYTHING
}
