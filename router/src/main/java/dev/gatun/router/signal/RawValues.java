package dev.gatun.router.signal;

import java.util.List;

/**
 * What the families measure besides whether a rule matches: the values that inputs of scores and
 * predicates of conditions read as {@code raw}.
 *
 * @param whole whether there is a value under the name of a rule itself
 * @param parts names of further values, written behind the rule's name and a colon
 */
public record RawValues(boolean whole, List<String> parts) {
  public RawValues {
    parts = List.copyOf(parts);
  }

  /** What a family measures. */
  public static RawValues by(Family family) {
    return switch (family) {
      case EMBEDDING -> of("best", "blend", "support", "prototype_count");
      case PREFERENCE -> of("best", "support", "prototype_count", "margin");
      case COMPLEXITY ->
          new RawValues(
              false, List.of("margin", "text_margin", "text_hard_score", "text_easy_score"));
      case EVENT -> new RawValues(false, List.of("severity", "temporal"));
      case CONTEXT, CONVERSATION, DOMAIN, FACT_CHECK, JAILBREAK, LANGUAGE, MODALITY, PII -> of();
      case REASK, STRUCTURE, USER_FEEDBACK -> of();
      case AUTHZ, KB, KEYWORD, PROJECTION -> new RawValues(false, List.of());
    };
  }

  private static RawValues of(String... parts) {
    return new RawValues(true, List.of(parts));
  }
}
