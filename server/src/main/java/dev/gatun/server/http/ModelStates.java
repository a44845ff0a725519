package dev.gatun.server.http;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Names of the models that a configuration needs, by how far they are.
 *
 * @param ready loaded and self-tested
 * @param pending not loaded yet: the first question loads them
 * @param missing could not be loaded
 * @param failing of other processes, which did not answer when they were asked last
 * @param indispensable of the failing ones, without whose answers requests are refused
 * @param degraded types of signals that nobody can tell, each with why
 */
public record ModelStates(
    List<String> ready,
    List<String> pending,
    List<String> missing,
    List<String> failing,
    List<String> indispensable,
    SortedMap<String, String> degraded) {
  public ModelStates {
    ready = List.copyOf(ready);
    pending = List.copyOf(pending);
    missing = List.copyOf(missing);
    failing = List.copyOf(failing);
    indispensable = List.copyOf(indispensable);
    degraded = Collections.unmodifiableSortedMap(new TreeMap<>(degraded));
  }

  /** Those of this process alone. */
  public static ModelStates own(List<String> ready, List<String> pending, List<String> missing) {
    return new ModelStates(ready, pending, missing, List.of(), List.of(), new TreeMap<>());
  }

  public static ModelStates allPending(List<String> models) {
    return own(List.of(), models, List.of());
  }

  /** The same with those of other processes. */
  public ModelStates with(List<String> nowFailing, List<String> nowIndispensable) {
    return new ModelStates(ready, pending, missing, nowFailing, nowIndispensable, degraded);
  }

  /** The same where types of signals cannot be told, each with why. */
  public ModelStates without(SortedMap<String, String> signals) {
    return new ModelStates(ready, pending, missing, failing, indispensable, signals);
  }
}
