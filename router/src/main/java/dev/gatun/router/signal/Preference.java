package dev.gatun.router.signal;

import dev.gatun.router.model.Compatibility;
import dev.gatun.router.model.Facts;
import dev.gatun.router.port.Answer;
import dev.gatun.router.port.Coverage;
import dev.gatun.router.port.Embedding;
import dev.gatun.router.port.Embeddings;
import dev.gatun.router.port.LanguageModel.Limits;
import dev.gatun.router.port.Ports;
import dev.gatun.router.text.JsonMembers;
import dev.gatun.router.text.JsonMembers.Member;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * A route described in words; of all routes the one that fits a text best holds (spec signals §15).
 *
 * @param name unique among preference rules
 * @param description counts as an example when there is one; may be empty
 * @param threshold least score when above 0
 */
public record Preference(String name, String description, List<String> examples, double threshold)
    implements SignalRule {
  /** What a language model says when no rule fits. */
  public static final String NONE_FITS = "other";

  public Preference {
    examples = List.copyOf(examples);
  }

  @Override
  public Family family() {
    return Family.PREFERENCE;
  }

  public SignalKey key() {
    return new SignalKey(Family.PREFERENCE, name);
  }

  @Override
  public boolean comparesTexts() {
    return true;
  }

  /** What a text is compared with. */
  public List<String> support() {
    List<String> texts = new ArrayList<>();
    if (!description.isBlank()) {
      texts.add(description);
    }
    texts.addAll(examples);
    return texts;
  }

  /** What compares texts with these rules. */
  static Embeddings encoder(Ports ports) {
    return ports.embeddings().ofPreferences().orElseGet(ports::embeddings);
  }

  /** Who says which rule a text fits. */
  public sealed interface Chooser {
    /** Its likeness to what the rules say of themselves. */
    record Likeness(PrototypeScoring scoring) implements Chooser {}

    /** A language model of another process. */
    record Model(Limits limits) implements Chooser {}
  }

  /**
   * What a model chose.
   *
   * @param confidence 0 to 1; empty when the model does not say
   */
  public record Choice(String route, OptionalDouble confidence) {
    /** Reads a reply that holds a JSON object with the route, in quotes of either kind. */
    public static Answer<Choice> read(String reply) {
      List<Member> members = JsonMembers.inAnyQuotes(reply);
      return value(members, "route")
          .map(route -> Answer.of(new Choice(route.strip(), confidence(members))))
          .orElseGet(() -> Answer.failed("the model's reply names no route"));
    }

    private static Optional<String> value(List<Member> members, String key) {
      return members.stream()
          .filter(member -> member.key().equals(key))
          .map(Member::value)
          .findFirst();
    }

    private static OptionalDouble confidence(List<Member> members) {
      return value(members, "confidence").stream()
          .flatMapToDouble(text -> number(text).stream())
          .filter(sure -> sure >= 0 && sure <= 1)
          .findFirst();
    }

    private static OptionalDouble number(String text) {
      try {
        return OptionalDouble.of(Double.parseDouble(text));
      } catch (NumberFormatException e) {
        return OptionalDouble.empty(); // words of the model, which then does not say
      }
    }
  }

  /** How well a text fits a rule. */
  private record Scored(Preference rule, double score) {}

  /** All preference rules of a configuration. Safe to share. */
  public static final class Evaluator implements FamilyEvaluator {
    private final List<Preference> rules;
    private final PrototypeScoring scoring;
    private final Compatibility compatibility;
    private final Exemplars<Map<String, PrototypeBank>> banks;

    /** Embeds the descriptions and examples of all rules. */
    public Evaluator(
        List<Preference> rules,
        PrototypeScoring scoring,
        Compatibility compatibility,
        Embeddings embeddings) {
      this.rules = List.copyOf(rules);
      this.scoring = scoring;
      this.compatibility = compatibility;
      this.banks =
          new Exemplars<>(
              embeddings, rules.stream().flatMap(r -> r.support().stream()).toList(), this::banks);
    }

    private Map<String, PrototypeBank> banks(Map<String, Embedding> vectors) {
      Map<String, PrototypeBank> byRule = new LinkedHashMap<>();
      for (Preference rule : rules) {
        byRule.put(rule.name, PrototypeBank.of(rule.support(), vectors, scoring, compatibility));
      }
      return byRule;
    }

    @Override
    public List<String> notices() {
      return banks.made().stream()
          .flatMap(byRule -> byRule.entrySet().stream())
          .flatMap(entry -> entry.getValue().notice("preference rule " + entry.getKey()))
          .toList();
    }

    @Override
    public List<String> embedded(Facts facts) {
      return Exemplars.compared(facts);
    }

    @Override
    public Answer<Coverage> evaluate(Facts facts, Ports ports, SignalHits.Recorder recorder) {
      return banks.compare(
          facts,
          encoder(ports),
          (byRule, query) -> {
            choose(score(query, byRule, recorder), recorder);
            return Answer.of(query.coverage());
          });
    }

    /** All rules, the best first and equals by name. */
    private List<Scored> score(
        Embedding query, Map<String, PrototypeBank> byRule, SignalHits.Recorder recorder) {
      List<Scored> all = new ArrayList<>();
      for (Preference rule : rules) {
        if (compatibility == Compatibility.GATUN && rule.support().isEmpty()) {
          continue; // likeness to nothing says nothing, though it is more than unlikeness
        }
        PrototypeBank.Score score = Objects.requireNonNull(byRule.get(rule.name)).score(query);
        recorder.value(rule.key(), score.score());
        recorder.value(part(rule, "best"), score.best());
        recorder.value(part(rule, "support"), score.support());
        recorder.value(part(rule, "prototype_count"), score.count());
        all.add(new Scored(rule, score.score()));
      }
      all.sort(
          Comparator.comparingDouble(Scored::score)
              .reversed()
              .thenComparing(scored -> scored.rule.name));
      return all;
    }

    private static SignalKey part(Preference rule, String part) {
      return new SignalKey(Family.PREFERENCE, rule.name + ":" + part);
    }

    private void choose(List<Scored> bestFirst, SignalHits.Recorder recorder) {
      if (bestFirst.isEmpty()) {
        return;
      }
      Scored best = bestFirst.getFirst();
      OptionalDouble margin = margin(bestFirst);
      boolean fits = best.rule.threshold <= 0 || best.score >= best.rule.threshold;
      double least = scoring.marginThreshold();
      boolean clear = least <= 0 || margin.orElse(Double.POSITIVE_INFINITY) >= least;
      if (fits && clear) {
        recorder.match(best.rule.key(), best.score);
        margin.ifPresent(m -> recorder.value(part(best.rule, "margin"), m));
      }
    }

    /** From the best to the second; a lone rule has none, which upstream takes for 0. */
    private OptionalDouble margin(List<Scored> bestFirst) {
      if (bestFirst.size() > 1) {
        return OptionalDouble.of(bestFirst.get(0).score - bestFirst.get(1).score);
      }
      return compatibility == Compatibility.UPSTREAM_0_3
          ? OptionalDouble.of(0)
          : OptionalDouble.empty();
    }
  }
}
