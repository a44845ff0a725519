package dev.gatun.server.manage;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.router.decision.Explanation;
import dev.gatun.router.decision.Verdict.DecidedBy;
import dev.gatun.router.signal.Family;
import dev.gatun.router.signal.SignalKey;
import dev.gatun.server.wire.Json;
import java.util.Collection;
import java.util.Locale;

/** The words the management API uses for signals and traces. */
final class SignalWords {
  private SignalWords() {}

  /** Names by family, families without one left out. */
  static ObjectNode grouped(Collection<SignalKey> keys) {
    ObjectNode grouped = Json.object();
    for (SignalKey key : keys) {
      grouped.withArray(word(key.family())).add(key.name());
    }
    return grouped;
  }

  static String word(Family family) {
    return switch (family) {
      case KEYWORD -> "keywords";
      case EMBEDDING -> "embeddings";
      case DOMAIN -> "domains";
      case PREFERENCE -> "preferences";
      case AUTHZ, COMPLEXITY, CONTEXT, CONVERSATION, EVENT, FACT_CHECK, JAILBREAK, KB, LANGUAGE ->
          family.type();
      case MODALITY, PII, REASK, STRUCTURE, USER_FEEDBACK, PROJECTION -> family.type();
    };
  }

  static String word(Explanation.Kind kind) {
    return kind == Explanation.Kind.LEAF ? "leaf" : kind.name();
  }

  static String word(DecidedBy decidedBy) {
    return decidedBy.name().toLowerCase(Locale.ROOT);
  }
}
