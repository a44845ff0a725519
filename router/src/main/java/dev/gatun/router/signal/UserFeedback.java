package dev.gatun.router.signal;

import dev.gatun.router.model.Compatibility;
import dev.gatun.router.model.Facts;
import dev.gatun.router.port.Answer;
import dev.gatun.router.port.Coverage;
import dev.gatun.router.port.Distribution;
import dev.gatun.router.port.Ports;
import dev.gatun.router.port.TextTask;
import java.util.List;
import java.util.Optional;

/**
 * A rule about what the user thinks of the answer before.
 *
 * @param name one of {@link #LABELS}; any other never matches
 */
public record UserFeedback(String name, String description) implements SignalRule {
  private static final String SATISFIED = "satisfied";

  /** What the classifier distinguishes. */
  public static final List<String> LABELS =
      List.of(SATISFIED, "need_clarification", "wrong_answer", "want_different");

  @Override
  public Family family() {
    return Family.USER_FEEDBACK;
  }

  /** Reads the classifier's answer about the current turn, once there is an answer. Immutable. */
  public static final class Evaluator implements FamilyEvaluator {
    private final List<String> declared;
    private final DetectorSettings.Detector detector;
    private final Compatibility compatibility;

    public Evaluator(
        List<UserFeedback> rules, DetectorSettings.Detector detector, Compatibility compatibility) {
      this.declared = rules.stream().map(UserFeedback::name).toList();
      this.detector = detector;
      this.compatibility = compatibility;
    }

    @Override
    public List<Question> questions(Facts facts) {
      return detector.enabled() && facts.hasAssistantReply() && !facts.currentUser().isEmpty()
          ? List.of(new Question(facts.evaluationText(), TextTask.USER_FEEDBACK))
          : List.of();
    }

    @Override
    public Answer<Coverage> evaluate(Facts facts, Ports ports, SignalHits.Recorder recorder) {
      if (!detector.enabled()) {
        return Answer.failed("global.model_catalog.modules.feedback_detector is not enabled");
      }
      if (!facts.hasAssistantReply()) {
        return Answer.of(Coverage.NONE);
      }
      if (facts.currentUser().isEmpty()) {
        emit(Optional.of(SATISFIED), 1, recorder);
        return Answer.of(Coverage.NONE);
      }
      return ports
          .encoders()
          .classify(facts.evaluationText(), TextTask.USER_FEEDBACK)
          .map(distribution -> {
            evaluate(distribution, recorder);
            return distribution.coverage();
          });
    }

    private void evaluate(Distribution distribution, SignalHits.Recorder recorder) {
      for (String name : declared) {
        if (distribution.labels().contains(name)) {
          recorder.value(key(name), distribution.probability(name));
        }
      }
      String label = distribution.likeliest();
      double probability = distribution.probability(label);
      if (probability >= detector.threshold()) {
        emit(Optional.of(label), probability, recorder);
      } else {
        // Upstream takes doubt for satisfaction.
        emit(Optional.of(SATISFIED).filter(_ -> isUpstream()), 1 - probability, recorder);
      }
    }

    private void emit(Optional<String> label, double probability, SignalHits.Recorder recorder) {
      label
          .filter(declared::contains)
          .ifPresent(name -> recorder.match(key(name), compatibility.confidence(probability)));
    }

    private boolean isUpstream() {
      return compatibility == Compatibility.UPSTREAM_0_3;
    }

    private static SignalKey key(String name) {
      return new SignalKey(Family.USER_FEEDBACK, name);
    }
  }
}
