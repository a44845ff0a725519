package dev.gatun.bench.soak;

import dev.gatun.bench.measure.Machine;
import dev.gatun.inference.Inference;
import dev.gatun.inference.InferenceException;
import dev.gatun.inference.LoadOptions;
import dev.gatun.inference.Precision;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/** Callers, one thread that opens and closes models, and an eye on the memory. */
final class Soak {
  private static final int CALLERS = 4;
  private static final int PROGRESS_SECONDS = 30;

  /** Pause between two renewals of a model, so that there is work between them. */
  private static final long RENEWAL_MILLIS_MAX = 1500;

  private final Inference inference;
  private final Consumer<String> progress;
  private final Counts counts = new Counts();
  private final MemoryTrend memory = new MemoryTrend();
  private final CountDownLatch ended = new CountDownLatch(1);

  Soak(Inference inference, Consumer<String> progress) {
    this.inference = inference;
    this.progress = progress;
  }

  /** What has happened. */
  Counts counts() {
    return counts;
  }

  /** The memory meanwhile. */
  MemoryTrend memory() {
    return memory;
  }

  /**
   * The precisions that a folder can be loaded in here.
   *
   * @throws InferenceException.Refused when it is not even loaded in fp32
   */
  List<Precision> precisions(Path folder) {
    List<Precision> usable = new ArrayList<>();
    for (Precision precision : Precision.values()) {
      try {
        inference.load(folder, LoadOptions.defaults().in(precision)).close();
        usable.add(precision);
      } catch (InferenceException.Refused e) {
        if (precision == Precision.FP32) {
          throw e;
        }
        progress.accept("without " + precision.word() + ": " + e.getMessage());
      }
    }
    return usable;
  }

  /**
   * Runs.
   *
   * @param heads where folders of tasks are made
   * @param seed of every random choice
   * @param tokensMax of one request
   */
  void run(List<Path> folders, Path heads, Duration time, long seed, int tokensMax)
      throws InterruptedException {
    List<Thread> threads = new ArrayList<>();
    try (Pool pool = new Pool(inference, folders, precisions(folders.getFirst()), heads)) {
      for (int i = 0; i < CALLERS; i++) {
        Caller caller = new Caller(random(seed + i), pool, counts, tokensMax);
        threads.add(start("soak-caller-" + i, () -> true, caller::step));
      }
      RandomGenerator renewals = random(seed + CALLERS);
      threads.add(
          start(
              "soak-opener",
              () -> !over(renewals.nextLong(RENEWAL_MILLIS_MAX)),
              () -> {
                pool.renew(renewals);
                counts.opened();
              }));
      watch(time);
      ended.countDown();
      for (Thread thread : threads) {
        thread.join();
      }
    } finally {
      ended.countDown();
    }
  }

  private static RandomGenerator random(long seed) {
    return RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
  }

  private Thread start(String name, BooleanSupplier ready, Runnable step) {
    return Thread.ofPlatform()
        .name(name)
        .start(() -> {
          while (ended.getCount() > 0) {
            try {
              if (ready.getAsBoolean()) {
                step.run();
              }
            } catch (RuntimeException | Error e) {
              counts.failed(name + ": " + e);
            }
          }
        });
  }

  /** Waits so long unless the end comes first. */
  private boolean over(long millis) {
    try {
      return ended.await(millis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  private void watch(Duration time) {
    long start = System.nanoTime();
    long seconds = 0;
    while (seconds < time.toSeconds() && !over(1000)) {
      seconds = (System.nanoTime() - start) / 1_000_000_000L;
      long rss = Machine.rssMebibytes(ProcessHandle.current().pid());
      memory.add((System.nanoTime() - start) / 1e9, (double) rss);
      if (seconds % PROGRESS_SECONDS == 0) {
        progress.accept(
            String.format(
                Locale.ROOT, "%d of %d s: %d MB, %s", seconds, time.toSeconds(), rss, counts));
      }
    }
  }
}
