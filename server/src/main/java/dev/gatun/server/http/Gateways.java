package dev.gatun.server.http;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The configuration at work. A request keeps the one it began with; one that was replaced lives
 * until its last request is done. Safe for use by many threads.
 */
public final class Gateways implements AutoCloseable {
  private record At(Gateway gateway, Shared users) {}

  /** A configuration that stays as it is until this is closed, once. */
  public static final class Use implements AutoCloseable {
    private final At at;

    private Use(At at) {
      this.at = at;
    }

    public Gateway gateway() {
      return at.gateway;
    }

    @Override
    public void close() {
      at.users.release();
    }
  }

  private final AtomicReference<Optional<At>> current = new AtomicReference<>(Optional.empty());

  public Gateways() {}

  /** The configuration at work from here on to the end of the use; empty when there is none. */
  public Optional<Use> use() {
    while (true) {
      Optional<At> at = current.get();
      // One that has just been replaced and has no user left is gone; the next is there already.
      if (at.isEmpty() || at.get().users.hold()) {
        return at.map(Use::new);
      }
    }
  }

  /**
   * Puts a configuration to work in place of the one before.
   *
   * @param end runs once when it has been replaced and no request uses it any more
   */
  public void put(Gateway next, Runnable end) {
    replace(Optional.of(new At(next, new Shared(end))));
  }

  private void replace(Optional<At> next) {
    current.getAndSet(next).ifPresent(before -> before.users.release());
  }

  /** For a look at it; what it holds may end at any time. */
  public Optional<Gateway> current() {
    return current.get().map(At::gateway);
  }

  /** Nothing is at work any more. */
  @Override
  public void close() {
    replace(Optional.empty());
  }
}
