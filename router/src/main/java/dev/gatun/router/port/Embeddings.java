package dev.gatun.router.port;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What the core asks a sentence encoder. Implementations are safe for use by many threads, answer
 * the same text with the same vector, and never throw.
 */
public interface Embeddings {
  /** The vectors of texts in their order, read in one call. */
  Answer<List<Embedding>> embed(List<String> texts);

  /** Whether an answer needs no model to be loaded first; what is not needed yet then waits. */
  default boolean isLoaded() {
    return true;
  }

  /** Does work that asks this encoder, and waits for it no longer than for one of its answers. */
  default <T> Answer<T> waitFor(Supplier<Answer<T>> work) {
    return work.get();
  }

  /** Whether nobody waits any more for what the calling thread asks. */
  default boolean isWithdrawn() {
    return false;
  }

  /**
   * The same for texts of a configuration: nobody's secret and the same at the next start, so that
   * their vectors may be kept. Never for what a request says.
   */
  default Embeddings lasting() {
    return this;
  }

  /** The same for one tenant; see {@link Encoders#forTenant}. */
  default Embeddings forTenant(String tenant) {
    return this;
  }

  /** The encoder of preference rules, where they have one of their own. */
  default Optional<Embeddings> ofPreferences() {
    return Optional.empty();
  }

  /**
   * This one with another one for preference rules.
   *
   * @param own of preference rules alone
   */
  default Embeddings withPreferences(Embeddings own) {
    return new WithPreferences(this, own);
  }

  /** The same with vectors of their first components alone; see {@link Embedding#truncated}. */
  default Embeddings truncated(int dimension) {
    Embeddings whole = this;
    return new Embeddings() {
      @Override
      public Answer<List<Embedding>> embed(List<String> texts) {
        return whole
            .embed(texts)
            .map(vectors -> vectors.stream().map(v -> v.truncated(dimension)).toList());
      }

      @Override
      public boolean isLoaded() {
        return whole.isLoaded();
      }

      @Override
      public Embeddings lasting() {
        return whole.lasting().truncated(dimension);
      }

      @Override
      public Embeddings forTenant(String tenant) {
        return whole.forTenant(tenant).truncated(dimension);
      }
    };
  }

  /** Two encoders, of which one is for preference rules alone. */
  record WithPreferences(Embeddings all, Embeddings own) implements Embeddings {
    @Override
    public Answer<List<Embedding>> embed(List<String> texts) {
      return all.embed(texts);
    }

    @Override
    public boolean isLoaded() {
      return all.isLoaded();
    }

    @Override
    public <T> Answer<T> waitFor(Supplier<Answer<T>> work) {
      return all.waitFor(work);
    }

    @Override
    public boolean isWithdrawn() {
      return all.isWithdrawn();
    }

    @Override
    public Embeddings lasting() {
      return all.lasting();
    }

    @Override
    public Optional<Embeddings> ofPreferences() {
      return Optional.of(own);
    }

    @Override
    public Embeddings forTenant(String tenant) {
      return new WithPreferences(all.forTenant(tenant), own.forTenant(tenant));
    }

    @Override
    public Embeddings truncated(int dimension) {
      return new WithPreferences(all.truncated(dimension), own.truncated(dimension));
    }
  }

  /** No model: every question is answered with a failure. */
  static Embeddings none() {
    return texts -> Answer.failed("no sentence encoder is loaded");
  }
}
