package dev.gatun.router.pipeline;

import dev.gatun.router.config.Providers;
import dev.gatun.router.config.RouterConfig;
import dev.gatun.router.model.ModelCard;
import dev.gatun.router.text.Nearest;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The names a client may ask for.
 *
 * @param automatic names that ask for routing, by whichever profile
 * @param concrete models and adapters
 */
record ModelNames(Set<String> automatic, Set<String> concrete) {
  private static final int SUGGESTIONS_MAX = 3;

  static ModelNames of(RouterConfig config) {
    Set<String> concrete = new LinkedHashSet<>();
    config.providers().models().stream().map(Providers.Model::name).forEach(concrete::add);
    for (ModelCard card : config.cards()) {
      concrete.add(card.name());
      card.loras().stream().map(ModelCard.Lora::name).forEach(concrete::add);
    }
    Set<String> automatic = new LinkedHashSet<>(config.global().router().automaticNames());
    config.profiles().forEach(profile -> automatic.addAll(profile.modelNames()));
    return new ModelNames(automatic, concrete);
  }

  boolean isAutomatic(String name) {
    return automatic.contains(name);
  }

  boolean isKnown(String name) {
    return concrete.contains(name);
  }

  List<String> near(String name) {
    Set<String> all = new LinkedHashSet<>(concrete);
    all.addAll(automatic);
    return Nearest.names(name, all, SUGGESTIONS_MAX);
  }
}
