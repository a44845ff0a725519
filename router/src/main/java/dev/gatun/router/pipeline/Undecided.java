package dev.gatun.router.pipeline;

import dev.gatun.router.config.Routing;
import dev.gatun.router.decision.Contest;
import dev.gatun.router.projection.ProjectionStage;
import dev.gatun.router.projection.Sources;
import dev.gatun.router.signal.Family;
import dev.gatun.router.signal.Interest;
import dev.gatun.router.signal.SignalHits;
import dev.gatun.router.signal.SignalKey;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Interest in what can still change which decision wins (spec signals §21.15).
 *
 * @param sources families behind every signal that a decision names
 */
record Undecided(ProjectionStage projections, Contest contest, Map<SignalKey, Set<Family>> sources)
    implements Interest {

  static Undecided of(Routing routing, ProjectionStage projections, Contest contest) {
    Sources behind = new Sources(routing.projections());
    Map<SignalKey, Set<Family>> sources = new HashMap<>();
    routing.decisions().stream()
        .flatMap(decision -> decision.rule().keys())
        .forEach(key -> sources.computeIfAbsent(key, behind::of));
    return new Undecided(projections, contest, sources);
  }

  @Override
  public Set<Family> of(SignalHits.Recorder soFar, Set<Family> open) {
    SignalHits.Recorder meaning = soFar.copy();
    projections.apply(meaning);
    Set<Family> wanted = EnumSet.noneOf(Family.class);
    for (SignalKey key :
        contest.undecided(meaning, key -> Collections.disjoint(behind(key), open))) {
      wanted.addAll(behind(key));
    }
    wanted.retainAll(open);
    return wanted;
  }

  private Set<Family> behind(SignalKey key) {
    return Objects.requireNonNull(sources.get(key));
  }
}
