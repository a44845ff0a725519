package dev.gatun.router.signal;

import dev.gatun.router.model.Compatibility;
import dev.gatun.router.model.Facts;
import dev.gatun.router.port.Answer;
import dev.gatun.router.port.Coverage;
import dev.gatun.router.port.Embedding;
import dev.gatun.router.port.Embeddings;
import dev.gatun.router.port.Ports;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * A rule that holds for texts that mean about the same as its examples (spec signals §6).
 *
 * @param name unique among embedding rules
 * @param threshold least score, −1 to 1
 * @param candidates the examples; at least one
 * @param calibration from score to confidence; the score itself when empty
 */
public record EmbeddingRule(
    String name,
    double threshold,
    List<String> candidates,
    Aggregation aggregation,
    Optional<Calibration> calibration)
    implements SignalRule {

  public EmbeddingRule {
    candidates = List.copyOf(candidates);
    if (candidates.isEmpty()) {
      throw new IllegalArgumentException("an embedding rule needs at least one candidate");
    }
  }

  /** From similarities to the score of a rule. */
  public enum Aggregation {
    /** The mean over all prototypes. */
    MEAN,
    /** The best one and the support, weighted; what {@code max} and {@code any} mean upstream. */
    BLEND,
    /** The highest cosine over all candidates. */
    BEST
  }

  @Override
  public Family family() {
    return Family.EMBEDDING;
  }

  public SignalKey key() {
    return new SignalKey(Family.EMBEDDING, name);
  }

  @Override
  public boolean comparesTexts() {
    return true;
  }

  /** How near a text is to a rule. */
  private record Scored(EmbeddingRule rule, double score) {
    private static final Comparator<Scored> BY_SCORE =
        Comparator.comparingDouble(Scored::score).reversed();

    double confidence() {
      return rule.calibration.map(c -> c.of(score)).orElse(score);
    }
  }

  /** All embedding rules of a configuration. Safe to share. */
  public static final class Evaluator implements FamilyEvaluator {
    private static final List<String> SOFT = List.of("soft match, below its threshold");

    private final List<EmbeddingRule> rules;
    private final EmbeddingSettings settings;
    private final Compatibility compatibility;
    private final Exemplars<Map<String, PrototypeBank>> banks;

    /** Embeds the candidates of all rules. */
    public Evaluator(
        List<EmbeddingRule> rules,
        EmbeddingSettings settings,
        Compatibility compatibility,
        Embeddings embeddings) {
      this.rules = List.copyOf(rules);
      this.settings = settings;
      this.compatibility = compatibility;
      this.banks =
          new Exemplars<>(
              embeddings, rules.stream().flatMap(r -> r.candidates.stream()).toList(), this::banks);
    }

    private Map<String, PrototypeBank> banks(Map<String, Embedding> vectors) {
      Map<String, PrototypeBank> byRule = new LinkedHashMap<>();
      for (EmbeddingRule rule : rules) {
        byRule.put(
            rule.name,
            PrototypeBank.of(rule.candidates, vectors, settings.scoring(), compatibility));
      }
      return byRule;
    }

    @Override
    public List<String> notices() {
      return banks.made().stream()
          .flatMap(byRule -> byRule.entrySet().stream())
          .flatMap(entry -> entry.getValue().notice("embedding rule " + entry.getKey()))
          .toList();
    }

    @Override
    public Map<String, Embedding> means() {
      Map<String, Embedding> means = new LinkedHashMap<>();
      banks.made().ifPresent(all -> all.forEach((rule, bank) -> means.put(rule, bank.mean())));
      return means;
    }

    @Override
    public List<String> embedded(Facts facts) {
      return Exemplars.compared(facts);
    }

    @Override
    public Answer<Coverage> evaluate(Facts facts, Ports ports, SignalHits.Recorder recorder) {
      return banks.compare(
          facts,
          ports.embeddings(),
          (byRule, query) -> {
            match(score(query, byRule, recorder), recorder);
            return Answer.of(query.coverage());
          });
    }

    private List<Scored> score(
        Embedding query, Map<String, PrototypeBank> byRule, SignalHits.Recorder recorder) {
      List<Scored> all = new ArrayList<>();
      for (EmbeddingRule rule : rules) {
        PrototypeBank bank = Objects.requireNonNull(byRule.get(rule.name));
        PrototypeBank.Score blend = bank.score(query);
        double best =
            compatibility == Compatibility.UPSTREAM_0_3 ? blend.best() : bank.nearest(query);
        double score =
            switch (rule.aggregation) {
              case MEAN -> bank.mean(query).score();
              case BLEND -> blend.score();
              case BEST -> bank.nearest(query);
            };
        recorder.value(rule.key(), score);
        recorder.value(part(rule, "best"), best);
        recorder.value(part(rule, "blend"), blend.score());
        recorder.value(part(rule, "support"), blend.support());
        recorder.value(part(rule, "prototype_count"), blend.count());
        all.add(new Scored(rule, score));
      }
      return all;
    }

    private static SignalKey part(EmbeddingRule rule, String part) {
      return new SignalKey(Family.EMBEDDING, rule.name + ":" + part);
    }

    private void match(List<Scored> all, SignalHits.Recorder recorder) {
      if (!isDistinct(all)) {
        return;
      }
      List<Scored> hard = all.stream().filter(s -> s.score >= s.rule.threshold).toList();
      hard.forEach(s -> recorder.match(s.rule.key(), s.confidence()));
      if (hard.isEmpty() && settings.softMatching()) {
        all.stream()
            .filter(s -> s.score >= settings.minScoreThreshold())
            .forEach(s ->
                recorder.match(
                    new SignalHits.Hit(s.rule.key(), s.confidence(), SOFT, true, List.of())));
      }
    }

    /** Whether the best rule is far enough from the second; a lone rule always is. */
    private boolean isDistinct(List<Scored> all) {
      double margin = settings.scoring().marginThreshold();
      if (compatibility == Compatibility.UPSTREAM_0_3 || margin <= 0 || all.size() < 2) {
        return true;
      }
      List<Scored> sorted = all.stream().sorted(Scored.BY_SCORE).toList();
      return sorted.get(0).score - sorted.get(1).score >= margin;
    }
  }
}
