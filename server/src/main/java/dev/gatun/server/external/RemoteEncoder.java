package dev.gatun.server.external;

import dev.gatun.router.config.RemoteEmbeddings;
import dev.gatun.router.model.Audio;
import dev.gatun.router.model.Image;
import dev.gatun.router.model.Secret;
import dev.gatun.router.port.Answer;
import dev.gatun.router.port.Coverage;
import dev.gatun.router.port.Embedding;
import dev.gatun.router.port.Embeddings;
import dev.gatun.server.upstream.Upstream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The sentence encoder of another process, asked for some texts at a time. Vectors of a
 * configuration's texts are not kept between starts: nothing tells whether the service still has
 * the weights that made them. Safe for use by many threads.
 */
public final class RemoteEncoder implements Embeddings {
  private static final Logger LOG = System.getLogger(RemoteEncoder.class.getName());

  /** Of one answer: what the reader of JSON takes. More are asked for in several requests. */
  private static final int NUMBERS_MAX = 900_000;

  /** Longest way to write a number, with the comma and a blank. */
  private static final int NUMBER_BYTES = 32;

  /** What an answer has besides its vectors. */
  private static final int FRAME_BYTES = 64 << 10;

  private final ExternalClient client;
  private final String model;
  private final int dimensionsMax;
  private final int batch;

  /** What was last said about examples, so that it is said once. */
  private final AtomicReference<String> told = new AtomicReference<>("");

  /** Components of all vectors so far; 0 before the first, if the file does not say. */
  private final AtomicInteger dimensions;

  /**
   * The encoder that takes the place of the embedded one.
   *
   * @param upstream outlives this
   */
  public static RemoteEncoder of(RemoteEmbeddings encoder, Upstream upstream) {
    ExternalClient.Service service =
        new ExternalClient.Service(
            "embeddings/" + encoder.model(),
            URI.create(encoder.address()),
            encoder.timeout(),
            "Authorization",
            encoder.key().map(key -> new Secret("Bearer " + key.reveal())));
    return new RemoteEncoder(
        new ExternalClient(service, upstream, CarefulCalls.LEFT_ALONE),
        encoder.model(),
        encoder.dimensions(),
        encoder.batchMax());
  }

  /**
   * An encoder.
   *
   * @param model as its server knows it
   * @param dimensions components of its vectors; those of the first answer when empty
   * @param batchMax texts of one request, 1 or more
   */
  RemoteEncoder(ExternalClient client, String model, OptionalInt dimensions, int batchMax) {
    this.client = client;
    this.model = model;
    this.dimensions = new AtomicInteger(dimensions.orElse(0));
    this.dimensionsMax = dimensions.orElse(RemoteEmbeddings.DIMENSIONS_MAX);
    this.batch = Math.min(NUMBERS_MAX / dimensionsMax, batchMax);
  }

  ExternalClient client() {
    return client;
  }

  @Override
  public Answer<List<Embedding>> embed(List<String> texts) {
    List<Embedding> vectors = new ArrayList<>(texts.size());
    for (int from = 0; from < texts.size(); from += batch) {
      List<String> some = texts.subList(from, Math.min(texts.size(), from + batch));
      switch (ask(some)) {
        case Answer.Known<List<Embedding>>(List<Embedding> found) -> vectors.addAll(found);
        case Answer.Failed<List<Embedding>> failed -> {
          return failed;
        }
      }
    }
    return Answer.of(vectors);
  }

  /** The same; a failure is also a line in the log: at the start no request shows it. */
  @Override
  public Embeddings lasting() {
    return texts -> {
      Answer<List<Embedding>> answer = embed(texts);
      String reason = answer.fold(_ -> "", failed -> failed);
      if (!told.getAndSet(reason).equals(reason) && !reason.isEmpty()) {
        LOG.log(Level.WARNING, "examples of rules are not embedded yet: " + reason);
      }
      return answer;
    };
  }

  /** The vector of audio, among those of texts. */
  Answer<Embedding> embed(Audio audio) {
    return ask(VectorsBody.of(model, audio), 1).map(List::getFirst);
  }

  /** The vector of an image, among those of texts. */
  Answer<Embedding> embed(Image image) {
    return ask(VectorsBody.of(model, image), 1).map(List::getFirst);
  }

  private Answer<List<Embedding>> ask(List<String> texts) {
    return ask(VectorsBody.of(model, texts), texts.size());
  }

  private Answer<List<Embedding>> ask(byte[] body, int count) {
    int bytesMax = FRAME_BYTES + count * dimensionsMax * NUMBER_BYTES;
    return client.ask(
        new ExternalClient.Question<>(
            body,
            bytesMax,
            reply ->
                VectorsBody.read(reply, count)
                    .fold(this::checked, Answer::<List<Embedding>>failed)));
  }

  /** Vectors of different lengths cannot be compared, and belong to different models. */
  private Answer<List<Embedding>> checked(List<float[]> vectors) {
    for (float[] vector : vectors) {
      int wanted = dimensions.updateAndGet(known -> known == 0 ? vector.length : known);
      if (vector.length != wanted) {
        return Answer.failed(
            "answered with a vector of " + vector.length + " numbers, not " + wanted);
      }
    }
    return Answer.of(vectors.stream().map(v -> Embedding.of(v, Coverage.NONE)).toList());
  }
}
