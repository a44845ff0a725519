package dev.gatun.router.config;

import java.util.List;

/** A whole validated configuration file, with defaults filled in and every name resolved. */
public record RouterConfig(
    String version,
    List<Listener> listeners,
    Providers providers,
    Routing routing,
    GlobalSettings global) {

  public RouterConfig {
    listeners = List.copyOf(listeners);
  }
}
