package dev.gatun.router.algorithm;

import dev.gatun.router.model.ModelRef;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The choice that needs no observation: by written weights, or else by written scores.
 *
 * @param scores of models by subject or decision name; a model without a score has 1
 */
public record Static(Map<String, Map<String, Double>> scores) implements Algorithm {
  private static final double SCORE_DEFAULT = 1.0;

  public Static {
    scores = Map.copyOf(scores);
  }

  /** Without scores: the first candidate, unless weights say otherwise. */
  public static Static plain() {
    return new Static(Map.of());
  }

  @Override
  public String method() {
    return "static";
  }

  @Override
  public Choice choose(Question question) {
    double total = question.candidates().stream().mapToDouble(ModelRef::weight).sum();
    return total > 0 ? byWeight(question, total) : byScore(question);
  }

  /** The candidate on whose share of [0, total) the key's hash falls. */
  private static Choice byWeight(Question question, double total) {
    double point = Hash.unit(question.key()) * total;
    ModelRef chosen = question.candidates().getFirst();
    for (ModelRef candidate : question.candidates()) {
      if (candidate.weight() > 0) {
        chosen = candidate;
        point -= candidate.weight();
        if (point < 0) {
          break;
        }
      }
    }
    return new Choice(chosen, "by weight");
  }

  private Choice byScore(Question question) {
    List<ModelRef> candidates = question.candidates();
    ModelRef best = candidates.getFirst();
    double bestScore = score(question, best);
    for (ModelRef candidate : candidates) {
      double score = score(question, candidate);
      if (score > bestScore) {
        best = candidate;
        bestScore = score;
      }
    }
    // A best score of exactly 1 is what a model without a score has: no evidence, first wins.
    return bestScore == SCORE_DEFAULT
        ? new Choice(candidates.getFirst(), "the first, without evidence")
        : new Choice(best, "by score");
  }

  private double score(Question question, ModelRef candidate) {
    return question
        .category()
        .flatMap(category -> score(category, candidate))
        .or(() -> score(question.decision(), candidate))
        .orElse(SCORE_DEFAULT);
  }

  private Optional<Double> score(String under, ModelRef candidate) {
    return Optional.ofNullable(scores.getOrDefault(under, Map.of()).get(candidate.model()));
  }
}
