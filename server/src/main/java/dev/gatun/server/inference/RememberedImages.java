package dev.gatun.server.inference;

import dev.gatun.router.config.ExternalModel;
import dev.gatun.router.model.Image;
import dev.gatun.router.port.Answer;
import dev.gatun.router.port.Embedding;
import dev.gatun.router.port.Embeddings;
import dev.gatun.router.port.ImageModel;
import dev.gatun.router.port.ModelRole;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Vectors of images, kept in a {@link TurnCache}: a conversation sends its first image with every
 * turn.
 *
 * @param version tells the model from others
 */
record RememberedImages(ImageModel model, String version, TurnCache cache, String tenant)
    implements ImageModel {
  static String version(List<ExternalModel> externals) {
    return externals.stream()
        .filter(asked -> asked.role() == ModelRole.IMAGE_EMBEDDING)
        .map(asked -> asked.address() + ' ' + asked.model())
        .collect(Collectors.joining());
  }

  @Override
  public boolean isThere() {
    return model.isThere();
  }

  @Override
  public ImageModel forTenant(String other) {
    return new RememberedImages(model, version, cache, other);
  }

  @Override
  public Embeddings texts() {
    return model.texts();
  }

  @Override
  public Answer<Embedding> see(Image image) {
    return cache.remembered(
        TurnCache.key(tenant, version, "image " + image.type(), image.base64()),
        Embedding.class,
        () -> model.see(image),
        vector -> (long) Float.BYTES * vector.dimension());
  }
}
