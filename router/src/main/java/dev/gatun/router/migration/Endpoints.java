package dev.gatun.router.migration;

import dev.gatun.router.config.Node;
import dev.gatun.router.config.Node.Entry;
import dev.gatun.router.config.Node.Mapping;
import dev.gatun.router.config.Node.Scalar;
import dev.gatun.router.config.Node.Sequence;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Addresses that models name, and the profiles that those name. */
final class Endpoints {
  private static final Map<String, String> PROFILE =
      Items.ordered(
          "base_url", "base_url",
          "type", "provider",
          "provider", "provider",
          "auth_header", "auth_header",
          "auth_prefix", "auth_prefix",
          "extra_headers", "extra_headers",
          "api_version", "api_version",
          "chat_path", "chat_path",
          "api_key", "api_key",
          "api_key_env", "api_key_env");
  private static final List<String> OWN =
      List.of(
          "name", "endpoint", "base_url", "protocol", "weight", "type", "api_key", "api_key_env");

  private final Map<String, Mapping> endpoints;
  private final Map<String, Mapping> profiles;
  private final Leftovers leftovers;
  private final Set<String> used = new LinkedHashSet<>();
  private final Set<String> usedProfiles = new LinkedHashSet<>();

  Endpoints(Draft top, Leftovers leftovers) {
    endpoints = Items.named(top.remove("vllm_endpoints"));
    profiles = Items.named(top.remove("provider_profiles"));
    this.leftovers = leftovers;
  }

  /** The endpoints of a list of names, as {@code backend_refs}. */
  Node references(Entry names, Optional<Entry> accessKey) {
    List<Node> references = new ArrayList<>();
    for (Scalar name : Items.texts(names.value())) {
      Mapping endpoint = endpoints.get(name.text());
      if (endpoint == null) {
        leftovers.add(
            new Entry(name.position(), name.text(), name),
            "preferred_endpoints",
            "there is no endpoint " + name.text());
      } else {
        references.add(reference(name.text(), endpoint, accessKey));
        leftovers.used(name);
      }
    }
    return new Sequence(names.value().position(), references);
  }

  private Node reference(String name, Mapping endpoint, Optional<Entry> accessKey) {
    boolean first = used.add(name);
    Draft old = Draft.of(endpoint);
    Draft reference = new Draft(endpoint.position());
    OWN.forEach(key -> old.remove(key).ifPresent(reference::put));
    Optional<Entry> address = old.remove("address");
    Optional<Entry> port = old.remove("port");
    if (!reference.has("endpoint") && address.isPresent()) {
      reference.put("endpoint", at(address.get(), port));
      address.map(Entry::value).ifPresent(leftovers::used);
      port.map(Entry::value).filter(Scalar.class::isInstance).ifPresent(leftovers::used);
    }
    profile(old.remove("provider_profile"), reference);
    accessKey.ifPresent(entry -> reference.putIfAbsent("api_key", entry, leftovers));
    if (first) {
      leftovers.rest(old, "vllm_endpoints." + name);
    }
    return reference.node();
  }

  private static Entry at(Entry address, Optional<Entry> port) {
    String host = address.value() instanceof Scalar scalar ? scalar.text() : "";
    String bracketed = host.indexOf(':') >= 0 && !host.startsWith("[") ? "[" + host + "]" : host;
    String text =
        port.map(Entry::value)
            .flatMap(node -> node instanceof Scalar s ? Optional.of(s.text()) : Optional.empty())
            .map(number -> bracketed + ":" + number)
            .orElse(host);
    return new Entry(
        address.position(), "endpoint", Scalar.plain(address.value().position(), text));
  }

  private void profile(Optional<Entry> named, Draft reference) {
    if (named.isEmpty() || !(named.get().value() instanceof Scalar name)) {
      return;
    }
    Mapping profile = profiles.get(name.text());
    if (profile == null) {
      leftovers.add(named.get(), "provider_profile", "there is no provider profile " + name.text());
      return;
    }
    boolean first = usedProfiles.add(name.text());
    leftovers.used(name);
    Draft old = Draft.of(profile);
    leftovers.lookedUp(old.remove("name").map(Entry::value), name.text());
    PROFILE.forEach(
        (key, now) -> old.remove(key).ifPresent(e -> reference.putIfAbsent(now, e, leftovers)));
    if (first) {
      leftovers.rest(old, "provider_profiles." + name.text());
    }
  }

  /** Names what no model asked for. */
  void tellUnused() {
    unused(endpoints, used, "vllm_endpoints", "no model prefers it");
    unused(profiles, usedProfiles, "provider_profiles", "no endpoint in use names it");
  }

  private void unused(Map<String, Mapping> all, Set<String> taken, String where, String reason) {
    all.forEach((name, mapping) -> {
      if (!taken.contains(name)) {
        leftovers.add(new Entry(mapping.position(), name, mapping), where + "." + name, reason);
      }
    });
  }
}
