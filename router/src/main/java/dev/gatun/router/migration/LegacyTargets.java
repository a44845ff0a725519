package dev.gatun.router.migration;

import dev.gatun.router.config.Node;
import dev.gatun.router.config.Node.Entry;
import dev.gatun.router.config.Node.Mapping;
import dev.gatun.router.config.Node.Scalar;
import dev.gatun.router.config.Node.Sequence;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Models as targets that name backends, which name profiles of access; one layout kept them apart.
 */
final class LegacyTargets {
  private static final List<String> NAMES =
      List.of("backend_refs", "backends", "backend", "targets");

  private final Leftovers leftovers;

  LegacyTargets(Leftovers leftovers) {
    this.leftovers = leftovers;
  }

  /** Writes each target as a model with its backends, unless there are models already. */
  void move(Draft providers, List<Node> models, Cards cards) {
    Optional<Entry> targets = providers.remove("model_targets");
    Optional<Entry> backends = providers.remove("backends");
    Optional<Entry> profiles = providers.remove("auth_profiles");
    if (!models.isEmpty() || targets.isEmpty()) {
      List.of(targets, backends, profiles)
          .forEach(unused ->
              unused.ifPresent(entry ->
                  leftovers.add(
                      entry, "providers." + entry.key(), "providers.models says it otherwise")));
      return;
    }
    Map<String, Mapping> byName = Items.named(backends);
    Map<String, Mapping> access = Items.named(profiles);
    Items.named(targets)
        .forEach((name, target) -> {
          cards.card(name);
          models.add(model(name, Draft.of(target), byName, access));
        });
  }

  private Node model(
      String name, Draft target, Map<String, Mapping> backends, Map<String, Mapping> access) {
    Draft model = new Draft(Draft.NOWHERE);
    model.put("name", name);
    List<Node> references = new ArrayList<>();
    for (String key : NAMES) {
      target
          .remove(key)
          .ifPresent(entry ->
              named(entry).forEach(item -> references.add(reference(item, backends, access))));
    }
    target.remove("name");
    model.complete(target.node());
    if (!references.isEmpty()) {
      model.put("backend_refs", new Sequence(Draft.NOWHERE, references));
    }
    return model.node();
  }

  private static List<Node> named(Entry entry) {
    return entry.value() instanceof Sequence list ? list.items() : List.of(entry.value());
  }

  /** A backend by its name, perhaps with a weight of its own. */
  private Node reference(Node item, Map<String, Mapping> backends, Map<String, Mapping> access) {
    Draft reference =
        item instanceof Mapping mapping ? Draft.of(mapping) : new Draft(item.position());
    Optional<String> name =
        item instanceof Scalar scalar ? Optional.of(scalar.text()) : Optional.empty();
    Optional<Entry> backend = reference.remove("backend");
    name =
        name.or(() ->
            backend
                .map(Entry::value)
                .flatMap(
                    node -> node instanceof Scalar s ? Optional.of(s.text()) : Optional.empty()));
    name.ifPresent(n -> {
      if (!reference.has("name")) {
        reference.put("name", n);
      }
      Mapping found = backends.get(n);
      if (found == null) {
        leftovers.add(
            new Entry(item.position(), n, item), "providers.model_targets", "no backend " + n);
      } else {
        reference.complete(found);
      }
    });
    reference
        .remove("auth_profile")
        .map(Entry::value)
        .flatMap(node -> node instanceof Scalar s ? Optional.of(s.text()) : Optional.empty())
        .map(access::get)
        .ifPresent(profile ->
            profile
                .entries()
                .forEach(entry ->
                    reference.putIfAbsent(
                        entry.key().equals("type") ? "provider" : entry.key(), entry)));
    return reference.node();
  }
}
