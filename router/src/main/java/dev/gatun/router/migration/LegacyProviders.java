package dev.gatun.router.migration;

import dev.gatun.router.config.Node;
import dev.gatun.router.config.Node.Entry;
import dev.gatun.router.config.Node.Mapping;
import dev.gatun.router.config.Node.Scalar;
import dev.gatun.router.config.Node.Sequence;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Models, their addresses and what is known of them, as older files said it. */
final class LegacyProviders {
  /** What is now said by the card of a model. */
  private static final List<String> CARD =
      List.of(
          "param_size",
          "context_window_size",
          "description",
          "capabilities",
          "loras",
          "quality_score",
          "modality",
          "tags");

  private static final List<String> DEFAULTS =
      List.of("default_model", "reasoning_families", "default_reasoning_effort");

  /** What a model of {@code model_config} keeps under its name. */
  private static final Map<String, String> SERVED =
      Items.ordered(
          "pricing", "pricing",
          "api_format", "api_format",
          "external_model_ids", "external_model_ids",
          "reasoning_family", "reasoning_family",
          "model_id", "provider_model_id",
          "provider_model_id", "provider_model_id");

  private final boolean ours;
  private final Leftovers leftovers;

  LegacyProviders(boolean ours, Leftovers leftovers) {
    this.ours = ours;
    this.leftovers = leftovers;
  }

  void move(Draft top, Draft providers, Draft routing) {
    Draft defaults = providers.inner("defaults");
    for (String key : DEFAULTS) {
      for (Draft old : List.of(providers, top)) {
        old.remove(key).ifPresent(entry -> defaults.putIfAbsent(key, entry, leftovers));
      }
    }
    Cards cards = new Cards(routing);
    List<Node> models = new ArrayList<>();
    Optional<Entry> written = providers.remove("models");
    written.ifPresent(
        entry -> Items.of(entry.value()).forEach(item -> models.add(modern(item, cards))));
    new LegacyTargets(leftovers).move(providers, models, cards);
    if (ours) {
      top.remove("backend_models")
          .ifPresent(entry -> {
            if (entry.value() instanceof Mapping mapping) {
              Draft draft = Draft.of(mapping);
              draft
                  .remove("model_config")
                  .ifPresent(config -> top.putIfAbsent("model_config", config, leftovers));
              leftovers.rest(draft, "backend_models");
            } else {
              leftovers.add(entry, "backend_models");
            }
          });
    }
    configured(top, models, cards);
    if (!models.isEmpty()) {
      providers.put(
          new Entry(
              written.map(Entry::position).orElse(Draft.NOWHERE),
              "models",
              new Sequence(
                  written.map(entry -> entry.value().position()).orElse(Draft.NOWHERE), models)));
    }
    defaults
        .value("default_model")
        .flatMap(node -> node instanceof Scalar name ? Optional.of(name) : Optional.empty())
        .filter(name -> !name.text().isEmpty())
        .ifPresent(name -> cards.card(name.text()));
    cards.write();
  }

  /**
   * An entry of {@code providers.models}, without what belongs to its card or is said otherwise.
   */
  private Node modern(Node item, Cards cards) {
    if (!(item instanceof Mapping mapping)) {
      return item;
    }
    Draft model = Draft.of(mapping);
    model
        .remove("access")
        .ifPresent(entry -> {
          if (entry.value() instanceof Mapping access) {
            model.complete(access, leftovers);
          }
        });
    model
        .value("name")
        .flatMap(node -> node instanceof Scalar name ? Optional.of(name.text()) : Optional.empty())
        .filter(name -> !name.isEmpty())
        .ifPresent(name -> {
          Draft card = cards.card(name);
          CARD.forEach(
              key -> model.remove(key).ifPresent(entry -> card.putIfAbsent(key, entry, leftovers)));
        });
    Optional<Entry> key = model.remove("access_key");
    if (ours) {
      key.ifPresent(entry -> keyed(model, entry));
    }
    model
        .remove("endpoints")
        .ifPresent(entry -> {
          Node references =
              new Sequence(entry.value().position(), references(Items.of(entry.value()), key));
          model.putIfAbsent(
              "backend_refs", new Entry(entry.position(), entry.key(), references), leftovers);
        });
    return model.node();
  }

