package dev.gatun.router.signal;

import dev.gatun.router.model.Compatibility;
import dev.gatun.router.model.Facts;
import dev.gatun.router.port.Answer;
import dev.gatun.router.port.Coverage;
import dev.gatun.router.port.Embedding;
import dev.gatun.router.port.Embeddings;
import dev.gatun.router.port.Ports;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/**
 * A rule that tells hard texts from easy ones by examples of both (spec signals §2).
 *
 * @param name unique among complexity rules; without a colon
 * @param threshold distance between the two scores from which a text is hard or easy; 0 or more
 * @param hard examples of hard texts
 * @param easy examples of easy texts
 */
public record Complexity(String name, double threshold, List<String> hard, List<String> easy)
    implements SignalRule {

  /** What a threshold of 0 is taken for where it divides. */
  private static final double THRESHOLD_MIN = 1e-6;

  public Complexity {
    hard = List.copyOf(hard);
    easy = List.copyOf(easy);
    if (name.indexOf(':') >= 0) {
      throw new IllegalArgumentException("the name of a complexity rule has no colon: " + name);
    }
  }

  /** How hard a text is. */
  public enum Difficulty {
    EASY,
    MEDIUM,
    HARD;

    /** As the names of outputs end. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Override
  public Family family() {
    return Family.COMPLEXITY;
  }

  @Override
  public List<SignalKey> outputs() {
    return Arrays.stream(Difficulty.values()).map(this::output).toList();
  }

  @Override
  public boolean comparesTexts() {
    return true;
  }

  /** The name under which a difficulty is found. */
  public SignalKey output(Difficulty difficulty) {
    return part(difficulty.word());
  }

  private SignalKey part(String part) {
    return new SignalKey(Family.COMPLEXITY, name + ":" + part);
  }

  /**
   * The margin that counts, and what it says.
   *
   * @param fromImage whether it is that of the image
   */
  public record Fused(double margin, boolean fromImage, Difficulty difficulty) {
    /**
     * Takes the margin of larger size.
     *
     * @param text score of hard minus score of easy
     * @param image the same for an image, where there is one to compare
     * @param threshold size from which a text is hard or easy
     */
    public static Fused of(double text, OptionalDouble image, double threshold) {
      boolean fromImage = image.isPresent() && Math.abs(image.getAsDouble()) > Math.abs(text);
      double margin = fromImage ? image.getAsDouble() : text;
      Difficulty difficulty =
          margin > threshold
              ? Difficulty.HARD
              : margin < -threshold ? Difficulty.EASY : Difficulty.MEDIUM;
      return new Fused(margin, fromImage, difficulty);
    }
  }

  /** All complexity rules of a configuration. Safe to share. */
  public static final class Evaluator implements FamilyEvaluator {
    private final List<Complexity> rules;
    private final PrototypeScoring scoring;
    private final Compatibility compatibility;
    private final Exemplars<Map<String, Banks>> banks;

    /** Examples of both sides of a rule. */
    private record Banks(PrototypeBank hard, PrototypeBank easy) {}

    /** Embeds the examples of all rules. */
    public Evaluator(
        List<Complexity> rules,
        PrototypeScoring scoring,
        Compatibility compatibility,
        Embeddings embeddings) {
      this.rules = List.copyOf(rules);
      this.scoring = scoring;
      this.compatibility = compatibility;
      List<String> texts =
          rules.stream().flatMap(r -> Stream.concat(r.hard.stream(), r.easy.stream())).toList();
      this.banks = new Exemplars<>(embeddings, texts, this::banks);
    }

    private Map<String, Banks> banks(Map<String, Embedding> vectors) {
      Map<String, Banks> byRule = new LinkedHashMap<>();
      for (Complexity rule : rules) {
        byRule.put(
            rule.name,
            new Banks(
                PrototypeBank.of(rule.hard, vectors, scoring, compatibility),
                PrototypeBank.of(rule.easy, vectors, scoring, compatibility)));
      }
      return byRule;
    }

    @Override
    public List<String> notices() {
      return banks.made().stream()
          .flatMap(byRule -> byRule.entrySet().stream())
          .flatMap(entry -> {
            String owner = "complexity rule " + entry.getKey();
            return Stream.concat(
                entry.getValue().hard.notice(owner), entry.getValue().easy.notice(owner));
          })
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
          ports.embeddings(),
          (byRule, query) -> {
            for (Complexity rule : rules) {
              judge(rule, Objects.requireNonNull(byRule.get(rule.name)), query, recorder);
            }
            return Answer.of(query.coverage());
          });
    }

    private void judge(
        Complexity rule, Banks banks, Embedding query, SignalHits.Recorder recorder) {
      double hard = banks.hard.score(query).score();
      double easy = banks.easy.score(query).score();
      double threshold =
          compatibility == Compatibility.UPSTREAM_0_3
              ? rule.threshold
              : Math.max(rule.threshold, scoring.marginThreshold());
      Fused fused = Fused.of(hard - easy, OptionalDouble.empty(), threshold);
      recorder.value(rule.part("text_hard_score"), hard);
      recorder.value(rule.part("text_easy_score"), easy);
      recorder.value(rule.part("text_margin"), hard - easy);
      recorder.value(rule.part("margin"), fused.margin);
      recorder.match(rule.output(fused.difficulty), confidence(fused, threshold));
    }

    private double confidence(Fused fused, double threshold) {
      double size = Math.abs(fused.margin);
      if (compatibility == Compatibility.UPSTREAM_0_3 || fused.difficulty != Difficulty.MEDIUM) {
        return size;
      }
      return Math.clamp(1 - size / Math.max(threshold, THRESHOLD_MIN), 0, 1);
    }
  }
}
