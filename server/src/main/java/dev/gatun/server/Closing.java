package dev.gatun.server;

import java.util.ArrayDeque;
import java.util.Deque;

/** Closes what has been opened, last opened first; a second close does nothing. */
final class Closing implements AutoCloseable {
  /** Something to end that throws nothing checked. */
  @FunctionalInterface
  interface Part extends AutoCloseable {
    @Override
    void close();
  }

  private final Deque<AutoCloseable> parts = new ArrayDeque<>();

  /** Remembers a part and hands it back. */
  synchronized <T extends AutoCloseable> T add(T part) {
    parts.push(part);
    return part;
  }

  /** Remembers an action. */
  void then(Part action) {
    add(action);
  }

  @Override
  public synchronized void close() {
    while (!parts.isEmpty()) {
      try {
        parts.pop().close();
      } catch (Exception e) {
        System.getLogger("gatun").log(System.Logger.Level.WARNING, "close_failed", e);
      }
    }
  }
}
