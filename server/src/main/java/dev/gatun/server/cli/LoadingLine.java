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
    boolean drawn = false;
    try {
      while (!loaded.await(REDRAW_MS, TimeUnit.MILLISECONDS)) {
        drawn = true;
        double percent = watch.share().orElse(0) * 100;
        console.err().printf(Locale.ROOT, "\r\u001b[Kpacking weights %.0f %%", percent);
        console.err().flush();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (drawn) {
      console.err().print("\r\u001b[K");
      console.err().flush();
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
