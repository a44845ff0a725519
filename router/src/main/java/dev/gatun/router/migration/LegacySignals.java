package dev.gatun.router.migration;

import dev.gatun.router.config.Node;
import dev.gatun.router.config.Node.Entry;
import dev.gatun.router.config.Node.Mapping;
import dev.gatun.router.config.Node.Sequence;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Signals and decisions that once stood at the top, under other names. */
final class LegacySignals {
  private static final Map<String, String> LISTS = lists();

  private final boolean ours;

  /**
   * A mover.
   *
   * @param ours whether names inside lists are brought up to date too, which upstream leaves
   */
  LegacySignals(boolean ours) {
    this.ours = ours;
  }

  private static Map<String, String> lists() {
    Map<String, String> lists = new LinkedHashMap<>();
    lists.put("keyword_rules", "keywords");
    lists.put("embedding_rules", "embeddings");
    lists.put("categories", "domains");
    lists.put("fact_check_rules", "fact_check");
    lists.put("user_feedback_rules", "user_feedbacks");
    lists.put("reask_rules", "reasks");
    lists.put("preference_rules", "preferences");
    lists.put("language_rules", "language");
    lists.put("context_rules", "context");
    lists.put("structure_rules", "structure");
    lists.put("complexity_rules", "complexity");
    lists.put("modality_rules", "modality");
    for (String same :
        List.of("role_bindings", "jailbreak", "pii", "kb", "conversation", "events")) {
      lists.put(same, same);
    }
    return lists;
  }

  void move(Draft top, Draft routing) {
    for (String key : List.of("signals", "projections", "decisions")) {
      if (!routing.has(key)) {
        top.remove(key).ifPresent(routing::put);
      }
    }
    Draft signals = routing.inner("signals");
    LISTS.forEach((old, now) -> {
      if (!signals.has(now)) {
        top.remove(old).ifPresent(entry -> signals.put(now, entry));
      }
      if (ours && !old.equals(now) && !signals.has(now)) {
        signals.remove(old).ifPresent(entry -> signals.put(now, entry));
      }
    });
    if (ours) {
      routing
          .value("decisions")
          .ifPresent(decisions ->
              routing
                  .remove("decisions")
                  .ifPresent(entry ->
                      routing.put(
                          new Entry(entry.position(), entry.key(), withNewNames(decisions)))));
    }
  }

  /** Decisions that still call their candidates or their algorithm otherwise. */
  private static Node withNewNames(Node decisions) {
    if (!(decisions instanceof Sequence list)) {
      return decisions;
    }
    return new Sequence(
        list.position(),
        list.items().stream()
            .map(item -> item instanceof Mapping decision ? withNewNames(decision) : item)
            .toList());
  }

  private static Node withNewNames(Mapping decision) {
    Map<String, String> names =
        Map.of("model_refs", "modelRefs", "modelSelectionAlgorithm", "algorithm");
    return new Mapping(
        decision.position(),
        decision.entries().stream()
            .map(entry -> {
              String now = names.getOrDefault(entry.key(), entry.key());
              return decision.value(now).isPresent()
                  ? entry
                  : new Entry(entry.position(), now, entry.value());
            })
            .toList());
  }
}
