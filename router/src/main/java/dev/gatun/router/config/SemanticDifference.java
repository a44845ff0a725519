package dev.gatun.router.config;

/**
 * A rule of a file whose result depends on {@code global.router.compatibility}.
 *
 * @param position where the rule stands
 * @param key dotted path of the rule
 * @param point what differs, in a word or two, the same for every rule of that kind
 * @param ours what happens under {@code gatun}
 * @param upstream what happens under {@code upstream-0.3}
 */
public record SemanticDifference(
    Position position, String key, String point, String ours, String upstream) {

  /** {@code file:line:column key — what — both results}. */
  public String render() {
    return position
        + " "
        + key
        + " — "
        + point
        + " — gatun: "
        + ours
        + "; upstream-0.3: "
        + upstream;
  }
}
