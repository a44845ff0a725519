package dev.gatun.router.pipeline;

import dev.gatun.router.config.Profile;
import dev.gatun.router.decision.Explanation;
import dev.gatun.router.decision.Verdict;
import dev.gatun.router.projection.ProjectionTrace;
import dev.gatun.router.signal.SignalHits;
import java.util.Optional;

/**
 * What became of a request, and why.
 *
 * @param profile the one that decided
 * @param signals what was found, with the time each family took
 * @param projections what was computed from the signals
 * @param contextTokens estimated length of the request
 * @param explanation present when asked for
 * @param decisionNanos time that choosing the decision took
 * @param nanos time of the whole routing by the injected clock
 */
public record Routed(
    Profile profile,
    SignalHits signals,
    ProjectionTrace projections,
    Verdict verdict,
    Outcome outcome,
    long contextTokens,
    Optional<Explanation> explanation,
    long decisionNanos,
    long nanos) {}
