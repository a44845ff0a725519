package dev.gatun.inference;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where a loaded model's weights came from.
 *
 * @param file of the cache that holds them
 * @param digests SHA-256 of the weight files by their names; empty without a cache
 * @param warnings why the cache was not used, or what was wrong in it; sentences for the user
 */
public record WeightOrigin(
    State state, Optional<Path> file, Map<String, String> digests, List<String> warnings) {

  /** What became of the cache. */
  public enum State {
    /** Not asked for. */
    OFF,
    /** The weights were there. */
    MAPPED,
    /** The weights are there from now on. */
    WRITTEN,
    /** It could not be used; a warning says why. */
    UNUSED
  }

  public WeightOrigin {
    digests = Map.copyOf(digests);
    warnings = List.copyOf(warnings);
  }

  /** Of a model that was loaded without a cache. */
  public static WeightOrigin off() {
    return new WeightOrigin(State.OFF, Optional.empty(), Map.of(), List.of());
  }
}
