package dev.gatun.server.inference;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.stats.CacheStats;
import dev.gatun.router.config.ExternalModel;
import dev.gatun.router.port.Answer;
import dev.gatun.router.port.AudioModel;
import dev.gatun.router.port.Embeddings;
import dev.gatun.router.port.ImageModel;
import dev.gatun.router.port.LanguageModel;
import dev.gatun.router.port.Ports;
import dev.gatun.router.port.TextTask;
import dev.gatun.server.digest.Sha256;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/**
 * What models said of texts, kept for later requests: a conversation sends its earlier turns with
 * every request, and what was said of them then holds now. Kept by the SHA-256 of who asked, the
 * model with all its files, the task and the text; nothing is kept for one tenant and used for
 * another. Of more bytes than allowed, what is used least is forgotten. Safe for use by many
 * threads.
 */
public final class TurnCache {
  /** About what an entry takes besides its answer. */
  private static final int ENTRY_BYTES = 200;

  private final long bytesMax;
  private final Cache<Key, Kept> kept;

  /** A digest of everything that an answer depends on. */
  record Key(long first, long second, long third, long fourth) {}

  private record Kept(Object answer, int bytes) {}

  /**
   * Names of models with everything that tells two builds of one apart.
   *
   * @param classifiers by task
   * @param preferences of what compares texts of preference rules, where another model does
   */
  public record Versions(
      Function<TextTask, String> classifiers,
      String sentences,
      String preferences,
      String personalData) {}

  /**
   * An empty cache.
   *
   * @param bytesMax about how much memory it may take; 0 keeps nothing
   */
  public TurnCache(long bytesMax) {
    if (bytesMax < 0) {
      throw new IllegalArgumentException("a cache has 0 bytes or more, not " + bytesMax);
    }
    this.bytesMax = bytesMax;
    // On the thread that keeps something: the bound holds when it returns.
    this.kept =
        Caffeine.newBuilder()
            .maximumWeight(bytesMax)
            .<Key, Kept>weigher((_, answer) -> answer.bytes)
            .executor(Runnable::run)
            .recordStats()
            .build();
  }

  /** The same ports, whose answers about texts are kept. */
  public Ports over(Ports ports, Versions versions) {
    return ports
        .withEncoders(new RememberedEncoders(ports.encoders(), versions.classifiers, this, ""))
        .withEmbeddings(over(ports.embeddings(), versions))
        .withMentions(new RememberedMentions(ports.mentions(), versions.personalData, this, ""));
  }

  private Embeddings over(Embeddings embeddings, Versions versions) {
    Embeddings all = new RememberedEmbeddings(embeddings, versions.sentences, this, "");
    return embeddings
        .ofPreferences()
        .map(own -> new RememberedEmbeddings(own, versions.preferences, this, ""))
        .map(all::withPreferences)
        .orElse(all);
  }

  /** The same language models, whose replies are kept as far as they can be used again. */
  public LanguageModel over(LanguageModel model, List<ExternalModel> externals) {
    return new RememberedReplies(model, List.copyOf(externals), this, "");
  }

  /** The same model that listens, whose answers are kept as far as they would come again. */
  public AudioModel over(AudioModel model, List<ExternalModel> externals) {
    return new RememberedAudio(model, List.copyOf(externals), this, "");
  }

  /** The same model that sees, whose answers are kept. */
  public ImageModel over(ImageModel model, List<ExternalModel> externals) {
    return new RememberedImages(model, RememberedImages.version(externals), this, "");
  }

  /** The key of a question. */
  static Key key(String tenant, String version, String task, String text) {
    MessageDigest sha = Sha256.digest();
    for (String part : new String[] {tenant, version, task, text}) {
      byte[] utf8 = part.getBytes(StandardCharsets.UTF_8);
      sha.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, utf8.length));
      sha.update(utf8);
    }
    ByteBuffer digest = ByteBuffer.wrap(sha.digest());
    return new Key(digest.getLong(), digest.getLong(), digest.getLong(), digest.getLong());
  }

  /**
   * What was kept, or else what is said now, which is kept.
   *
   * @param bytes about how much memory an answer takes; less than 0 for one that is not kept
   */
  <T> Answer<T> remembered(
      Key key, Class<T> type, Supplier<Answer<T>> ask, ToLongFunction<T> bytes) {
    Optional<T> known = find(key, type);
    if (known.isPresent()) {
      return Answer.of(known.get());
    }
    Answer<T> answer = ask.get();
    if (answer instanceof Answer.Known<T>(T said) && bytes.applyAsLong(said) >= 0) {
      keep(key, said, bytes.applyAsLong(said));
    }
    return answer;
  }

  /** What was kept, if it was and is still there. */
  <T> Optional<T> find(Key key, Class<T> type) {
    return Optional.ofNullable(kept.getIfPresent(key)).map(found -> type.cast(found.answer));
  }

  /**
   * Keeps an answer, which must not change any more.
   *
   * @param answerBytes about how much memory it takes
   */
  void keep(Key key, Object answer, long answerBytes) {
    long size = answerBytes + ENTRY_BYTES;
    if (size <= Math.min(bytesMax, Integer.MAX_VALUE)) {
      kept.put(key, new Kept(answer, (int) size));
    }
  }

  /**
   * How it did so far.
   *
   * @param hits answers that were there
   * @param misses answers that were not
   * @param bytes about how much memory is taken
   */
  public record Figures(long hits, long misses, long bytes) {}

  /** How it did since it was made. */
  public Figures figures() {
    CacheStats stats = kept.stats();
    return new Figures(stats.hitCount(), stats.missCount(), bytes());
  }

  /** About how much memory is taken. */
  long bytes() {
    return kept.policy().eviction().orElseThrow().weightedSize().orElseThrow();
  }
}
