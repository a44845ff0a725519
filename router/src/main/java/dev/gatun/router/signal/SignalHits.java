package dev.gatun.router.signal;

import dev.gatun.router.port.Coverage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/** Everything the signals said about one request. Immutable and safe to share. */
public final class SignalHits {
  private final SignalTable table;
  private final double[] confidences;
  private final List<Hit> matched;
  private final Map<SignalKey, Double> values;
  private final List<FamilyRun> runs;
  private final Optional<String> refusal;

  private SignalHits(Recorder from) {
    table = from.table;
    confidences = from.confidences.clone();
    matched = List.copyOf(from.matched);
    values = Map.copyOf(from.values);
    runs = List.copyOf(from.runs);
    refusal = from.refusal;
  }

  /**
   * A rule that matched.
   *
   * @param confidence as recorded, 0 to 1 for probabilities
   * @param evidence what in the text made it match, for people
   */
  public record Hit(SignalKey key, double confidence, List<String> evidence) {
    public Hit {
      evidence = List.copyOf(evidence);
    }
  }

  /**
   * How the evaluation of a family went.
   *
   * @param degraded why the family could not answer; empty when it did
   * @param coverage tokens that a model read for it
   */
  public record FamilyRun(
      Family family, long nanos, Optional<String> degraded, Coverage coverage) {}

  /** Matches in the order of evaluation, families one after another. */
  public List<Hit> matched() {
    return matched;
  }

  /** Matches of one family in the order of evaluation. */
  public List<Hit> matched(Family family) {
    return matched.stream().filter(hit -> hit.key().family() == family).toList();
  }

  /** Raw values, such as the probability of every domain; also of rules that did not match. */
  public Map<SignalKey, Double> values() {
    return values;
  }

  /** One entry per family that was evaluated, in order. */
  public List<FamilyRun> runs() {
    return runs;
  }

  /** Families that were asked and could not answer. */
  public List<FamilyRun> degraded() {
    return runs.stream().filter(run -> run.degraded().isPresent()).toList();
  }

  /** Why the request must not be answered: a safety rule that fails closed could not judge it. */
  public Optional<String> refusal() {
    return refusal;
  }

  /** Confidence of a signal that holds for a rule, directly or by another name. */
  public OptionalDouble confidence(SignalKey key) {
    int slot = table.slot(key);
    if (slot < 0 || Double.isNaN(confidences[slot])) {
      return OptionalDouble.empty();
    }
    return OptionalDouble.of(confidences[slot]);
  }

  /**
   * Confidence by number of the {@link SignalTable}; NaN when the signal does not hold.
   *
   * @param slot 0 or more
   */
  public double at(int slot) {
    return confidences[slot];
  }

  /** Collects what the families say. Not for use by several threads. */
  public static final class Recorder {
    /** Evidence of a match that stands for "unknown". */
    private static final String UNJUDGED = "could not be judged";

    private final SignalTable table;
    private final double[] confidences;
    private final List<Hit> matched = new ArrayList<>();
    private final Map<SignalKey, Double> values = new LinkedHashMap<>();
    private final List<FamilyRun> runs = new ArrayList<>();
    private Optional<String> refusal = Optional.empty();

    public Recorder(SignalTable table) {
      this.table = table;
      confidences = new double[table.size()];
      Arrays.fill(confidences, Double.NaN);
    }

    /** Records a match. */
    public Recorder match(SignalKey key, double confidence, List<String> evidence) {
      matched.add(new Hit(key, confidence, evidence));
      return holds(key, confidence);
    }

    public Recorder match(SignalKey key, double confidence) {
      return match(key, confidence, List.of());
    }

    /** Makes a signal hold for rules without listing it as a match. */
    public Recorder holds(SignalKey key, double confidence) {
      int slot = table.slot(key);
      if (slot >= 0) {
        confidences[slot] = confidence;
      }
      return this;
    }

    public Recorder value(SignalKey key, double value) {
      values.put(key, value);
      return this;
    }

    /**
     * Records what a safety rule says of a text that could not be judged.
     *
     * @param reason one line for the operator
     */
    public Recorder failed(SignalKey key, OnError onError, String reason) {
      switch (onError) {
        case MATCH -> match(key, 1.0, List.of(UNJUDGED));
        case NO_MATCH -> {}
        case FAIL -> refusal = Optional.of(key + " could not be judged: " + reason);
      }
      return this;
    }

    public Recorder ran(FamilyRun run) {
      runs.add(run);
      return this;
    }

    public SignalHits finish() {
      return new SignalHits(this);
    }
  }
}
