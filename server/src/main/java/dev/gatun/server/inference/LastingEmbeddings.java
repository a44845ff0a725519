package dev.gatun.server.inference;

import dev.gatun.router.port.Answer;
import dev.gatun.router.port.Embedding;
import dev.gatun.router.port.Embeddings;
import dev.gatun.server.digest.Sha256;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * A sentence encoder whose vectors of a configuration's texts are kept between starts, by the
 * SHA-256 of the texts and of everything that decides about their vectors.
 *
 * @param version of the model and of what computes it
 */
public record LastingEmbeddings(Embeddings embeddings, VectorFiles files, String version)
    implements Embeddings {
  @Override
  public Answer<List<Embedding>> embed(List<String> texts) {
    return embeddings.embed(texts);
  }

  @Override
  public boolean isLoaded() {
    return embeddings.isLoaded();
  }

  @Override
  public Embeddings lasting() {
    return this::kept;
  }

  private Answer<List<Embedding>> kept(List<String> texts) {
    if (texts.isEmpty()) {
      return Answer.of(List.of());
    }
    String key = key(texts);
    Optional<List<Embedding>> known = files.find(key, texts.size());
    if (known.isPresent()) {
      return Answer.of(known.get());
    }
    return embeddings
        .embed(texts)
        .map(vectors -> {
          files.keep(key, vectors);
          return vectors;
        });
  }

  private String key(List<String> texts) {
    MessageDigest digest = Sha256.digest();
    add(version, digest);
    texts.forEach(text -> add(text, digest));
    return HexFormat.of().formatHex(digest.digest());
  }

  /** With its length before it, so that no two lists of texts are read the same. */
  private static void add(String text, MessageDigest digest) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, utf8.length));
    digest.update(utf8);
  }
}
