package dev.gatun.server.http;

import java.util.List;

/**
 * Names of the models that a configuration needs, by how far they are.
 *
 * @param ready loaded and self-tested
 * @param pending not loaded yet: the first question loads them
 * @param missing could not be loaded
 */
public record ModelStates(List<String> ready, List<String> pending, List<String> missing) {
  public ModelStates {
    ready = List.copyOf(ready);
    pending = List.copyOf(pending);
    missing = List.copyOf(missing);
  }

  public static ModelStates allPending(List<String> models) {
    return new ModelStates(List.of(), models, List.of());
  }
}
