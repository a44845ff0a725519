package dev.gatun.inference;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.gatun.inference.ffm.LibraryUnavailable;
import dev.gatun.inference.ffm.NativeCache;
import dev.gatun.inference.ffm.NativeError;
import dev.gatun.inference.ffm.NativeLibrary;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A file of packed weights in a cache.
 *
 * @param bytes of the file
 * @param used when it was last mapped
 * @param model folder that the weights were read from; empty, as what follows, when the file cannot
 *     be read
 * @param precision as {@link Precision#word}
 * @param packing names the layout, the instruction set in it
 * @param library that packed them
 * @param problem why it will not be used; empty: none
 */
public record CachedWeights(
    Path file,
    long bytes,
    Instant used,
    Optional<Path> model,
    Optional<String> precision,
    Optional<String> packing,
    Optional<String> library,
    Optional<String> problem) {

  /**
   * All files, the one used last first.
   *
   * @param library libgatun, an absolute path
   * @param verify whether every byte is read and compared with its checksum
   * @throws InferenceException.Unavailable when library or directory cannot be used
   */
  public static List<CachedWeights> list(Path library, WeightCache.In cache, boolean verify) {
    String json = run(library, cache, directory -> directory.describe(verify));
    try {
      List<CachedWeights> all = new ArrayList<>();
      for (JsonElement entry : JsonParser.parseString(json).getAsJsonArray()) {
        all.add(of(entry.getAsJsonObject()));
      }
      return List.copyOf(all);
    } catch (JsonParseException | IllegalStateException e) {
      throw new AssertionError("gatun_cache_describe wrote no JSON array: " + json, e);
    }
  }

  /**
   * Removes everything that is kept; open models go on with what they have mapped.
   *
   * @param library libgatun, an absolute path
   * @return bytes of the removed weights
   * @throws InferenceException.Unavailable when library or directory cannot be used
   */
  public static long clear(Path library, WeightCache.In cache) {
    return run(library, cache, NativeCache::clear);
  }

  private interface Action<T> {
    T on(NativeCache directory);
  }

  private static <T> T run(Path library, WeightCache.In cache, Action<T> action) {
    try {
      return action.on(new NativeCache(NativeLibrary.load(library), cache.directory()));
    } catch (LibraryUnavailable | NativeError e) {
      throw new InferenceException.Unavailable(String.valueOf(e.getMessage()), e);
    }
  }

  private static CachedWeights of(JsonObject entry) {
    return new CachedWeights(
        Path.of(entry.get("file").getAsString()),
        entry.get("bytes").getAsLong(),
        Instant.ofEpochSecond(entry.get("used").getAsLong()),
        text(entry, "model").map(Path::of),
        text(entry, "precision"),
        text(entry, "packing"),
        text(entry, "library"),
        text(entry, "problem"));
  }

  private static Optional<String> text(JsonObject entry, String key) {
    return Optional.ofNullable(entry.get(key)).map(JsonElement::getAsString);
  }
}