  /** Gives the key of a model to its backends that have none. */
  private void keyed(Draft model, Entry key) {
    if (model.value("backend_refs").orElse(key.value()) instanceof Sequence(var at, var items)) {
      List<Node> references =
          items.stream()
              .map(item ->
                  item instanceof Mapping reference && reference.value("api_key_env").isEmpty()
                      ? withKey(Draft.of(reference), key)
                      : item)
              .toList();
      model.replace("backend_refs", new Sequence(at, references));
    }
  }

  private Node withKey(Draft reference, Entry key) {
    reference.putIfAbsent("api_key", key, leftovers);
    return reference.node();
  }

  private List<Node> references(List<Node> endpoints, Optional<Entry> key) {
    Set<String> names = new HashSet<>();
    for (Node endpoint : endpoints) {
      if (endpoint instanceof Mapping mapping
          && mapping.value("name").orElse(mapping) instanceof Scalar name) {
        names.add(name.text());
      }
    }
    List<Node> references = new ArrayList<>();
    for (Node endpoint : endpoints) {
      references.add(endpoint instanceof Mapping m ? reference(Draft.of(m), key, names) : endpoint);
    }
    return references;
  }

  private Node reference(Draft reference, Optional<Entry> key, Set<String> names) {
    if (!reference.has("name")) {
      reference.put("name", freeName(names));
    }
    key.ifPresent(entry -> reference.putIfAbsent("api_key", entry, leftovers));
    return reference.node();
  }

  /** A name for an address that has none; upstream gives all of them the same. */
  private String freeName(Set<String> taken) {
    String name = "primary";
    for (int number = 2; ours && taken.contains(name); number++) {
      name = "primary-" + number;
    }
    taken.add(name);
    return name;
  }

  /** {@code model_config} with the addresses and profiles it names. */
  private void configured(Draft top, List<Node> models, Cards cards) {
    Optional<Entry> config = top.remove("model_config");
    Endpoints endpoints = new Endpoints(top, leftovers);
    config.ifPresent(entry -> {
      if (entry.value() instanceof Mapping mapping) {
        mapping.entries().forEach(model -> add(model, models, cards, endpoints));
      } else {
        leftovers.add(entry, "model_config");
      }
    });
    endpoints.tellUnused();
  }

  private void add(Entry entry, List<Node> models, Cards cards, Endpoints endpoints) {
    Draft old =
        entry.value() instanceof Mapping mapping ? Draft.of(mapping) : new Draft(entry.position());
    // The place of the key keeps the comment above it.
    Draft model = new Draft(entry.position());
    model.put(
        new Entry(Draft.NOWHERE, "name", new Scalar(Draft.NOWHERE, entry.key(), false, false)));
    Draft card = cards.card(entry.key());
    CARD.forEach(key -> old.remove(key).ifPresent(e -> card.putIfAbsent(key, e, leftovers)));
    SERVED.forEach(
        (key, now) -> old.remove(key).ifPresent(e -> model.putIfAbsent(now, e, leftovers)));
    Optional<Entry> accessKey = old.remove("access_key");
    old.remove("preferred_endpoints")
        .ifPresent(e ->
            model.put(new Entry(e.position(), "backend_refs", endpoints.references(e, accessKey))));
    leftovers.rest(old, "model_config." + entry.key());
    boolean known =
        models.stream()
            .anyMatch(m ->
                m instanceof Mapping mapping
                    && mapping.value("name").orElse(mapping) instanceof Scalar name
                    && name.text().equals(entry.key()));
    if (!known) {
      models.add(model.node());
    } else {
      leftovers.add(
          entry, "model_config." + entry.key(), "providers.models has this model already");
    }
  }
}
