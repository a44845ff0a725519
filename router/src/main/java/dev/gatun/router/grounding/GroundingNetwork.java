package dev.gatun.router.grounding;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Says which words of an answer its context does not support: the network that {@code
 * model-cards/hallucination/network.py} trains. It reads, for every word, the types of the seven
 * words around it ({@link Evidence}), three words themselves where they are frequent, its length,
 * and how the whole answer stands. Immutable.
 */
public final class GroundingNetwork {
  /** Sums of a word. */
  public static final int HIDDEN = 64;

  /** What is known of the whole answer. */
  public static final int WHOLE = 8;

  /** Frequent words that are read themselves. */
  public static final int FREQUENT = 250;

  private static final int AROUND = 3;
  private static final int NEAR = 1;
  private static final int LENGTHS = 12;
  private static final int OUTSIDE = Evidence.STOP + 1;
  private static final int TYPES = OUTSIDE + 1;
  private static final int WORDS_AT = (2 * AROUND + 1) * TYPES;
  private static final int LENGTHS_AT = WORDS_AT + (2 * NEAR + 1) * (FREQUENT + 1);

  /** Rows of the table of features. */
  public static final int FEATURES = LENGTHS_AT + LENGTHS;

  private final Weights weights;
  private final Map<String, Integer> frequent = new HashMap<>();

  /**
   * What was trained.
   *
   * @param features [{@link #FEATURES}][{@link #HIDDEN}]
   * @param whole [HIDDEN][{@link #WHOLE}], with one bias each
   * @param word [HIDDEN]
   * @param answer [HIDDEN + WHOLE]
   */
  @SuppressWarnings("ArrayRecordComponent") // handed over, not changed afterwards
  public record Weights(
      float[][] features,
      float[][] whole,
      float[] wholeBias,
      float[] word,
      float wordBias,
      float[] answer,
      float answerBias) {}

  /**
   * @param frequent the words that are read themselves, in the order of training
   */
  public GroundingNetwork(Weights weights, List<String> frequent) {
    if (frequent.size() != FREQUENT || weights.features.length != FEATURES) {
      throw new IllegalArgumentException(
          frequent.size() + " frequent words, " + weights.features.length + " features");
    }
    this.weights = weights;
    for (String word : frequent) {
      this.frequent.put(word, this.frequent.size() + 1);
    }
  }

  /**
   * What it says of an answer.
   *
   * @param words chance of each word to be unsupported, 0 of a stop
   * @param score of the whole, the mean of its chance and the worst word's
   */
  @SuppressWarnings("ArrayRecordComponent") // made here and read only
  record Reading(double[] words, double score) {}

  /** The frequent words, with their numbers. */
  Map<String, Integer> frequent() {
    return frequent;
  }

  Reading read(Evidence evidence) {
    double[] whole = whole(evidence);
    double[] start = new double[HIDDEN];
    for (int k = 0; k < HIDDEN; k++) {
      start[k] = weights.wholeBias[k] + dot(weights.whole[k], 0, whole);
    }
    double[] most = new double[HIDDEN];
    double[] chances = new double[evidence.words().size()];
    double worst = 0;
    for (int i = 0; i < chances.length; i++) {
      if (evidence.words().get(i).stop()) {
        continue;
      }
      double[] sums = sums(evidence, i, start);
      for (int k = 0; k < HIDDEN; k++) {
        most[k] = Math.max(most[k], sums[k]);
      }
      chances[i] = GroundingJudge.sigmoid(weights.wordBias + dot(weights.word, 0, sums));
      worst = Math.max(worst, chances[i]);
    }
    double of =
        GroundingJudge.sigmoid(
            weights.answerBias + dot(weights.answer, 0, most) + dot(weights.answer, HIDDEN, whole));
    return new Reading(chances, (of + worst) / 2);
  }

  /** Shares of each presence, how long the answer is, how many words replace others. */
  private static double[] whole(Evidence evidence) {
    double[] whole = new double[WHOLE];
    int count = 0;
    int replacing = 0;
    for (int i = 0; i < evidence.words().size(); i++) {
      if (!evidence.words().get(i).stop()) {
        count++;
        whole[evidence.presence(i)]++;
        replacing += evidence.replaces(i) ? 1 : 0;
      }
    }
    for (int k = 0; k < Evidence.PRESENCES; k++) {
      whole[k] /= Math.max(1, count);
    }
    whole[Evidence.PRESENCES] = Math.log1p(count) / 4;
    whole[Evidence.PRESENCES + 1] = Math.min(3, replacing) / 3.0;
    return whole;
  }

  /** The rectified sums of a word. */
  private double[] sums(Evidence evidence, int word, double[] start) {
    double[] sums = Arrays.copyOf(start, HIDDEN);
    for (int feature : features(evidence, word)) {
      float[] row = weights.features[feature];
      for (int k = 0; k < HIDDEN; k++) {
        sums[k] += row[k];
      }
    }
    for (int k = 0; k < HIDDEN; k++) {
      sums[k] = Math.max(0, sums[k]);
    }
    return sums;
  }

  private List<Integer> features(Evidence evidence, int word) {
    List<Word> words = evidence.words();
    List<Integer> features = new ArrayList<>();
    for (int o = -AROUND; o <= AROUND; o++) {
      int at = word + o;
      boolean inside = at >= 0 && at < words.size();
      features.add(TYPES * (o + AROUND) + (inside ? evidence.types()[at] : OUTSIDE));
    }
    for (int o = -NEAR; o <= NEAR; o++) {
      int at = word + o;
      boolean inside = at >= 0 && at < words.size();
      int known = inside ? frequent.getOrDefault(words.get(at).folded(), 0) : 0;
      features.add(WORDS_AT + (FREQUENT + 1) * (o + NEAR) + known);
    }
    String folded = words.get(word).folded();
    features.add(LENGTHS_AT + Math.min(folded.codePointCount(0, folded.length()), LENGTHS - 1));
    return features;
  }

  private static double dot(float[] row, int from, double[] values) {
    double sum = 0;
    for (int i = 0; i < values.length; i++) {
      sum += row[from + i] * values[i];
    }
    return sum;
  }
}
