package dev.gatun.router.config;

import java.util.Optional;

/**
 * An encoder model, or an adapter of one, that a configuration names.
 *
 * @param key where it is named
 * @param name short name or path, as it is written
 * @param folder where it lies on this machine; empty when it is not here
 * @param runs whether something asks it; otherwise an embedded model answers in its place, or
 *     nobody asks at all
 */
public record NamedModel(String key, String name, Optional<String> folder, boolean runs) {
  public NamedModel {
    if (runs && folder.isEmpty()) {
      throw new IllegalArgumentException(name + " cannot run: it is not here");
    }
  }
}
