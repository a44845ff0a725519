package dev.gatun.router.signal;

import dev.gatun.router.model.Compatibility;
import dev.gatun.router.model.Facts;
import dev.gatun.router.port.Answer;
import dev.gatun.router.port.Coverage;
import dev.gatun.router.port.Distribution;
import dev.gatun.router.port.Ports;
import dev.gatun.router.port.TextTask;
import java.util.List;
import java.util.OptionalDouble;

/**
 * A rule about whether the facts of an answer need a check.
 *
 * @param name {@link #NEEDED} or {@link #NOT_NEEDED}; any other never matches
 */
public record FactCheck(String name, String description) implements SignalRule {
  public static final String NEEDED = "needs_fact_check";
  public static final String NOT_NEEDED = "no_fact_check_needed";

  @Override
  public Family family() {
    return Family.FACT_CHECK;
  }

  /** Reads the classifier's answer as one of the two outcomes. Immutable. */
  public static final class Evaluator implements FamilyEvaluator {
    private final List<String> declared;
    private final double threshold;
    private final Compatibility compatibility;

    public Evaluator(List<FactCheck> rules, double threshold, Compatibility compatibility) {
      this.declared = rules.stream().map(FactCheck::name).toList();
      this.threshold = threshold;
      this.compatibility = compatibility;
    }

    @Override
    public List<Question> questions(Facts facts) {
      return List.of(new Question(facts.evaluationText(), TextTask.FACT_CHECK));
    }

    @Override
    public Answer<Coverage> evaluate(Facts facts, Ports ports, SignalHits.Recorder recorder) {
      Answer<Distribution> answer =
          ports.encoders().classify(facts.evaluationText(), TextTask.FACT_CHECK);
      if (answer instanceof Answer.Failed && compatibility == Compatibility.UPSTREAM_0_3) {
        emit(NOT_NEEDED, 1, recorder);
      }
      return answer.map(distribution -> {
        evaluate(distribution, recorder);
        return distribution.coverage();
      });
    }

    private void evaluate(Distribution distribution, SignalHits.Recorder recorder) {
      double needed = distribution.probability(NEEDED);
      recorder.value(key(NEEDED), needed);
      emit(isNeeded(needed) ? NEEDED : NOT_NEEDED, ofOutcome(needed), recorder);
    }

    /** Of two outcomes the likelier, but the one only from the threshold on. */
    private boolean isNeeded(double probability) {
      return probability > 0.5 && probability >= threshold;
    }

    private double ofOutcome(double needed) {
      return isNeeded(needed) ? needed : 1 - needed;
    }

    /** That of the outcome, also where no rule asks for it. */
    @Override
    public OptionalDouble confidence(SignalHits.Recorder recorded) {
      double needed = recorded.value(key(NEEDED));
      return Double.isNaN(needed) ? OptionalDouble.empty() : OptionalDouble.of(ofOutcome(needed));
    }

    private void emit(String outcome, double probability, SignalHits.Recorder recorder) {
      if (declared.contains(outcome)) {
        recorder.match(key(outcome), compatibility.confidence(probability));
      }
    }

    private static SignalKey key(String outcome) {
      return new SignalKey(Family.FACT_CHECK, outcome);
    }
  }
}
