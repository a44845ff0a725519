package dev.gatun.router.config;

import dev.gatun.router.algorithm.Algorithm;
import dev.gatun.router.decision.Decision;
import dev.gatun.router.model.ModelCard;
import dev.gatun.router.signal.Domain;
import dev.gatun.router.signal.Family;
import dev.gatun.router.signal.Keyword;
import dev.gatun.router.signal.SignalKey;
import dev.gatun.router.signal.SignalRules;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What decides: cards, signals and policies, each in the order of the file.
 *
 * @param signals as written; domains one per referenced name when the file declares none
 */
public record Routing(List<ModelCard> cards, SignalRules signals, List<Policy> policies) {

  public Routing {
    cards = List.copyOf(cards);
    policies = List.copyOf(policies);
  }

  public List<Keyword> keywords() {
    return signals.of(Keyword.class);
  }

  public List<Domain> domains() {
    return signals.of(Domain.class);
  }

  public List<Decision> decisions() {
    return policies.stream().map(Policy::decision).toList();
  }

  /** Families that some rule names. */
  public Set<Family> families() {
    return decisions().stream()
        .flatMap(decision -> decision.rule().keys())
        .map(SignalKey::family)
        .collect(Collectors.toCollection(() -> EnumSet.noneOf(Family.class)));
  }

  /** A decision and how one of its candidates is chosen. */
  public record Policy(Decision decision, Algorithm algorithm) {}
}
