package dev.gatun.router.signal;

import dev.gatun.router.model.Compatibility;
import dev.gatun.router.model.Facts;
import dev.gatun.router.port.Answer;
import dev.gatun.router.port.Coverage;
import dev.gatun.router.port.Distribution;
import dev.gatun.router.port.Ports;
import dev.gatun.router.port.TextTask;
import java.util.List;
import java.util.Locale;

/**
 * A rule about whether an answer is text, a picture or both.
 *
 * @param name one of {@link #NAMES} in any case; any other never matches
 */
public record Modality(String name, String description) implements SignalRule {
  private static final String TEXT = "AR";
  private static final String PICTURE = "DIFFUSION";
  private static final String BOTH = "BOTH";

  /** Text, picture, and both: what the classifier distinguishes. */
  public static final List<String> NAMES = List.of(TEXT, PICTURE, BOTH);

  @Override
  public Family family() {
    return Family.MODALITY;
  }

  /** Asks the classifier, looks for keywords, or does both. Immutable. */
  public static final class Evaluator implements FamilyEvaluator {
    private final List<Modality> rules;
    private final ModalitySettings settings;
    private final Compatibility compatibility;
    private final List<String> keywords;
    private final List<String> bothKeywords;

    public Evaluator(List<Modality> rules, ModalitySettings settings, Compatibility compatibility) {
      this.rules = List.copyOf(rules);
      this.settings = settings;
      this.compatibility = compatibility;
      this.keywords = settings.keywords().stream().map(Evaluator::fold).toList();
      this.bothKeywords = settings.bothKeywords().stream().map(Evaluator::fold).toList();
    }

    /**
     * What was detected.
     *
     * @param by who said so
     */
    private record Detected(String modality, double confidence, String by) {}

    @Override
    public List<Question> questions(Facts facts) {
      return settings.asksClassifier()
          ? List.of(new Question(facts.evaluationText(), TextTask.MODALITY))
          : List.of();
    }

    @Override
    public Answer<Coverage> evaluate(Facts facts, Ports ports, SignalHits.Recorder recorder) {
      if (!settings.enabled()) {
        return Answer.failed("global.model_catalog.modules.modality_detector is not enabled");
      }
      String text = facts.evaluationText();
      if (settings.method() == ModalitySettings.Method.KEYWORD) {
        emit(byKeyword(text), recorder);
        return Answer.of(Coverage.NONE);
      }
      return switch (ports.encoders().classify(text, TextTask.MODALITY)) {
        case Answer.Known<Distribution>(Distribution distribution) -> {
          recordValues(distribution, recorder);
          emit(detected(distribution, text), recorder);
          yield Answer.of(distribution.coverage());
        }
        case Answer.Failed<Distribution>(String reason, _) -> {
          if (!keywords.isEmpty()) {
            emit(byKeyword(text), recorder);
          }
          yield Answer.failed(reason);
        }
      };
    }

    private Detected detected(Distribution distribution, String text) {
      String label = distribution.likeliest();
      Detected classified = new Detected(label, distribution.probability(label), "classifier");
      boolean alone = settings.method() == ModalitySettings.Method.CLASSIFIER;
      return alone || classified.confidence >= settings.confidence()
          ? classified
          : agreed(classified, byKeyword(text));
    }

    /** What a doubtful classifier and keywords say together. */
    private Detected agreed(Detected classified, Detected keyword) {
      if (classified.modality.equals(keyword.modality)) {
        double mean = (classified.confidence + keyword.confidence) / 2;
        return new Detected(classified.modality, mean, "hybrid");
      }
      boolean sure = classified.confidence >= settings.confidence() * settings.ratio();
      return sure ? classified : keyword;
    }

    private Detected byKeyword(String text) {
      String folded = fold(text);
      if (keywords.stream().noneMatch(folded::contains)) {
        return new Detected(TEXT, 0.8, "keyword");
      }
      return bothKeywords.stream().anyMatch(folded::contains)
          ? new Detected(BOTH, 0.75, "keyword")
          : new Detected(PICTURE, 0.8, "keyword");
    }

    private void recordValues(Distribution distribution, SignalHits.Recorder recorder) {
      for (Modality rule : rules) {
        String label = rule.name.toUpperCase(Locale.ROOT);
        if (distribution.labels().contains(label)) {
          recorder.value(key(rule), distribution.probability(label));
        }
      }
    }

    private void emit(Detected detected, SignalHits.Recorder recorder) {
      rules.stream()
          .filter(rule -> rule.name.equalsIgnoreCase(detected.modality))
          .findFirst()
          .ifPresent(rule ->
              recorder.match(
                  key(rule), compatibility.confidence(detected.confidence), List.of(detected.by)));
    }

    private static SignalKey key(Modality rule) {
      return new SignalKey(Family.MODALITY, rule.name);
    }

    private static String fold(String text) {
      return text.toLowerCase(Locale.ROOT);
    }
  }
}
