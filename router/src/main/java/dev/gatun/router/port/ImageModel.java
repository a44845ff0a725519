package dev.gatun.router.port;

import dev.gatun.router.model.Image;

/**
 * What the core asks a model that embeds images and texts alike (spec signals §2, §6).
 * Implementations are safe for use by many threads, bound how long an answer may take and how large
 * it may be, and never throw.
 */
public interface ImageModel {
  /** Where an image lies among the texts that {@link #texts} embeds. */
  Answer<Embedding> see(Image image);

  /** Its view of texts. */
  Embeddings texts();

  /** Whether there is a model to ask. */
  default boolean isThere() {
    return true;
  }

  /** The same for one tenant; see {@link Encoders#forTenant}. */
  default ImageModel forTenant(String tenant) {
    return this;
  }

  /** The same with vectors of their first components alone; see {@link Embedding#truncated}. */
  default ImageModel truncated(int dimension) {
    ImageModel whole = this;
    return new ImageModel() {
      @Override
      public Answer<Embedding> see(Image image) {
        return whole.see(image).map(vector -> vector.truncated(dimension));
      }

      @Override
      public Embeddings texts() {
        return whole.texts().truncated(dimension);
      }

      @Override
      public boolean isThere() {
        return whole.isThere();
      }

      @Override
      public ImageModel forTenant(String tenant) {
        return whole.forTenant(tenant).truncated(dimension);
      }
    };
  }

  /** No model: every question is answered with a failure. */
  static ImageModel none() {
    String reason = "no model with the role image_embedding is there";
    return new ImageModel() {
      @Override
      public Answer<Embedding> see(Image image) {
        return Answer.failed(reason);
      }

      @Override
      public boolean isThere() {
        return false;
      }

      @Override
      public Embeddings texts() {
        return _ -> Answer.failed(reason);
      }
    };
  }
}
