package dev.gatun.server;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/**
 * What SIGTERM and SIGINT do from the first moment of a server on: what runs is drained, and the
 * process ends with status 0, also while models are still loaded. Safe for use by many threads.
 */
public final class OrderlyStop {
  private final AtomicReference<Optional<GatunServer>> running =
      new AtomicReference<>(Optional.empty());
  private final Thread hook = Thread.ofPlatform().name("gatun-shutdown").unstarted(() -> stop());

  private OrderlyStop() {}

  /** From here on signals end the process with status 0. */
  public static OrderlyStop installed() {
    OrderlyStop stop = new OrderlyStop();
    Runtime.getRuntime().addShutdownHook(stop.hook);
    return stop;
  }

  /** From here on a signal lets this server drain first. */
  public void of(GatunServer server) {
    running.set(Optional.of(server));
  }

  /** There will be no server: the process ends as it would without this. */
  public void withdraw() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // A signal came first, so the process ends with its status.
    }
  }

  private void stop() {
    running.get().ifPresent(GatunServer::close);
    // An orderly stop is a success; without this the status would tell the signal.
    Runtime.getRuntime().halt(0);
  }
}
