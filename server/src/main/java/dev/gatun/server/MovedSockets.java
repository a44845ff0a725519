package dev.gatun.server;

import dev.gatun.router.config.GlobalSettings.ManagementApi;
import dev.gatun.router.config.Listener;
import dev.gatun.router.config.RouterConfig;
import java.util.ArrayList;
import java.util.List;

/** Sockets that another configuration would have to close or open. */
final class MovedSockets {
  private MovedSockets() {}

  /** What they would be, in words; empty when all stay. */
  static String between(RouterConfig before, RouterConfig next) {
    List<String> moved = new ArrayList<>();
    List<String> old = before.listeners().stream().map(MovedSockets::socket).toList();
    List<String> wanted = next.listeners().stream().map(MovedSockets::socket).toList();
    if (!old.equals(wanted)) {
      moved.add("listeners would be " + wanted + " instead of " + old);
    }
    ManagementApi api = before.global().managementApi();
    ManagementApi other = next.global().managementApi();
    if (!api.address().equals(other.address()) || api.port() != other.port()) {
      moved.add(
          "global.services.management_api would be at \""
              + other.address()
              + ":"
              + other.port()
              + '"');
    }
    return String.join("; ", moved);
  }

  private static String socket(Listener listener) {
    return '"' + listener.address() + ":" + listener.port() + '"';
  }
}
