package dev.gatun.router.signal;

import dev.gatun.router.model.Compatibility;
import dev.gatun.router.model.Facts;
import dev.gatun.router.port.Answer;
import dev.gatun.router.port.Coverage;
import dev.gatun.router.port.Embedding;
import dev.gatun.router.port.Ports;
import java.util.ArrayList;
import java.util.List;

/**
 * A rule that notices a user who asks the same again (spec signals §16).
 *
 * @param name unique among reask rules
 * @param threshold cosine from which two turns ask the same, 0 to 1
 * @param lookbackTurns user turns in a row that must have asked the same, 1 or more
 */
public record Reask(String name, double threshold, int lookbackTurns) implements SignalRule {
  public static final double THRESHOLD_DEFAULT = 0.8;
  public static final int LOOKBACK_DEFAULT = 1;

  public Reask {
    if (lookbackTurns < 1) {
      throw new IllegalArgumentException("at least one turn is looked at, not " + lookbackTurns);
    }
  }

  @Override
  public Family family() {
    return Family.REASK;
  }

  public SignalKey key() {
    return new SignalKey(Family.REASK, name);
  }

  @Override
  public boolean comparesTexts() {
    return true;
  }

  /**
   * A rule that holds.
   *
   * @param confidence the least similarity of the turns looked at
   * @param streak turns in a row that asked the same
   */
  public record Match(Reask rule, double confidence, int streak) {}

  /**
   * How often in a row the same was asked.
   *
   * @param length turns
   * @param least similarity of those that the rule looks at; 1 when there are none
   */
  public record Streak(int length, double least) {}

  /**
   * The streak that a rule sees.
   *
   * @param similarities of the current turn to earlier ones, newest first
   */
  public Streak streak(List<Double> similarities) {
    int length = 0;
    double least = 1;
    for (double similarity : similarities) {
      if (similarity < threshold) {
        break;
      }
      length++;
      if (length <= lookbackTurns) {
        least = Math.min(least, similarity);
      }
    }
    return new Streak(length, least);
  }

  /** The rules that hold; of these, those that look back farthest. */
  public static List<Match> matches(List<Reask> rules, List<Double> similarities) {
    List<Match> all = new ArrayList<>();
    for (Reask rule : rules) {
      Streak streak = rule.streak(similarities);
      if (streak.length >= rule.lookbackTurns) {
        all.add(new Match(rule, streak.least, streak.length));
      }
    }
    int farthest = all.stream().mapToInt(match -> match.rule.lookbackTurns).max().orElse(0);
    return all.stream().filter(match -> match.rule.lookbackTurns == farthest).toList();
  }

  /** All reask rules of a configuration. Immutable and safe to share. */
  public static final class Evaluator implements FamilyEvaluator {
    private final List<Reask> rules;
    private final double lowest;
    private final Compatibility compatibility;

    public Evaluator(List<Reask> rules, Compatibility compatibility) {
      this.compatibility = compatibility;
      this.rules = List.copyOf(rules);
      this.lowest = rules.stream().mapToDouble(Reask::threshold).min().orElse(1);
    }

    /** The current turn and the newest before it; those before are read while a streak lasts. */
    @Override
    public List<String> embedded(Facts facts) {
      List<String> earlier = earlier(facts);
      return earlier.isEmpty() ? List.of() : List.of(facts.currentUser(), earlier.getFirst());
    }

    @Override
    public Answer<Coverage> evaluate(Facts facts, Ports ports, SignalHits.Recorder recorder) {
      List<Double> similarities = new ArrayList<>();
      Coverage coverage = Coverage.NONE;
      for (String turn : earlier(facts)) {
        switch (ports.embeddings().embed(List.of(facts.currentUser(), turn))) {
          case Answer.Known<List<Embedding>>(List<Embedding> pair) -> {
            similarities.add(pair.get(0).cosine(pair.get(1)));
            coverage = coverage.plus(pair.get(1).coverage());
          }
          case Answer.Failed<List<Embedding>>(String reason, _) -> {
            return Answer.failed(reason);
          }
        }
        if (similarities.getLast() < lowest) {
          break;
        }
      }
      for (Match match : matches(rules, similarities)) {
        recorder.match(match.rule.key(), match.confidence);
        recorder.value(match.rule.key(), match.streak);
      }
      // v0.3 tells the value of a match alone.
      if (compatibility == Compatibility.GATUN) {
        rules.forEach(rule -> recorder.value(rule.key(), rule.streak(similarities).length));
      }
      return Answer.of(coverage);
    }

    /** Earlier user turns, newest first; none when there is no current one to compare with. */
    private static List<String> earlier(Facts facts) {
      return facts.currentUser().isBlank()
          ? List.of()
          : facts.priorUsers().reversed().stream().filter(turn -> !turn.isBlank()).toList();
    }
  }
}
