package dev.gatun.router.signal;

import dev.gatun.router.model.Compatibility;
import dev.gatun.router.port.Embedding;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The examples that a text is compared with, each standing for those like it (spec signals §0.6).
 * Immutable and safe to share.
 */
public final class PrototypeBank {
  private static final Comparator<Prototype> BY_LIKENESS =
      Comparator.comparingDouble(Prototype::meanSimilarity)
          .reversed()
          .thenComparing(prototype -> prototype.example.text);

  private static final Comparator<Prototype> BY_SIZE =
      Comparator.comparingInt(Prototype::clusterSize).reversed().thenComparing(BY_LIKENESS);

  private final List<Prototype> prototypes;
  private final List<Example> examples;
  private final PrototypeScoring scoring;
  private final List<String> dropped;

  private PrototypeBank(
      List<Prototype> prototypes,
      List<Example> examples,
      PrototypeScoring scoring,
      List<Prototype> dropped) {
    this.prototypes = List.copyOf(prototypes);
    this.dropped = dropped.stream().map(prototype -> prototype.example.text).toList();
    this.examples = List.copyOf(examples);
    this.scoring = scoring;
  }

  /**
   * An example.
   *
   * @param key what makes it another than the rest
   */
  public record Example(String key, String text, Embedding vector) {}

  /**
   * An example that is compared with.
   *
   * @param clusterSize examples that it stands for, itself among them
   * @param meanSimilarity to those, 1 to itself
   */
  public record Prototype(Example example, int clusterSize, double meanSimilarity) {}

  /**
   * How near a text is.
   *
   * @param score the weighted mean of the other two
   * @param best the highest cosine
   * @param support the mean of the highest ones
   * @param count of the prototypes
   */
  public record Score(double score, double best, double support, int count) {
    private static final Score NONE = new Score(0, 0, 0, 0);
  }

  /** A bank of examples; of those with the same key the first counts. */
  public static PrototypeBank of(
      List<Example> examples, PrototypeScoring scoring, Compatibility compatibility) {
    Set<String> keys = new HashSet<>();
    List<Example> distinct = examples.stream().filter(e -> keys.add(e.key)).toList();
    if (!scoring.enabled()) {
      List<Prototype> all = distinct.stream().map(e -> new Prototype(e, 1, 1)).toList();
      return new PrototypeBank(all, distinct, scoring, List.of());
    }
    List<Prototype> clusters =
        clusters(distinct, scoring.clusterSimilarityThreshold()).stream().sorted(BY_SIZE).toList();
    int limit = scoring.maxPrototypes() == 0 ? clusters.size() : scoring.maxPrototypes();
    if (clusters.size() <= limit) {
      return new PrototypeBank(clusters, distinct, scoring, List.of());
    }
    List<Prototype> kept =
        switch (compatibility) {
          case UPSTREAM_0_3 -> clusters.subList(0, limit);
          case GATUN -> farthestFirst(clusters, limit);
        };
    List<Prototype> dropped = new ArrayList<>(clusters);
    dropped.removeAll(kept);
    return new PrototypeBank(kept, distinct, scoring, dropped);
  }

  /** A bank of texts whose vectors are known; a text is its own key. */
  static PrototypeBank of(
      Collection<String> texts,
      Map<String, Embedding> vectors,
      PrototypeScoring scoring,
      Compatibility compatibility) {
    List<Example> examples =
        texts.stream()
            .map(text -> new Example(text, text, Objects.requireNonNull(vectors.get(text))))
            .toList();
    return of(examples, scoring, compatibility);
  }

  /** Those compared with, the one that stands for most first. */
  public List<Prototype> prototypes() {
    return prototypes;
  }

  /** Where they all point together. */
  Embedding mean() {
    return Embedding.mean(prototypes.stream().map(p -> p.example.vector).toList());
  }

  /** Texts of examples that no prototype stands for, because there may be no more. */
  public List<String> dropped() {
    return dropped;
  }

  /** A line for the operator when there are such examples. */
  Stream<String> notice(String owner) {
    return dropped.isEmpty()
        ? Stream.empty()
        : Stream.of(
            owner
                + ": max_prototypes is "
                + prototypes.size()
                + ", so no prototype stands for "
                + dropped.stream().map(t -> '"' + t + '"').collect(Collectors.joining(", ")));
  }

  /** How near a text is, as the settings say. */
  public Score score(Embedding query) {
    return score(query, scoring.bestWeight(), scoring.topM());
  }

