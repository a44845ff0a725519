package dev.gatun.server.external;

import dev.gatun.router.model.Image;
import dev.gatun.router.port.Answer;
import dev.gatun.router.port.Embedding;
import dev.gatun.router.port.Embeddings;
import dev.gatun.router.port.ImageModel;
import dev.gatun.server.external.ExternalModels.Asked;

/**
 * A model of another process that embeds images and texts alike. Safe for use by many threads.
 *
 * @param encoder that it is asked by
 */
record ImageEncoder(RemoteEncoder encoder) implements ImageModel {
  static ImageEncoder of(Asked asked) {
    return new ImageEncoder(asked.encoder());
  }

  @Override
  public Answer<Embedding> see(Image image) {
    return encoder.embed(image);
  }

  @Override
  public Embeddings texts() {
    return encoder;
  }
}
