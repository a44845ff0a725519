package dev.gatun.router.projection;

import dev.gatun.router.signal.Family;
import dev.gatun.router.signal.Predicate;
import dev.gatun.router.signal.SignalKey;
import java.util.List;

/**
 * Names for ranges of a score.
 *
 * @param source the score
 * @param slope how fast confidence grows with the distance from a bound, above 0
 * @param outputs in the order of the file
 */
public record Mapping(
    String name, String source, Method method, double slope, List<Output> outputs) {

  /** Where a configuration gives no slope above 0. */
  public static final double SLOPE_DEFAULT = 12;

  /** Which of the fitting outputs are emitted. */
  public enum Method {
    /** The first. */
    THRESHOLD_BANDS,
    /** All. */
    MULTI_EMIT
  }

  public Mapping {
    outputs = List.copyOf(outputs);
  }

  /** One name and the range it stands for. */
  public record Output(String name, Predicate bounds) {
    public SignalKey key() {
      return new SignalKey(Family.PROJECTION, name);
    }
  }

  /** From 0.5 on a bound towards 1 far from any. */
  double confidence(double distance) {
    return 1 / (1 + Math.exp(-slope * distance));
  }
}
