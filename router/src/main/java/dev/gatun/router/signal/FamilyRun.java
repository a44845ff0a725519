package dev.gatun.router.signal;

import dev.gatun.router.port.Answer.Room;
import dev.gatun.router.port.Coverage;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * How the evaluation of a family went.
 *
 * @param nanos that the request spent on it, waiting for models included
 * @param degraded why the family could not answer; empty when it did
 * @param room whether that is because its models had none
 * @param coverage tokens that a model read for it
 * @param onFailure what becomes of the request when it could not
 * @param confidence of the family as a whole; empty when that is the one of its surest match
 */
public record FamilyRun(
    Family family,
    long nanos,
    Optional<String> degraded,
    Room room,
    Coverage coverage,
    OnFailure onFailure,
    OptionalDouble confidence) {
  /** How the reason of a family begins that waited in vain; how long it waited follows. */
  public static final String LATE = "no answer within ";

  /** A run of a family that has no policy of its own. */
  public FamilyRun(Family family, long nanos, Optional<String> degraded, Coverage coverage) {
    this(family, nanos, degraded, Room.ENOUGH, coverage, OnFailure.DEFAULT, OptionalDouble.empty());
  }
}
