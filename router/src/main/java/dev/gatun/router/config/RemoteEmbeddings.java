package dev.gatun.router.config;

import dev.gatun.router.model.Secret;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A sentence encoder of another process, which speaks OpenAI's embeddings protocol and takes the
 * place of the embedded one (spec config §12.6).
 *
 * @param target whose path prefix is part of {@code path}
 * @param path of the embeddings endpoint, beginning with {@code /}
 * @param model the name its server knows it by
 * @param key shown as a bearer token, when there is one
 * @param dimensions components of its vectors; those of the first answer when empty
 * @param timeout of one request, waiting for a free place included; more than 0
 * @param batchMax texts of one request, 1 or more
 */
public record RemoteEmbeddings(
    Target target,
    String path,
    String model,
    Optional<Secret> key,
    OptionalInt dimensions,
    Duration timeout,
    int batchMax) {
  /** How long a request has unless the file says otherwise. */
  public static final Duration TIMEOUT = Duration.ofSeconds(5);

  /** Texts of a request unless the file says otherwise: what common servers take at most. */
  public static final int BATCH = 32;

  /** Of any model. */
  public static final int DIMENSIONS_MAX = 1 << 14;

  public RemoteEmbeddings {
    if (model.isEmpty() || timeout.isZero() || timeout.isNegative() || batchMax < 1) {
      throw new IllegalArgumentException(
          "an encoder has a name, time and 1 text or more a request, not \""
              + model
              + "\", "
              + timeout
              + ", "
              + batchMax);
    }
    if (dimensions.orElse(1) < 1 || dimensions.orElse(1) > DIMENSIONS_MAX) {
      throw new IllegalArgumentException(
          "vectors have 1 to " + DIMENSIONS_MAX + " components, not " + dimensions);
    }
  }

  /** The address of its endpoint. */
  public String address() {
    return target.origin() + path;
  }

  /** Everything that decides about a vector, as far as this side can tell. */
  public String identity() {
    return address() + " " + model;
  }
}
