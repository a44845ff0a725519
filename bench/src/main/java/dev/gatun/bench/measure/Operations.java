package dev.gatun.bench.measure;

/**
 * Multiplications and additions of one forward pass, two per multiplied weight or score. Gathering,
 * norms, activations and softmax are not counted: what remains is what any implementation has to
 * compute, so that the share of the machine's peak is comparable over lengths and engines.
 *
 * @param linear products with weights: {@code 2 · weights} per row
 * @param attention scores and weighted sums: {@code 4 · H} per pair of a query and a key it sees
 */
public record Operations(double linear, double attention) {

  /** The sum of both. */
  public double total() {
    return linear + attention;
  }

  /**
   * The cost of a batch of sequences of one length.
   *
   * <p>Per layer and token the products take {@code 3H² + H²} weights in attention and {@code H·I +
   * I·H} in the MLP, {@code 2H·I + I·H} where it is gated. A head adds {@code H² + H·C} per
   * sequence, or per token for token classification. A layer with window w lets query i see the
   * keys i − w … i + w that exist, a global layer all n.
   *
   * @param tasks classifiers on one trunk, at least 1; those beyond the first add their head only
   */
  public static Operations of(Shape shape, int length, int batch, int tasks) {
    double hidden = shape.hidden();
    double perToken = 4 * hidden * hidden + (shape.gated() ? 3 : 2) * hidden * shape.intermediate();
    double rows = (double) length * batch;
    double linear = 2 * perToken * rows * shape.layers();
    if (shape.labels() > 0) {
      double headRows = shape.perToken() ? rows : batch;
      linear += 2 * (hidden * hidden + hidden * shape.labels()) * headRows * tasks;
    }
    double pairs = 0;
    for (int window : shape.windows()) {
      pairs += pairs(length, window);
    }
    return new Operations(linear, 4 * hidden * pairs * batch);
  }

  /**
   * Shortest time in which a machine could do this.
   *
   * @param linearPeak operations per second in the precision of the products with weights
   * @param attentionPeak operations per second in the precision of attention
   * @return seconds
   */
  public double seconds(double linearPeak, double attentionPeak) {
    return linear / linearPeak + attention / attentionPeak;
  }

  /** Pairs of a query and a key it sees, in one sequence. */
  static double pairs(int length, int window) {
    double n = length;
    if (window == Shape.GLOBAL || window >= length - 1) {
      return n * n;
    }
    double w = window;
    return n * (2 * w + 1) - w * (w + 1);
  }
}
