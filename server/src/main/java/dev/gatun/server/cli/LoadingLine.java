package dev.gatun.server.cli;

import dev.gatun.inference.LoadWatch;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A line on the terminal while weights are read and packed; nothing for a short load. */
final class LoadingLine implements AutoCloseable {
  private static final long REDRAW_MS = 200;

  private final Console console;
  private final LoadWatch watch;
  private final CountDownLatch loaded = new CountDownLatch(1);
  private final Thread painter;

  LoadingLine(Console console, LoadWatch watch) {
    this.console = console;
    this.watch = watch;
    this.painter = Thread.ofPlatform().daemon().name("gatun-loading").unstarted(this::paint);
    if (console.terminal()) {
      painter.start();
    }
  }

  private void paint() {
    try (TerminalLine line = new TerminalLine(console)) {
      while (!loaded.await(REDRAW_MS, TimeUnit.MILLISECONDS)) {
        line.show(() ->
            String.format(Locale.ROOT, "packing weights %.0f %%", watch.share().orElse(0) * 100));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    loaded.countDown();
    boolean interrupted = false;
    while (painter.isAlive()) {
      try {
        painter.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
