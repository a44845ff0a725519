package dev.gatun.router.config;

import dev.gatun.router.algorithm.Algorithm;
import dev.gatun.router.decision.Decision;
import dev.gatun.router.decision.Strategy;
import dev.gatun.router.projection.Projections;
import dev.gatun.router.signal.Domain;
import dev.gatun.router.signal.Family;
import dev.gatun.router.signal.Keyword;
import dev.gatun.router.signal.SignalRules;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What decides: signals, projections and policies, each in the order of the file.
 *
 * @param signals as written; domains one per referenced name when the file declares none
 * @param policies decisions that may win; those that only boost are among the projections
 * @param families those that some rule needs, directly or through projections
 * @param strategy of this profile; that of the router when empty
 */
public record Routing(
    SignalRules signals,
    Projections projections,
    List<Policy> policies,
    Set<Family> families,
    Optional<Strategy> strategy) {

  public Routing {
    policies = List.copyOf(policies);
    families = Collections.unmodifiableSet(new LinkedHashSet<>(families));
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

  /** A decision and how one of its candidates is chosen. */
  public record Policy(Decision decision, Algorithm algorithm) {}
}
