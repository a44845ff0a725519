package dev.gatun.router.signal;

import dev.gatun.router.port.Distribution;
import dev.gatun.router.port.Embedding;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Tells apart the subjects that are known by examples alone (spec classifiers §8.6). A text belongs
 * to a subject in so far as it is nearer to the mean of its examples than the subject's threshold;
 * a text below all thresholds most likely belongs to none. Thresholds and temperature are those
 * that suit the examples, each compared with the others while it is left out. Immutable.
 */
final class TaughtDomains {
  /** Fewer examples say too little about one that is left out. */
  static final int EXAMPLES_MIN = 5;

  /** The share of its own examples that may lie below a threshold. */
  private static final double REJECTED = 0.1;

  /**
   * Differences of cosines by which chances are told apart, in steps of a quarter: the finest is
   * what few examples can support, whatever they seem to say.
   */
  private static final double[] TEMPERATURES =
      Stream.iterate(0.02, t -> t < 0.5, t -> t * 1.25).mapToDouble(t -> t).toArray();

  private final List<String> names;
  private final List<Embedding> means;
  private final List<LeftOut> leftOut;
  private final double[] thresholds;
  private final double temperature;

  private TaughtDomains(List<String> names, List<Embedding> means, List<LeftOut> leftOut) {
    this.names = names;
    this.means = means;
    this.leftOut = leftOut;
    thresholds = new double[names.size()];
    for (int k = 0; k < thresholds.length; k++) {
      thresholds[k] = threshold(k, leftOut);
    }
    double best = Double.POSITIVE_INFINITY;
    double chosen = TEMPERATURES[0];
    for (double candidate : TEMPERATURES) {
      double loss = loss(candidate);
      if (loss < best) {
        best = loss;
        chosen = candidate;
      }
    }
    temperature = chosen;
  }

  /** An example seen as if it were none. */
  private static final class LeftOut {
    /** Index of its subject. */
    private final int of;

    /** To each subject, to its own without itself. */
    private final double[] similarities;

    LeftOut(int of, double[] similarities) {
      this.of = of;
      this.similarities = similarities;
    }
  }

  /**
   * Learns subjects.
   *
   * @param examples of each, at least {@link #EXAMPLES_MIN}
   */
  static TaughtDomains of(Map<String, List<Embedding>> examples) {
    List<Embedding> means = examples.values().stream().map(Embedding::mean).toList();
    List<LeftOut> leftOut = new ArrayList<>();
    int of = 0;
    for (List<Embedding> own : examples.values()) {
      for (int i = 0; i < own.size(); i++) {
        List<Embedding> others = new ArrayList<>(own);
        Embedding example = others.remove(i);
        double[] similarities = similarities(means, example);
        similarities[of] = example.cosine(Embedding.mean(others));
        leftOut.add(new LeftOut(of, similarities));
      }
      of++;
    }
    return new TaughtDomains(List.copyOf(examples.keySet()), means, leftOut);
  }

  /** How likely each subject is; what is missing to 1 says that it is none of them. */
  Distribution distribution(Embedding text) {
    double[] shares = shares(similarities(means, text), temperature);
    return new Distribution(names, Arrays.stream(shares).boxed().toList(), text.coverage());
  }

  /** The cosine to the mean of a subject's examples from which a text may belong to it. */
  double threshold(String name) {
    return thresholds[names.indexOf(name)];
  }

  /** Subjects that their own examples do not tell apart, one line each. */
  List<String> notices() {
    List<String> notices = new ArrayList<>();
    for (int k = 0; k < thresholds.length; k++) {
      int label = k;
      List<LeftOut> own = leftOut.stream().filter(example -> example.of == label).toList();
      long strays = own.stream().filter(example -> nearest(example.similarities) != label).count();
      if (strays > 0) {
        notices.add(
            "domain "
                + names.get(k)
                + ": "
                + strays
                + " of its "
                + own.size()
                + " examples are nearer to another domain");
      }
    }
    return notices;
  }

  private static int nearest(double[] similarities) {
    int best = 0;
    for (int i = 1; i < similarities.length; i++) {
      best = similarities[i] > similarities[best] ? i : best;
    }
    return best;
  }

  private static double[] similarities(List<Embedding> means, Embedding text) {
    return means.stream().mapToDouble(text::cosine).toArray();
  }

  private static double threshold(int label, List<LeftOut> leftOut) {
    double[] own =
        leftOut.stream()
            .filter(example -> example.of == label)
            .mapToDouble(example -> example.similarities[label])
            .sorted()
            .toArray();
    return own[(int) (REJECTED * own.length)];
  }

  /** Mean surprise about the subjects of the examples. */
  private double loss(double candidate) {
    return leftOut.stream()
        .mapToDouble(example -> -Math.log(shares(example.similarities, candidate)[example.of]))
        .average()
        .orElse(0);
  }

  /** Softmax of the leads over the thresholds, that of no subject being 0. */
  private double[] shares(double[] similarities, double divisor) {
    double[] leads = new double[similarities.length];
    double greatest = 0;
    for (int i = 0; i < leads.length; i++) {
      leads[i] = (similarities[i] - thresholds[i]) / divisor;
      greatest = Math.max(greatest, leads[i]);
    }
    double sum = Math.exp(-greatest);
    for (int i = 0; i < leads.length; i++) {
      leads[i] = Math.exp(leads[i] - greatest);
      sum += leads[i];
    }
    for (int i = 0; i < leads.length; i++) {
      leads[i] /= sum;
    }
    return leads;
  }
}
