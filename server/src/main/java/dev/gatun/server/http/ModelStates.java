package dev.gatun.server.http;

import java.util.List;

/**
 * Names of the models that a configuration needs, by how far they are.
 *
 * @param ready loaded and self-tested
 * @param pending not loaded yet: the first question loads them
 * @param missing could not be loaded
 * @param failing of other processes, which did not answer when they were asked last
 * @param indispensable of the failing ones, without whose answers requests are refused
 */
public record ModelStates(
    List<String> ready,
    List<String> pending,
    List<String> missing,
    List<String> failing,
    List<String> indispensable) {
  public ModelStates {
    ready = List.copyOf(ready);
    pending = List.copyOf(pending);
    missing = List.copyOf(missing);
    failing = List.copyOf(failing);
    indispensable = List.copyOf(indispensable);
  }

  /** Those of this process alone. */
  public static ModelStates own(List<String> ready, List<String> pending, List<String> missing) {
    return new ModelStates(ready, pending, missing, List.of(), List.of());
  }

  public static ModelStates allPending(List<String> models) {
    return own(List.of(), models, List.of());
  }

  /** The same with those of other processes. */
  public ModelStates with(List<String> nowFailing, List<String> nowIndispensable) {
    return new ModelStates(ready, pending, missing, nowFailing, nowIndispensable);
  }
}
