package dev.gatun.router.signal;

import dev.gatun.router.model.Compatibility;
import dev.gatun.router.model.Facts;
import dev.gatun.router.port.Answer;
import dev.gatun.router.port.Coverage;
import dev.gatun.router.port.Embedding;
import dev.gatun.router.port.Embeddings;
import dev.gatun.router.port.Ports;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A rule that asks a knowledge base for a label or a group of labels (spec signals §10).
 *
 * @param name unique among kb rules
 * @param kb name of the knowledge base
 * @param isGroup whether the target is a group, not a label
 * @param target name of the label or group
 * @param best whether the target must be the best one, whatever its score
 * @param calibration from score to confidence; the score itself when empty
 */
public record KbRule(
    String name,
    String kb,
    boolean isGroup,
    String target,
    boolean best,
    Optional<Calibration> calibration)
    implements SignalRule {

  @Override
  public Family family() {
    return Family.KB;
  }

  public SignalKey key() {
    return new SignalKey(Family.KB, name);
  }

  @Override
  public boolean comparesTexts() {
    return true;
  }

  /** Whether the target is found. */
  private boolean holds(KnowledgeBase.Scores scores, Compatibility compatibility) {
    if (!best) {
      return (isGroup ? scores.matchedGroups() : scores.matchedLabels()).contains(target);
    }
    if (!isGroup) {
      return scores.bestLabel().equals(Optional.of(target));
    }
    if (compatibility == Compatibility.UPSTREAM_0_3) {
      return scores.bestGroup().equals(Optional.of(target));
    }
    return scores
        .bestGroup()
        .map(group ->
            scores.groups().containsKey(target) && scores.group(target) == scores.group(group))
        .orElse(false);
  }

  private double score(KnowledgeBase.Scores scores) {
    return isGroup ? scores.group(target) : scores.label(target);
  }

  /** What the text is most like: a label, and of groups that share it the one declared first. */
  private static List<String> evidence(KnowledgeBase.Scores scores) {
    return Stream.concat(
            scores.bestLabel().stream(), scores.bestGroup().map(group -> "group " + group).stream())
        .toList();
  }

  /** All kb rules of a configuration and the knowledge bases. Safe to share. */
  public static final class Evaluator implements FamilyEvaluator {
    private final List<KbRule> rules;
    private final List<KnowledgeBase> bases;
    private final Compatibility compatibility;
    private final Exemplars<Map<String, Map<String, PrototypeBank>>> banks;

    /**
     * Embeds the exemplars of the knowledge bases.
     *
     * @param bases those that rules or projections name
     */
    public Evaluator(
        List<KbRule> rules,
        List<KnowledgeBase> bases,
        Compatibility compatibility,
        Embeddings embeddings) {
      this.rules = List.copyOf(rules);
      this.bases = List.copyOf(bases);
      this.compatibility = compatibility;
      List<String> texts =
          bases.stream()
              .flatMap(base -> base.exemplars().values().stream())
              .flatMap(List::stream)
              .toList();
      this.banks = new Exemplars<>(embeddings, texts, this::banks);
    }

    private Map<String, Map<String, PrototypeBank>> banks(Map<String, Embedding> vectors) {
      Map<String, Map<String, PrototypeBank>> byBase = new LinkedHashMap<>();
      for (KnowledgeBase base : bases) {
        Map<String, PrototypeBank> byLabel = new LinkedHashMap<>();
        base.exemplars()
            .forEach((label, texts) ->
                byLabel.put(
                    label, PrototypeBank.of(texts, vectors, base.scoring(), compatibility)));
        byBase.put(base.name(), byLabel);
      }
      return byBase;
    }

    @Override
    public List<String> notices() {
      return banks.made().stream()
          .flatMap(byBase -> byBase.entrySet().stream())
          .flatMap(base ->
              base.getValue().entrySet().stream()
                  .flatMap(label ->
                      label
                          .getValue()
                          .notice("knowledge base " + base.getKey() + ", " + label.getKey())))
          .toList();
    }

    @Override
    public List<String> embedded(Facts facts) {
      return Exemplars.compared(facts);
    }

    @Override
    public Answer<Coverage> evaluate(Facts facts, Ports ports, SignalHits.Recorder recorder) {
      return banks.compare(
          facts, ports.embeddings(), (byBase, query) -> askAll(byBase, query, recorder));
    }

    private Answer<Coverage> askAll(
        Map<String, Map<String, PrototypeBank>> byBase,
        Embedding query,
        SignalHits.Recorder recorder) {
      List<String> missing = new ArrayList<>();
      for (KnowledgeBase base : bases) {
        if (base.exemplars().isEmpty()) {
          missing.add(base.name());
        } else {
          ask(base, Objects.requireNonNull(byBase.get(base.name())), query, recorder);
        }
      }
      return missing.isEmpty()
          ? Answer.of(query.coverage())
          : Answer.failed("not loaded: the knowledge base " + String.join(", ", missing));
    }

    private void ask(
        KnowledgeBase base,
        Map<String, PrototypeBank> banks,
        Embedding query,
        SignalHits.Recorder recorder) {
      Map<String, Double> byLabel = new LinkedHashMap<>();
      banks.forEach((label, bank) -> byLabel.put(label, bank.score(query).score()));
      record(base, base.scores(byLabel, compatibility), recorder);
    }

    /** Records what the scores of a knowledge base say. */
    void record(KnowledgeBase base, KnowledgeBase.Scores scores, SignalHits.Recorder recorder) {
      scores
          .metrics()
          .forEach(
              (metric, value) -> recorder.value(SignalKey.kbMetric(base.name(), metric), value));
      double least = base.scoring().marginThreshold();
      boolean clear =
          compatibility == Compatibility.UPSTREAM_0_3
              || least <= 0
              || scores.margin().map(margin -> margin >= least).orElse(true);
      if (!clear) {
        return;
      }
      for (KbRule rule : rules) {
        if (rule.kb.equals(base.name()) && rule.holds(scores, compatibility)) {
          double score = rule.score(scores);
          recorder.match(
              rule.key(), rule.calibration.map(c -> c.of(score)).orElse(score), evidence(scores));
        }
      }
    }
  }
}
