package dev.gatun.router.signal;

import dev.gatun.router.model.Compatibility;
import dev.gatun.router.model.Facts;
import dev.gatun.router.pii.ExactRecognizers;
import dev.gatun.router.pii.Mention;
import dev.gatun.router.pii.PersonalPattern;
import dev.gatun.router.pii.Span;
import dev.gatun.router.port.Answer;
import dev.gatun.router.port.Coverage;
import dev.gatun.router.port.Mentions;
import dev.gatun.router.port.Ports;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedCollection;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A rule that matches when personal data is there that is not allowed.
 *
 * @param threshold score from which a mention counts, 0 to 1; 0 counts whatever the classifier
 *     believes
 * @param allowed types that may be there, in any case
 * @param history whether earlier turns and tool results count as well
 * @param patterns what is personal data as well, by its form
 * @param judged whether its file says what is to happen where no classifier can be asked, so that
 *     one is wanted whatever the patterns find
 */
public record Pii(
    String name,
    String description,
    double threshold,
    List<String> allowed,
    boolean history,
    List<PersonalPattern> patterns,
    OnError onError,
    boolean judged)
    implements SignalRule {
  public Pii {
    allowed = List.copyOf(allowed);
    patterns = List.copyOf(patterns);
    if (!(threshold >= 0 && threshold <= 1)) {
      throw new IllegalArgumentException("threshold must be 0 to 1, got " + threshold);
    }
  }

  @Override
  public Family family() {
    return Family.PII;
  }

  public SignalKey key() {
    return new SignalKey(Family.PII, name);
  }

  /**
   * Whether it cannot do without a classifier. What its patterns find is united with what one finds
   * that is there; it needs one when it has no patterns, allows types that none of them finds, or
   * says what is to happen without.
   */
  public boolean asksClassifier() {
    return patterns.isEmpty()
        || judged
        || !allowed.stream()
            .allMatch(type -> patterns.stream().anyMatch(p -> p.type().equalsIgnoreCase(type)));
  }

  /** Whether a classifier has to be asked for some of these rules. */
  public static boolean askClassifier(List<Pii> rules) {
    return rules.stream().anyMatch(Pii::asksClassifier);
  }

  /** Looks for personal data in every text that a rule looks at. Immutable. */
  public static final class Evaluator implements FamilyEvaluator {
    private static final Mentions.Found NOTHING = new Mentions.Found(List.of(), Coverage.NONE);

    private final List<Rule> rules;
    private final boolean history;
    private final boolean asks;
    private final Compatibility compatibility;

    public Evaluator(List<Pii> rules, Compatibility compatibility) {
      this.rules = rules.stream().map(Rule::of).toList();
      this.history = rules.stream().anyMatch(Pii::history);
      this.asks = askClassifier(rules);
      this.compatibility = compatibility;
    }

    /** A rule with the allowed types folded. */
    private record Rule(Pii pii, Set<String> allowed) {
      static Rule of(Pii pii) {
        return new Rule(
            pii, pii.allowed.stream().map(Evaluator::fold).collect(Collectors.toUnmodifiableSet()));
      }

      boolean denies(Mention mention) {
        return mention.score() >= pii.threshold && !allowed.contains(fold(mention.type()));
      }
    }

    @Override
    public boolean mayRefuse() {
      return rules.stream().anyMatch(rule -> rule.pii.onError == OnError.FAIL);
    }

    @Override
    public List<String> searched(Facts facts) {
      return List.copyOf(Safety.texts(facts, history));
    }

    @Override
    public Answer<Coverage> evaluate(Facts facts, Ports ports, SignalHits.Recorder recorder) {
      boolean asked = asks || ports.mentions().isThere();
      Safety<Mentions.Found> safety =
          Safety.of(
              Safety.texts(facts, history),
              asked ? ports.mentions()::find : _ -> Answer.of(NOTHING));
      for (Rule rule : rules) {
        evaluate(rule, safety, Safety.texts(facts, rule.pii.history), recorder);
      }
      return safety.coverage(Mentions.Found::coverage);
    }

    private void evaluate(
        Rule rule,
        Safety<Mentions.Found> safety,
        SequencedCollection<String> texts,
        SignalHits.Recorder recorder) {
      Optional<String> failure = safety.failure(texts).filter(_ -> rule.pii.asksClassifier());
      List<Span> spans = new ArrayList<>();
      int number = 0;
      for (String text : texts) {
        List<Mention> mentions = new ArrayList<>();
        safety.known(List.of(text)).forEach(found -> mentions.addAll(found.mentions()));
        if (failure.isPresent()) {
          // What its form proves is there whether or not the classifier can be asked.
          mentions.addAll(ExactRecognizers.find(text));
        }
        rule.pii.patterns.forEach(pattern -> mentions.addAll(pattern.find(text)));
        List<Mention> denied = mentions.stream().filter(rule::denies).distinct().toList();
        spans.addAll(Span.of(number++, text, denied));
      }
      Map<String, Double> denied = new LinkedHashMap<>();
      for (Span span : spans) {
        denied.merge(span.mention().type(), span.mention().score(), Math::max);
      }
      SignalKey key = rule.pii.key();
      double most = denied.values().stream().mapToDouble(Double::doubleValue).max().orElse(0);
      if (!denied.isEmpty()) {
        recorder.value(key, most);
        recorder.match(
            new SignalHits.Hit(
                key, compatibility.confidence(most), List.copyOf(denied.keySet()), false, spans));
      } else if (failure.isPresent()) {
        recorder.failed(key, rule.pii.onError, failure.get());
      } else {
        recorder.value(key, 0);
      }
    }

    private static String fold(String type) {
      return type.toLowerCase(Locale.ROOT);
    }
  }
}
