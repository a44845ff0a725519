package dev.gatun.router.config;

import dev.gatun.router.model.ModelCard;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Reads {@code routing.modelCards} and answers what other parts ask about them.
 *
 * @param byName in the order of the file
 * @param adapters base model by adapter name
 */
record CardDecoder(Map<String, ModelCard> byName, Map<String, String> adapters) {
  static CardDecoder read(Section routing) {
    Map<String, ModelCard> byName = new LinkedHashMap<>();
    Map<String, String> adapters = new LinkedHashMap<>();
    for (Section section : routing.sections("modelCards")) {
      Optional<String> name = section.text("name");
      if (name.isEmpty()) {
        section.error("name", "a model card needs a name", "write name: with the model's name");
        continue;
      }
      ModelCard card = card(section, name.get());
      if (byName.putIfAbsent(name.get(), card) != null) {
        section.error(
            "name", "the model card \"" + name.get() + "\" is declared twice", "keep one");
      }
    }
    // Of several cards with the same adapter the first in the order of their names counts.
    for (ModelCard card : new TreeMap<>(byName).values()) {
      card.loras().forEach(lora -> adapters.putIfAbsent(lora.name(), card.name()));
    }
    return new CardDecoder(byName, adapters);
  }

  List<ModelCard> cards() {
    return List.copyOf(byName.values());
  }

  /** Names of cards and of their adapters. */
  Set<String> names() {
    Set<String> names = new LinkedHashSet<>(byName.keySet());
    names.addAll(adapters.keySet());
    return names;
  }

  /** The card that serves a name: its own, or that of its base. */
  Optional<ModelCard> serving(String name) {
    return Optional.ofNullable(byName.get(name))
        .or(() -> Optional.ofNullable(adapters.get(name)).map(byName::get));
  }

  private static ModelCard card(Section section, String name) {
    return new ModelCard(
        name,
        section.text("param_size"),
        section.whole("context_window_size"),
        section.text("description").orElse(""),
        section.texts("capabilities"),
        loras(section),
        section.real("quality_score"),
        section.text("modality"),
        section.texts("tags"));
  }

  private static List<ModelCard.Lora> loras(Section card) {
    List<ModelCard.Lora> loras = new ArrayList<>();
    for (Section section : card.sections("loras")) {
      Optional<String> name = section.text("name");
      if (name.isEmpty()) {
        section.error("name", "an adapter needs a name", "write name: with the adapter's name");
      } else {
        loras.add(new ModelCard.Lora(name.get(), section.text("description").orElse("")));
      }
    }
    return loras;
  }
}