  /** The same with the mean over all prototypes as the score. */
  public Score mean(Embedding query) {
    return score(query, 0, 0);
  }

  /** The highest cosine over all examples, also those without a prototype of their own. */
  public double nearest(Embedding query) {
    return examples.stream().mapToDouble(e -> e.vector.cosine(query)).max().orElse(0);
  }

  private Score score(Embedding query, double bestWeight, int topM) {
    if (prototypes.isEmpty()) {
      return Score.NONE;
    }
    double[] similarities =
        prototypes.stream().mapToDouble(p -> p.example.vector.cosine(query)).toArray();
    Arrays.sort(similarities);
    int count = similarities.length;
    int top = topM <= 0 || topM > count ? count : topM;
    double best = similarities[count - 1];
    double support = Arrays.stream(similarities, count - top, count).average().orElse(0);
    return new Score(bestWeight * best + (1 - bestWeight) * support, best, support, count);
  }

  /** Greedy: the example that is like most of the rest, with these; then the next. */
  private static List<Prototype> clusters(List<Example> examples, double threshold) {
    double[][] similarity = similarities(examples);
    Remaining remaining = new Remaining(similarity, threshold);
    List<Prototype> clusters = new ArrayList<>();
    while (!remaining.isEmpty()) {
      List<Integer> cluster = remaining.around(remaining.central(examples));
      clusters.add(medoid(examples, cluster, similarity));
      cluster.forEach(remaining::remove);
    }
    return clusters;
  }

  /** Examples that are in no cluster yet, each with the number of those around it. */
  private static final class Remaining {
    private final double[][] similarity;
    private final double threshold;
    private final BitSet members = new BitSet();
    private final int[] around;

    Remaining(double[][] similarity, double threshold) {
      this.similarity = similarity;
      this.threshold = threshold;
      around = new int[similarity.length];
      members.set(0, similarity.length);
      for (int i = 0; i < similarity.length; i++) {
        around[i] = around(i).size();
      }
    }

    boolean isEmpty() {
      return members.isEmpty();
    }

    /** The one with most around it; of equals the first by its text. */
    int central(List<Example> examples) {
      return members.stream()
          .boxed()
          .min(
              Comparator.<Integer>comparingInt(i -> -around[i])
                  .thenComparing(i -> examples.get(i).text))
          .orElseThrow();
    }

    /** It and those like it, in their order. */
    List<Integer> around(int example) {
      return members.stream().filter(other -> isNear(example, other)).boxed().toList();
    }

    void remove(int example) {
      members.clear(example);
      members.stream().filter(other -> isNear(example, other)).forEach(other -> around[other]--);
    }

    private boolean isNear(int one, int other) {
      return one == other || similarity[one][other] >= threshold;
    }
  }

  private static double[][] similarities(List<Example> examples) {
    double[][] similarity = new double[examples.size()][examples.size()];
    for (int i = 0; i < examples.size(); i++) {
      similarity[i][i] = 1;
      for (int j = 0; j < i; j++) {
        similarity[i][j] = examples.get(i).vector.cosine(examples.get(j).vector);
        similarity[j][i] = similarity[i][j];
      }
    }
    return similarity;
  }

  /** The member that is likest to the others. */
  private static Prototype medoid(
      List<Example> examples, List<Integer> cluster, double[][] similarity) {
    return cluster.stream()
        .map(member ->
            new Prototype(
                examples.get(member),
                cluster.size(),
                cluster.stream()
                    .mapToDouble(other -> similarity[member][other])
                    .average()
                    .orElse(0)))
        .min(BY_LIKENESS)
        .orElseThrow();
  }

  /** Of equally large clusters, the one farthest from all that are kept comes next. */
  private static List<Prototype> farthestFirst(List<Prototype> bySize, int limit) {
    List<Prototype> rest = new ArrayList<>(bySize);
    List<Prototype> kept = new ArrayList<>();
    while (kept.size() < limit) {
      int size = rest.getFirst().clusterSize;
      Prototype next =
          rest.stream()
              .filter(p -> p.clusterSize == size)
              .min(
                  Comparator.<Prototype>comparingDouble(p -> nearness(p, kept))
                      .thenComparing(BY_LIKENESS))
              .orElseThrow();
      kept.add(next);
      rest.remove(next);
    }
    return kept;
  }

  private static double nearness(Prototype prototype, List<Prototype> kept) {
    return kept.stream()
        .mapToDouble(k -> k.example.vector.cosine(prototype.example.vector))
        .max()
        .orElse(-1);
  }
}
