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

  /** Keys under which a target names the profile of all its backends. */
  private static final List<String> ACCESS = List.of("auth_ref", "auth_profile");

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
    List<Draft> references = new ArrayList<>();
    for (String key : NAMES) {
      target
          .remove(key)
          .ifPresent(entry ->
              named(entry)
                  .forEach(item -> reference(item, backends, access).ifPresent(references::add)));
    }
    for (String key : ACCESS) {
      target
          .remove(key)
          .ifPresent(entry -> references.forEach(each -> profile(entry, each, access)));
    }
    leftovers.lookedUp(target.remove("name").map(Entry::value), name);
    model.complete(target.node(), leftovers);
    if (!references.isEmpty()) {
      List<Node> nodes = references.stream().<Node>map(Draft::node).toList();
      model.put("backend_refs", new Sequence(Draft.NOWHERE, nodes));
    }
    return model.node();
  }

  private static List<Node> named(Entry entry) {
    return entry.value() instanceof Sequence list ? list.items() : List.of(entry.value());
  }

  /** A backend by its name, perhaps with a weight of its own; none where there is no address. */
  private Optional<Draft> reference(
      Node item, Map<String, Mapping> backends, Map<String, Mapping> access) {
    Draft reference =
        item instanceof Mapping mapping ? Draft.of(mapping) : new Draft(item.position());
    Node named =
        item instanceof Scalar ? item : reference.remove("backend").map(Entry::value).orElse(item);
    if (named instanceof Scalar name) {
      named(name, item, reference, backends);
    }
    reference.remove("auth_profile").ifPresent(entry -> profile(entry, reference, access));
    boolean isThere = reference.has("endpoint") || reference.has("base_url");
    return isThere ? Optional.of(reference) : Optional.empty();
  }

  private void named(Scalar name, Node item, Draft reference, Map<String, Mapping> backends) {
    if (!reference.has("name")) {
      reference.put("name", name.text());
    }
    leftovers.used(name);
    Mapping found = backends.get(name.text());
    if (found == null) {
      leftovers.add(
          new Entry(item.position(), name.text(), item),
          "providers.model_targets",
          "no backend " + name.text());
    } else {
      leftovers.lookedUp(found.value("name"), name.text());
      reference.complete(found, leftovers);
    }
  }

  private void profile(Entry named, Draft reference, Map<String, Mapping> access) {
    String name = named.value() instanceof Scalar scalar ? scalar.text() : "";
    Mapping profile = access.get(name);
    if (profile == null) {
      leftovers.add(named, "providers.backends.auth_profile", "there is no such auth profile");
      return;
    }
    leftovers.used(named.value());
    leftovers.lookedUp(profile.value("name"), name);
    profile
        .entries()
        .forEach(entry ->
            reference.putIfAbsent(
                entry.key().equals("type") ? "provider" : entry.key(), entry, leftovers));
  }
}
