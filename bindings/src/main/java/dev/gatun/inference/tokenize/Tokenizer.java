package dev.gatun.inference.tokenize;

import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;

/**
 * Turns text into token ids, as a {@code tokenizer.json} says. Untrusted text is parsed by the
 * memory-safe Hugging Face engine, never by code of ours.
 *
 * <p>One instance serves all threads. The {@code truncation} and {@code padding} sections of the
 * file are ignored: what to cut is the caller's decision, and nothing is padded. A lone surrogate,
 * which is no character, counts as U+FFFD.
 */
public final class Tokenizer implements AutoCloseable {

  /** Budget of {@link #load(Path)}: texts of up to 2 MiB. */
  public static final int TOKENS_MAX = 1 << 20;

  /**
   * Fewest bytes per token that a text is admitted with: the estimate errs towards refusing, since
   * encoding costs time and memory that grow with the bytes.
   */
  private static final int BYTES_PER_TOKEN = 2;

  private final Path path;
  private final int idMax;
  private final String tokenOfIdMax;
  private final EngineTokenizer engine;
  private final long tokensMax;
  private final ReadWriteLock use = new ReentrantReadWriteLock();
  private boolean closed;

  private Tokenizer(TokenizerFile file, EngineTokenizer engine, int tokensMax) {
    this.path = file.path();
    this.idMax = file.idMax();
    this.tokenOfIdMax = file.tokenOfIdMax();
    this.engine = engine;
    this.tokensMax = tokensMax;
  }

  /** Loads a tokenizer with a budget of {@link #TOKENS_MAX} tokens per text. */
  public static Tokenizer load(Path tokenizerJson) {
    return load(tokenizerJson, TOKENS_MAX);
  }

  /**
   * Loads a tokenizer.
   *
   * @param tokenizerJson the file; nothing else is read, and nothing is downloaded
   * @param tokensMax budget: a text (or pair) of more than {@code 2 · tokensMax} bytes in UTF-8 is
   *     refused before it is encoded
   * @throws TokenizerException.Invalid when the file is missing, damaged or contradicts itself
   */
  public static Tokenizer load(Path tokenizerJson, int tokensMax) {
    if (tokensMax < 1) {
      throw new IllegalArgumentException("tokensMax is " + tokensMax + ": at least 1 expected");
    }
    String json = TokenizerFile.text(tokenizerJson);
    // First our checks: some damage ends the process as soon as the engine sees it.
    TokenizerFile file = TokenizerFile.scan(tokenizerJson, json);
    return new Tokenizer(file, EngineTokenizer.create(tokenizerJson, json), tokensMax);
  }

  /** The largest token id this tokenizer can produce. */
  public int idMax() {
    return idMax;
  }

  /** The token of {@link #idMax}, for messages. */
  public String tokenOfIdMax() {
    return tokenOfIdMax;
  }

  /**
   * Encodes a text through the template of the tokenizer.
   *
   * @throws TokenizerException.TooLong when the text is beyond the budget
   * @throws TokenizerException.Closed after {@link #close}
   */
  public Tokens encode(String text) {
    return encode(text, Integer.MAX_VALUE);
  }

  /**
   * Encodes a text and keeps at most {@code maxLength} tokens: all special tokens, and the first
   * tokens of the text.
   *
   * @throws IllegalArgumentException when not even the special tokens fit
   */
  public Tokens encode(String text, int maxLength) {
    checkBudget(utf8Length(text));
    Raw raw = run(() -> engine.encode(wellFormed(text)));
    return Truncation.cut(raw.tokens(new Utf16Offsets(text), Utf16Offsets.NONE), maxLength);
  }

  /** Encodes two texts as one sequence through the pair template of the tokenizer. */
  public Tokens encode(String text, String pair) {
    return encode(text, pair, Integer.MAX_VALUE);
  }

  /**
   * Encodes two texts as one sequence and keeps at most {@code maxLength} tokens, cutting the
   * longer text first.
   *
   * @throws IllegalArgumentException when not even the special tokens fit
   */
  public Tokens encode(String text, String pair, int maxLength) {
    checkBudget(utf8Length(text) + utf8Length(pair));
    Raw raw = run(() -> engine.encode(wellFormed(text), wellFormed(pair)));
    return Truncation.cut(raw.tokens(new Utf16Offsets(text), new Utf16Offsets(pair)), maxLength);
  }

  /** Releases the engine once no call is running. A second call does nothing. */
  @Override
  public void close() {
    use.writeLock().lock();
    try {
      if (!closed) {
        closed = true;
        engine.close();
      }
    } finally {
      use.writeLock().unlock();
    }
  }

  private Raw run(Supplier<Raw> call) {
    use.readLock().lock();
    try {
      if (closed) {
        throw new TokenizerException.Closed(path + ": this tokenizer is closed");
      }
      return call.get();
    } finally {
      use.readLock().unlock();
    }
  }

  private void checkBudget(long bytes) {
    if (bytes / BYTES_PER_TOKEN > tokensMax) {
      throw new TokenizerException.TooLong(
          String.format(
              Locale.ROOT,
              "text of %,d bytes: at most %,d are encoded (budget of %,d tokens); send less text",
              bytes,
              BYTES_PER_TOKEN * tokensMax,
              tokensMax));
    }
  }

  private static long utf8Length(String text) {
    long bytes = 0;
    for (int i = 0; i < text.length(); i++) {
      char unit = text.charAt(i);
      if (unit < 0x80) {
        bytes += 1;
      } else if (unit < 0x800 || Character.isSurrogate(unit)) {
        bytes += 2;
      } else {
        bytes += 3;
      }
    }
    return bytes;
  }

  /** The text with every lone surrogate replaced by U+FFFD, which keeps all UTF-16 offsets. */
  private static String wellFormed(String text) {
    StringBuilder repaired = null;
    for (int i = 0; i < text.length(); i++) {
      char unit = text.charAt(i);
      if (!Character.isSurrogate(unit)) {
        continue;
      }
      boolean pair =
          Character.isHighSurrogate(unit)
              && i + 1 < text.length()
              && Character.isLowSurrogate(text.charAt(i + 1));
      if (pair) {
        i++;
      } else {
        repaired = repaired == null ? new StringBuilder(text) : repaired;
        repaired.setCharAt(i, '\uFFFD');
      }
    }
    return repaired == null ? text : repaired.toString();
  }
}
