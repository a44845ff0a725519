package dev.gatun.server.conformance;

import dev.gatun.router.model.Compatibility;
import dev.gatun.router.signal.SignalKey;

/** How sure the signals of a case are. */
final class Confidences {
  private Confidences() {}

  /**
   * The confidence of a match. Upstream's families may record none, which reads as 0 there; ours
   * always record one, which is 1 for those that compute nothing.
   */
  static double of(SignalKey key, Input confidences, Compatibility compatibility) {
    if (confidences.has(key.toString()) || compatibility == Compatibility.UPSTREAM_0_3) {
      return confidences.number(key.toString());
    }
    return switch (key.family()) {
      case AUTHZ, CONTEXT, CONVERSATION, EVENT, KEYWORD, STRUCTURE -> 1;
      case COMPLEXITY, DOMAIN, EMBEDDING, FACT_CHECK, JAILBREAK, KB, LANGUAGE, MODALITY -> 0;
      case PII, PREFERENCE, PROJECTION, REASK, USER_FEEDBACK -> 0;
    };
  }
}
