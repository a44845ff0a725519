package dev.gatun.server.inference;

import dev.gatun.inference.Inference;
import dev.gatun.inference.InferenceException;
import dev.gatun.inference.LoadOptions;
import dev.gatun.server.models.EmbeddingHead;
import java.nio.file.Path;
import java.util.List;

/** A linear head over the embedded sentence encoder. */
public final class HeadScorer implements TextScorer {
  private final SentenceEmbedder embedder;
  private final EmbeddingHead head;

  private HeadScorer(SentenceEmbedder embedder, EmbeddingHead head) {
    this.embedder = embedder;
    this.head = head;
  }

  static HeadScorer open(Inference inference, ModelStore store, Path folder, LoadOptions options) {
    EmbeddingHead head = OwnFolders.head(folder);
    SentenceEmbedder embedder = SentenceEmbedder.open(inference, store, options);
    if (embedder.dimension() != head.width()) {
      embedder.close();
      throw new InferenceException.Refused(
          folder, "reads embeddings of " + head.width() + " elements, not " + embedder.dimension());
    }
    return new HeadScorer(embedder, head);
  }

  @Override
  public List<String> labels() {
    return head.labels();
  }

  @Override
  public double[] scores(String text) {
    float[] embedding =
        embedder
            .embed(text)
            .fold(
                known -> known,
                reason -> {
                  throw new IllegalArgumentException(reason);
                });
    return head.logits(embedding);
  }

  @Override
  public void close() {
    embedder.close();
  }
}
