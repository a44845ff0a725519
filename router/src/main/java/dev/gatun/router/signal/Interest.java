package dev.gatun.router.signal;

import java.util.Set;

/** Which families are still worth asking about a request, when those asked first have answered. */
@FunctionalInterface
public interface Interest {
  /**
   * The families whose answers can still change what becomes of the request.
   *
   * @param soFar what the others said; not changed
   * @param open families that were not asked
   * @return some of the open ones
   */
  Set<Family> of(SignalHits.Recorder soFar, Set<Family> open);

  /** Interest in everything. */
  static Interest inAll() {
    return (_, open) -> open;
  }
}
