package dev.gatun.router.config;

import dev.gatun.router.signal.Family;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A model of the user that a family of signals asks in place of the embedded one (spec config §7.5,
 * §7.7, classifiers §8.3). At least one of its two folders is there.
 *
 * @param family that asks it; {@link Family#EMBEDDING} stands for all that compare texts
 * @param model folder of a whole model, or of an adapter that names its base
 * @param adapter folder of an adapter over that model, or over the one that it names
 * @param architecture that its key is for, in the word of the encoder; empty for any
 * @param layer after which its vectors are taken, from 1 on; empty after the last one
 */
public record OwnModel(
    Family family,
    Optional<String> model,
    Optional<String> adapter,
    Optional<String> architecture,
    OptionalInt layer) {
  public OwnModel {
    if (model.isEmpty() && adapter.isEmpty()) {
      throw new IllegalArgumentException("a model or an adapter expected for " + family.type());
    }
    if (layer.isPresent() && layer.getAsInt() < 1) {
      throw new IllegalArgumentException("layer " + layer.getAsInt() + ": 1 or more expected");
    }
  }

  /** The folder that answers: that of the adapter where there is one. */
  public String folder() {
    return adapter.or(() -> model).orElseThrow();
  }
}
