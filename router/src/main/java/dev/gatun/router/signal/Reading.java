package dev.gatun.router.signal;

import dev.gatun.router.model.Facts;
import dev.gatun.router.text.Compressed;
import java.util.Optional;
import java.util.Set;

/**
 * A request as the signals read it.
 *
 * @param facts as the client sent them
 * @param compressed what was left out of the text for most families, when it was too long
 * @param unshortened families that read the original text nevertheless
 */
record Reading(Facts facts, Optional<Compressed> compressed, Set<Family> unshortened) {
  /** What a family reads. */
  Facts of(Family family) {
    return compressed.isEmpty() || unshortened.contains(family)
        ? facts
        : facts.withEvaluationText(compressed.get().text());
  }
}
