package dev.gatun.router.signal;

import dev.gatun.router.model.Facts;
import dev.gatun.router.port.Answer;
import dev.gatun.router.port.Coverage;
import dev.gatun.router.port.Distribution;
import dev.gatun.router.port.Encoders;
import dev.gatun.router.port.Ports;
import dev.gatun.router.port.TextTask;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SequencedCollection;

/**
 * A rule about attempts to get around the rules of a model.
 *
 * @param threshold probability from which a text is one; empty means that of the classifier's
 *     settings, 0 whatever the classifier takes for one
 * @param history whether earlier turns and tool results count as well
 */
public record Jailbreak(
    String name, String description, OptionalDouble threshold, boolean history, OnError onError)
    implements SignalRule {
  private static final String ATTACK = "jailbreak";

  @Override
  public Family family() {
    return Family.JAILBREAK;
  }

  public SignalKey key() {
    return new SignalKey(Family.JAILBREAK, name);
  }

  /** Asks the classifier about every text that a rule looks at. Immutable. */
  public static final class Evaluator implements FamilyEvaluator.Asking {
    private final List<Jailbreak> rules;
    private final DetectorSettings.Detector detector;
    private final boolean history;

    public Evaluator(List<Jailbreak> rules, DetectorSettings.Detector detector) {
      this.rules = List.copyOf(rules);
      this.detector = detector;
      this.history = rules.stream().anyMatch(Jailbreak::history);
    }

    @Override
    public List<Question> questions(Facts facts) {
      return detector.enabled()
          ? Safety.texts(facts, history).stream()
              .map(text -> new Question(text, TextTask.JAILBREAK))
              .toList()
          : List.of();
    }

    @Override
    public Answer<Coverage> evaluate(Facts facts, Ports ports, SignalHits.Recorder recorder) {
      Safety<Distribution> safety =
          Safety.of(Safety.texts(facts, history), text -> judge(text, ports.encoders()));
      for (Jailbreak rule : rules) {
        evaluate(rule, safety, Safety.texts(facts, rule.history), recorder);
      }
      return safety.coverage(Distribution::coverage);
    }

    private Answer<Distribution> judge(String text, Encoders encoders) {
      return detector.enabled()
          ? encoders.classify(text, TextTask.JAILBREAK)
          : Answer.failed("global.model_catalog.modules.prompt_guard is not enabled");
    }

    private void evaluate(
        Jailbreak rule,
        Safety<Distribution> safety,
        SequencedCollection<String> texts,
        SignalHits.Recorder recorder) {
      List<Distribution> known = safety.known(texts);
      known.stream()
          .mapToDouble(distribution -> distribution.probability(ATTACK))
          .max()
          .ifPresent(most -> recorder.value(rule.key(), most));
      double threshold = rule.threshold.orElse(detector.threshold());
      OptionalDouble worst =
          known.stream()
              .filter(distribution -> distribution.likeliest().equals(ATTACK))
              .mapToDouble(distribution -> distribution.probability(ATTACK))
              .filter(probability -> probability >= threshold)
              .max();
      Optional<String> failure = safety.failure(texts);
      if (worst.isPresent()) {
        recorder.match(rule.key(), worst.getAsDouble(), List.of("classifier"));
      } else if (failure.isPresent()) {
        recorder.failed(rule.key(), rule.onError, failure.get());
      }
    }
  }
}
