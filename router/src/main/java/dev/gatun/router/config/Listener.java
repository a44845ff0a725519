package dev.gatun.router.config;

import dev.gatun.router.model.Secret;
import java.time.Duration;
import java.util.List;

/**
 * A socket that takes requests.
 *
 * @param port 0 to 65535; 0 lets the system choose
 * @param timeout deadline of a whole request
 * @param trustIdentityHeaders whether its callers may say who asks, see {@link AuthzSettings}
 * @param apiKeys accepted keys; empty means no key is asked for
 */
public record Listener(
    String name,
    String address,
    int port,
    Duration timeout,
    boolean trustIdentityHeaders,
    List<Secret> apiKeys) {
  public static final int DEFAULT_PORT = 8899;
  public static final Duration DEFAULT_TIMEOUT = Duration.ofMinutes(5);

  public Listener {
    apiKeys = List.copyOf(apiKeys);
    if (port < 0 || port > 65535) {
      throw new IllegalArgumentException("port must be 0 to 65535, got " + port);
    }
  }

  /** What a file without listeners gets. */
  public static Listener byDefault() {
    return new Listener("listener_0", "0.0.0.0", DEFAULT_PORT, DEFAULT_TIMEOUT, false, List.of());
  }
}
