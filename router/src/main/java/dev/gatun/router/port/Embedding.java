package dev.gatun.router.port;

import java.util.List;

/**
 * The sentence vector of a text, of unit length, so that a dot product is a cosine. Immutable and
 * safe to share.
 */
public final class Embedding {
  private final float[] components;
  private final Coverage coverage;

  private Embedding(float[] components, Coverage coverage) {
    this.components = components;
    this.coverage = coverage;
  }

  /**
   * A vector.
   *
   * @param components of unit length together; copied
   * @param coverage tokens of the text that took part
   */
  public static Embedding of(float[] components, Coverage coverage) {
    return new Embedding(components.clone(), coverage);
  }

  /**
   * The direction in which vectors point together.
   *
   * @param vectors one or more, of one dimension
   */
  public static Embedding mean(List<Embedding> vectors) {
    float[] sum = new float[vectors.getFirst().components.length];
    for (Embedding vector : vectors) {
      for (int i = 0; i < sum.length; i++) {
        sum[i] += vector.components[i];
      }
    }
    return new Embedding(unit(sum, sum.length), Coverage.NONE);
  }

  /** The first components, brought to unit length. */
  private static float[] unit(float[] components, int dimension) {
    double squares = 0;
    for (int i = 0; i < dimension; i++) {
      squares += components[i] * (double) components[i];
    }
    double length = Math.max(1e-12, Math.sqrt(squares));
    float[] unit = new float[dimension];
    for (int i = 0; i < dimension; i++) {
      unit[i] = (float) (components[i] / length);
    }
    return unit;
  }

  /** A copy of the components. */
  public float[] components() {
    return components.clone();
  }

  /** Number of components. */
  public int dimension() {
    return components.length;
  }

  /** Tokens of the text that took part. */
  public Coverage coverage() {
    return coverage;
  }

  /** Dot product over the components that both have (spec signals §0.5): −1 to 1. */
  public double cosine(Embedding other) {
    double sum = 0;
    int common = Math.min(components.length, other.components.length);
    for (int i = 0; i < common; i++) {
      sum += components[i] * (double) other.components[i];
    }
    return sum;
  }

  /**
   * The first components alone, brought to unit length again.
   *
   * @param dimension 1 or more; this vector when it has no more components
   */
  public Embedding truncated(int dimension) {
    if (dimension < 1) {
      throw new IllegalArgumentException("a vector has 1 component or more, not " + dimension);
    }
    if (dimension >= components.length) {
      return this;
    }
    return new Embedding(unit(components, dimension), coverage);
  }
}
