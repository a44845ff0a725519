package dev.gatun.router.config;

import dev.gatun.router.config.GlobalSettings.ManagementApi;
import dev.gatun.router.model.Secret;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads {@code listeners}. */
final class ListenerDecoder {
  /** Addresses that stand for all of a machine. */
  private static final Set<String> ANY = Set.of("0.0.0.0", "::", "[::]", "");

  private ListenerDecoder() {}

  static List<Listener> listeners(Section root) {
    List<Listener> listeners = new ArrayList<>();
    Map<String, String> bySocket = new HashMap<>();
    for (Section section : root.sections("listeners")) {
      Listener listener = listener(section, listeners.size());
      listeners.add(listener);
      if (section.has("port") && section.integer("port").isEmpty()) {
        continue;
      }
      String socket = listener.address() + ":" + listener.port();
      String other = bySocket.putIfAbsent(socket, listener.name());
      if (other != null && listener.port() != 0) {
        section.unnoticed(
            "port",
            '"' + socket + "\" is already taken by the listener \"" + other + '"',
            "choose another port");
      }
    }
    return listeners.isEmpty() ? List.of(Listener.byDefault()) : listeners;
  }

  /** Reports a listener at the socket of the management API. */
  static void besides(ManagementApi api, Section root) {
    boolean written =
        root.section("global").section("services").section("management_api").has("port");
    for (Section section : root.sections("listeners")) {
      Listener listener = listener(section, 0);
      if (listener.port() == 0 || listener.port() != api.port() || !meet(listener, api)) {
        continue;
      }
      String message = "the management API has the port " + api.port() + " of this address already";
      String hint = "choose another port here or under global.services.management_api";
      if (written) {
        section.unnoticed("port", message, hint);
      } else {
        section.warning("port", message, hint);
      }
    }
  }

  private static boolean meet(Listener listener, ManagementApi api) {
    return listener.address().equals(api.address())
        || ANY.contains(listener.address())
        || ANY.contains(api.address());
  }

  private static Listener listener(Section section, int index) {
    Listener fallback = Listener.byDefault();
    return new Listener(
        section.text("name").orElse("listener_" + index),
        section.text("address").orElse(fallback.address()),
        section.integer("port").orElse(fallback.port()),
        section.time("timeout").orElse(fallback.timeout()),
        section.flag("trust_identity_headers", fallback.trustIdentityHeaders()),
        apiKeys(section));
  }

  private static List<Secret> apiKeys(Section section) {
    List<String> keys = section.texts("api_keys");
    if (keys.stream().anyMatch(String::isBlank)) {
      section.error(
          "api_keys", "an API key is empty and would let everybody in", "write a key or remove it");
    }
    String auth = section.word("auth").orElse("");
    if (auth.equals("keys") && keys.isEmpty()) {
      section.error("auth", "auth is keys, but api_keys is empty", "list the accepted keys");
    }
    if (auth.equals("none") && !keys.isEmpty()) {
      section.error("auth", "auth is none, but api_keys lists keys", "write auth: keys");
    }
    return keys.stream().map(Secret::new).toList();
  }
}
