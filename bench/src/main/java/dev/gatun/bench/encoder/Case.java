package dev.gatun.bench.encoder;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * What one call computes.
 *
 * @param model folder of the model
 * @param name how results call the model
 * @param length tokens per sequence
 * @param batch sequences per call
 * @param concurrency callers at the same time
 * @param tasks classifiers per sequence
 */
record Case(Path model, String name, int length, int batch, int concurrency, int tasks) {

  /** From this length on a case has a process of its own, so that its memory is its alone. */
  private static final int FRESH_FROM = 4096;

  /** Tokens beyond which batches, callers and tasks say nothing new. */
  private static final int TOKENS_MAX = 16_384;

  /** Tokens of one call. */
  int tokens() {
    return length * batch;
  }

  /** Whether it needs a process that has measured nothing else. */
  boolean fresh() {
    return length >= FRESH_FROM;
  }

  /**
   * The lengths, each alone; then each value of the other axes by itself, at the lengths given for
   * them. Shorter ones come first, so that the peak of memory belongs to the case just measured.
   *
   * @param axisLengths lengths at which batch, concurrency and tasks vary
   * @param positionsMax longest sequence of the model
   * @param classifies whether the model has a head, so that several tasks make sense
   */
  static List<Case> all(
      Path model,
      String name,
      Axes axes,
      List<Integer> axisLengths,
      int positionsMax,
      boolean classifies) {
    List<Case> cases = new ArrayList<>();
    for (int length : axes.lengths()) {
      boolean varied = axisLengths.contains(length);
      for (int batch : axes.batches()) {
        if (batch == 1 || varied) {
          cases.add(new Case(model, name, length, batch, 1, 1));
        }
      }
      for (int concurrency : axes.concurrencies()) {
        if (concurrency > 1 && varied) {
          cases.add(new Case(model, name, length, 1, concurrency, 1));
        }
      }
      for (int tasks : axes.tasks()) {
        if (tasks > 1 && varied && classifies) {
          cases.add(new Case(model, name, length, 1, 1, tasks));
        }
      }
    }
    return cases.stream()
        .filter(one -> one.length() <= positionsMax)
        .filter(one -> one.alone() || one.tokens() * one.concurrency() <= TOKENS_MAX)
        .distinct()
        .sorted(Comparator.comparingInt(one -> one.tokens() * one.concurrency()))
        .toList();
  }

  private boolean alone() {
    return batch == 1 && concurrency == 1;
  }

  @Override
  public String toString() {
    return name
        + " "
        + (batch == 1 ? "" : batch + "x")
        + length
        + " tokens"
        + (concurrency == 1 ? "" : ", " + concurrency + " callers")
        + (tasks == 1 ? "" : ", " + tasks + " tasks");
  }
}
