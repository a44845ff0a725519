package dev.gatun.router.model;

import java.util.Optional;

/**
 * One candidate of a decision.
 *
 * @param model logical name of the base model; not empty
 * @param lora adapter to ask for instead of the base
 * @param weight share in a weighted choice; 0 or more, 0 when not written
 * @param reasoning empty when the file does not say, which means off
 * @param reasoningEffort effort for this candidate when reasoning is on
 */
public record ModelRef(
    String model,
    Optional<String> lora,
    double weight,
    Optional<Boolean> reasoning,
    Optional<String> reasoningEffort) {

  public ModelRef {
    if (model.isEmpty()) {
      throw new IllegalArgumentException("a model reference needs a model name");
    }
    if (!(weight >= 0) || Double.isInfinite(weight)) {
      throw new IllegalArgumentException("weight must be 0 or more and finite, got " + weight);
    }
  }

  public static ModelRef of(String model) {
    return weighted(model, 0);
  }

  public static ModelRef weighted(String model, double weight) {
    return new ModelRef(model, Optional.empty(), weight, Optional.empty(), Optional.empty());
  }

  /** The name a request is sent under: the adapter when there is one, else the base. */
  public String servedName() {
    return lora.orElse(model);
  }
}
