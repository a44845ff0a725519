package dev.gatun.router.config;

import dev.gatun.router.decision.Decision;
import dev.gatun.router.decision.Strategy;
import dev.gatun.router.signal.Family;
import dev.gatun.router.signal.SignalKey;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Decisions that are in order one by one, but not beside the others. */
final class DecisionCheck {
  private static final Set<Family> SAFETY = EnumSet.of(Family.JAILBREAK, Family.PII);

  private DecisionCheck() {}

  static void of(ReadProfile profile) {
    List<Decision> decisions = profile.decisions();
    if (profile.config().strategy(profile.routing()) == Strategy.CONFIDENCE) {
      comparable(profile, decisions);
    }
    safety(profile.signals(), decisions);
  }

  /** What the confidence of a signal is a measure of. */
  private enum Kind {
    PROBABILITY,
    SIMILARITY,
    CERTAINTY,
    DISTANCE;

    static Kind of(Family family) {
      return switch (family) {
        case DOMAIN, FACT_CHECK, JAILBREAK, LANGUAGE, MODALITY, PII, USER_FEEDBACK -> PROBABILITY;
        case COMPLEXITY, EMBEDDING, KB, PREFERENCE, REASK -> SIMILARITY;
        case AUTHZ, CONTEXT, CONVERSATION, EVENT, KEYWORD, STRUCTURE -> CERTAINTY;
        case PROJECTION -> DISTANCE;
      };
    }
  }

  /** A rule of thumb is always certain, so it wins over a classifier that is nearly. */
  private static void comparable(ReadProfile profile, List<Decision> decisions) {
    Set<Kind> kinds = EnumSet.noneOf(Kind.class);
    decisions.stream()
        .flatMap(decision -> decision.rule().keys())
        .forEach(key -> kinds.add(Kind.of(key.family())));
    if (kinds.size() > 1) {
      profile
          .ordering()
          .warning(
              "strategy",
              "decisions are ordered by confidence, but their conditions measure different things",
              "give them tiers, or use strategy: priority");
    }
  }

  /** What guards must be asked before anything else decides. */
  private static void safety(Section signals, List<Decision> decisions) {
    List<Decision> first = first(decisions);
    for (Family family : SAFETY) {
      for (Section section : signals.sections(family.configKey())) {
        Optional<SignalKey> key = section.text("name").map(n -> new SignalKey(family, n));
        boolean guards =
            key.isPresent()
                && first.stream().anyMatch(d -> d.rule().keys().anyMatch(key.get()::equals));
        if (key.isPresent() && !guards) {
          section.warning(
              "name",
              "no decision of the highest order asks for \"" + key.get() + '"',
              "name it in a decision above all others, or what it finds may be overruled");
        }
      }
    }
  }

  /** Those that nothing comes before: of the first tier where there are tiers. */
  private static List<Decision> first(List<Decision> decisions) {
    int tier = decisions.stream().mapToInt(Decision::tier).filter(t -> t > 0).min().orElse(0);
    int priority = decisions.stream().mapToInt(Decision::priority).max().orElse(0);
    return decisions.stream()
        .filter(d -> tier > 0 ? d.tier() == tier : d.priority() == priority)
        .toList();
  }
}
