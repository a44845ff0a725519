package dev.gatun.router.signal;

import dev.gatun.router.model.Compatibility;
import dev.gatun.router.model.Facts;
import dev.gatun.router.port.Answer;
import dev.gatun.router.port.Coverage;
import dev.gatun.router.port.Distribution;
import dev.gatun.router.port.Ports;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * A rule about the language of a request.
 *
 * @param name ISO 639-1 code in lower case
 * @param threshold probability from which the language counts; empty when the rule does not say
 */
public record Language(String name, String description, OptionalDouble threshold)
    implements SignalRule {
  /** The languages that are told apart (spec §12: those of Lingua). */
  public static final Set<String> CODES =
      Set.of(
          ("af ar az be bg bn bs ca cs cy da de el en eo es et eu fa fi fr ga gu he hi hr hu hy id"
                  + " is it ja ka kk ko la lg lt lv mi mk mn mr ms nb nl nn pa pl pt ro ru sk sl"
                  + " sn so sq sr st sv sw ta te th tl tn tr ts uk ur vi xh yo zh zu")
              .split(" ", -1));

  /** Probability from which a language counts where a rule does not say. */
  public static final double THRESHOLD_DEFAULT = 0.3;

  @Override
  public Family family() {
    return Family.LANGUAGE;
  }

  public SignalKey key() {
    return new SignalKey(Family.LANGUAGE, name);
  }

  /**
   * What a text was taken for.
   *
   * @param language empty when it was not told
   */
  public record Detected(String language, double confidence) {
    private static final Detected UNKNOWN = new Detected("", 0);
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
      return text(facts).stream().toList();
    }

    @Override
    public Answer<Coverage> evaluate(Facts facts, Ports ports, SignalHits.Recorder recorder) {
      Optional<String> text = text(facts);
      if (text.isEmpty()) {
        return Answer.of(Coverage.NONE);
      }
      return ports
          .languages()
          .detect(text.get())
          .map(distribution -> {
            switch (compatibility) {
              case GATUN -> evaluate(distribution, recorder);
              case UPSTREAM_0_3 -> upstream(detected(distribution, least, compatibility), recorder);
            }
            return distribution.coverage();
          });
    }

    /**
     * The text of the user, with as many turns before as a short one needs; upstream takes that of
     * the system and the assistant where the user says nothing.
     */
    private Optional<String> text(Facts facts) {
      String text = facts.evaluationText();
      if (compatibility == Compatibility.UPSTREAM_0_3) {
        return Optional.of(text);
      }
      if (facts.currentUser().isEmpty()) {
        return Optional.empty();
      }
      for (String prior : facts.priorUsers().reversed()) {
        if (letters(text) >= LETTERS_MIN) {
          break;
        }
        text = prior + "\n" + text;
      }
      return Optional.of(text);
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
     * What a text is taken for where the detector is not sure: English for upstream.
     *
     * @param least confidence of a language that counts
     */
    public static Detected detected(
        Distribution distribution, double least, Compatibility compatibility) {
      Detected otherwise =
          switch (compatibility) {
            case GATUN -> Detected.UNKNOWN;
            case UPSTREAM_0_3 -> Detected.FALLBACK;
          };
      if (distribution.labels().isEmpty()) {
        return otherwise;
      }
      String language = distribution.likeliest();
      double confidence = distribution.probability(language);
      return confidence < least ? otherwise : new Detected(language, confidence);
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
