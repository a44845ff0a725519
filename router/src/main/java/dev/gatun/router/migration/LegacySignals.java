package dev.gatun.router.migration;

import dev.gatun.router.config.Node;
import dev.gatun.router.config.Node.Entry;
import dev.gatun.router.config.Node.Mapping;
import dev.gatun.router.config.Node.Scalar;
import dev.gatun.router.config.Node.Sequence;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Signals and decisions that once stood at the top, under other names. */
final class LegacySignals {
  private static final Map<String, String> LISTS = lists();

  private final boolean ours;
  private final Leftovers leftovers;

  /**
   * A mover.
   *
   * @param ours whether names inside lists are brought up to date too, which upstream leaves, and
   *     lists of one family joined, of which upstream keeps one
   */
  LegacySignals(boolean ours, Leftovers leftovers) {
    this.ours = ours;
    this.leftovers = leftovers;
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
      top.remove(key).ifPresent(entry -> routing.putIfAbsent(key, entry, leftovers));
    }
    Draft signals = routing.inner("signals");
    LISTS.forEach((old, now) -> {
      top.remove(old).ifPresent(entry -> place(entry, old, now, signals));
      if (ours && !old.equals(now)) {
        signals.remove(old).ifPresent(entry -> place(entry, "signals." + old, now, signals));
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

  /** Puts a list where it stands today, behind the rules that are there already. */
  private void place(Entry entry, String path, String now, Draft signals) {
    if (ours
        && entry.value() instanceof Sequence more
        && signals.value(now).orElse(more) instanceof Sequence there
        && signals.has(now)) {
      signals.replace(now, joined(there, more, path, "routing.signals." + now));
    } else {
      signals.putIfAbsent(now, entry, leftovers);
    }
  }

  private Node joined(Sequence there, Sequence more, String path, String place) {
    List<Node> rules = new ArrayList<>(there.items());
    for (int i = 0; i < more.items().size(); i++) {
      Node rule = more.items().get(i);
      Optional<String> name = nameOf(rule);
      Optional<Node> namesake =
          there.items().stream()
              .filter(other -> name.isPresent() && nameOf(other).equals(name))
              .findFirst();
      if (namesake.isEmpty()) {
        rules.add(rule);
      } else if (Leftovers.isSame(rule, namesake.get())) {
        leftovers.used(rule);
      } else {
        leftovers.add(
            new Entry(rule.position(), name.orElse(""), rule),
            path + "[" + i + "]",
            place + " has another rule \"" + name.orElse("") + "\"; rename one to keep both");
      }
    }
    return new Sequence(there.position(), rules);
  }

  private static Optional<String> nameOf(Node rule) {
    return rule instanceof Mapping mapping
            && mapping.value("name").orElse(rule) instanceof Scalar name
        ? Optional.of(name.text())
        : Optional.empty();
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
