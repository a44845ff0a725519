package dev.gatun.router.signal;

import dev.gatun.router.model.Compatibility;
import dev.gatun.router.model.Facts;
import dev.gatun.router.port.Answer;
import dev.gatun.router.port.Coverage;
import dev.gatun.router.port.Distribution;
import dev.gatun.router.port.Ports;
import java.util.List;
import java.util.OptionalDouble;

/**
 * A rule about the language of a request.
 *
 * @param name ISO 639-1 code in lower case
 * @param threshold probability from which the language counts; empty when the rule does not say
 */
public record Language(String name, String description, OptionalDouble threshold)
    implements SignalRule {
  static final double THRESHOLD_DEFAULT = 0.3;

  @Override
  public Family family() {
    return Family.LANGUAGE;
  }

  public SignalKey key() {
    return new SignalKey(Family.LANGUAGE, name);
  }

  /** What a text was taken for. */
  public record Detected(String language, double confidence) {
    private static final Detected FALLBACK = new Detected("en", 0.5);
  }

  /** Asks the detector for the likeliest language. Immutable. */
  public static final class Evaluator implements FamilyEvaluator {
    /** A text with fewer is too short to be told by itself. */
    private static final int LETTERS_MIN = 12;

    private final List<Language> rules;
    private final Compatibility compatibility;
    private final double least;

    public Evaluator(List<Language> rules, Compatibility compatibility) {
      this.rules = List.copyOf(rules);
      this.compatibility = compatibility;
      this.least =
          rules.stream()
              .mapToDouble(rule -> rule.threshold.orElse(0))
              .filter(threshold -> threshold > 0)
              .min()
              .orElse(THRESHOLD_DEFAULT);
    }

    @Override
    public List<String> told(Facts facts) {
      return List.of(text(facts));
    }

    @Override
    public Answer<Coverage> evaluate(Facts facts, Ports ports, SignalHits.Recorder recorder) {
      return ports
          .languages()
          .detect(text(facts))
          .map(distribution -> {
            switch (compatibility) {
              case GATUN -> evaluate(distribution, recorder);
              case UPSTREAM_0_3 -> upstream(detected(distribution, least), recorder);
            }
            return distribution.coverage();
          });
    }

    /** The text of the user, with as many turns before as a short one needs. */
    private String text(Facts facts) {
      String text = facts.evaluationText();
      if (compatibility == Compatibility.UPSTREAM_0_3) {
        return text;
      }
      for (String prior : facts.priorUsers().reversed()) {
        if (letters(text) >= LETTERS_MIN) {
          break;
        }
        text = prior + "\n" + text;
      }
      return text;
    }

    private static long letters(String text) {
      return text.codePoints().filter(Character::isLetter).limit(LETTERS_MIN).count();
    }

    private void evaluate(Distribution distribution, SignalHits.Recorder recorder) {
      for (Language rule : rules) {
        if (distribution.labels().contains(rule.name)) {
          recorder.value(rule.key(), distribution.probability(rule.name));
        }
      }
      if (distribution.labels().isEmpty()) {
        return;
      }
      String language = distribution.likeliest();
      double probability = distribution.probability(language);
      rules.stream()
          .filter(rule -> rule.name.equals(language))
          .filter(rule -> probability >= rule.threshold.orElse(THRESHOLD_DEFAULT))
          .findFirst()
          .ifPresent(rule -> recorder.match(rule.key(), probability));
    }

    /**
     * What upstream takes a text for: English where the detector does not know.
     *
     * @param least confidence of a language that counts
     */
    public static Detected detected(Distribution distribution, double least) {
      if (distribution.labels().isEmpty()) {
        return Detected.FALLBACK;
      }
      String language = distribution.likeliest();
      double confidence = distribution.probability(language);
      return confidence < least ? Detected.FALLBACK : new Detected(language, confidence);
    }

    private void upstream(Detected detected, SignalHits.Recorder recorder) {
      rules.stream()
          .filter(rule -> rule.name.equals(detected.language))
          .findFirst()
          .filter(rule -> detected.confidence >= rule.threshold.orElse(0))
          .ifPresent(rule -> recorder.match(rule.key(), 1));
    }
  }
}
