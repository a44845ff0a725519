package dev.gatun.inference;

import dev.gatun.inference.ffm.NativeProgress;
import java.util.OptionalDouble;

/** Tells another thread how far a long load is. For one load; safe for many threads. */
public final class LoadWatch {

  private final NativeProgress progress = new NativeProgress();

  private LoadWatch() {}

  /** Of a load that has not begun. */
  public static LoadWatch start() {
    return new LoadWatch();
  }

  /** Share of the work that is done, 0 … 1; empty before the work is known. */
  public OptionalDouble share() {
    long total = progress.total();
    return total == 0
        ? OptionalDouble.empty()
        : OptionalDouble.of((double) progress.done() / total);
  }

  NativeProgress progress() {
    return progress;
  }
}
