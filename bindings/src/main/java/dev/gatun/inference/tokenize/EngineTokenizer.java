package dev.gatun.inference.tokenize;

import ai.djl.engine.EngineException;
import ai.djl.huggingface.tokenizers.jni.LibUtils;
import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import java.nio.file.Path;

/**
 * A tokenizer of the Hugging Face engine. Called through its JNI class and not through DJL's {@code
 * HuggingFaceTokenizer}, which would build strings and masks for every token that nobody reads.
 *
 * <p>Encoding is safe for many threads; the owner makes sure that none runs during {@link #close}.
 */
final class EngineTokenizer {

  static {
    // Nothing here may reach for the network: no download of libraries, no usage reports.
    System.setProperty("ai.djl.offline", "true");
    System.setProperty("OPT_OUT_TRACKING", "true");
  }

  private static final TokenizersLibrary LIBRARY = TokenizersLibrary.LIB;

  private final long handle;

  private EngineTokenizer(long handle) {
    this.handle = handle;
  }

  static EngineTokenizer create(Path path, String json) {
    try {
      LibUtils.checkStatus();
    } catch (EngineException | LinkageError e) {
      throw new TokenizerException.Invalid(
          "the tokenizer engine cannot be loaded: "
              + e.getMessage()
              + "; run Java with --enable-native-access=ai.djl.tokenizers and a writable"
              + " home directory (or ENGINE_CACHE_DIR)",
          e);
    }
    try {
      long handle = LIBRARY.createTokenizerFromString(json);
      LIBRARY.disableTruncation(handle);
      LIBRARY.disablePadding(handle);
      return new EngineTokenizer(handle);
    } catch (RuntimeException e) {
      throw new TokenizerException.Invalid(
          path + ": not a usable tokenizer.json: " + e.getMessage(), e);
    }
  }

  Raw encode(String text) {
    return read(LIBRARY.encode(handle, text, true));
  }

  Raw encode(String text, String pair) {
    return read(LIBRARY.encodeDual(handle, text, pair, true));
  }

  void close() {
    LIBRARY.deleteTokenizer(handle);
  }

  private static Raw read(long encoding) {
    try {
      return new Raw(
          LIBRARY.getTokenIds(encoding),
          LIBRARY.getTypeIds(encoding),
          LIBRARY.getSequenceIds(encoding),
          LIBRARY.getTokenCharSpans(encoding));
    } finally {
      LIBRARY.deleteEncoding(encoding);
    }
  }
}
