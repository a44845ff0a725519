package dev.gatun.inference;

import dev.gatun.inference.tokenize.Beside;
import dev.gatun.inference.tokenize.Tokenizer;
import dev.gatun.inference.tokenize.TokenizerException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * A model folder as a whole: encoder, tokenizer and labels, checked against each other. Owns all of
 * them.
 */
public final class ModelFolder implements AutoCloseable {

  private static final String TOKENIZER = "tokenizer.json";

  private final EncoderModel encoder;
  private final Tokenizer tokenizer;
  private final Labels labels;

  private ModelFolder(EncoderModel encoder, Tokenizer tokenizer, Labels labels) {
    this.encoder = encoder;
    this.tokenizer = tokenizer;
    this.labels = labels;
  }

  /**
   * Opens a folder in Hugging Face layout: {@code config.json}, weights in safetensors, {@code
   * tokenizer.json}, and label files beside them.
   *
   * @throws InferenceException.Refused when any part is missing, damaged, or contradicts another
   */
  public static ModelFolder open(Inference inference, Path directory, LoadOptions options) {
    if (!Files.isDirectory(directory)) {
      throw new InferenceException.Refused(directory, "no such directory");
    }
    Beside<Tokenizer> tokenizer = Beside.start("gatun-open-tokenizer", () -> tokenizer(directory));
    EncoderModel encoder;
    try {
      encoder = inference.load(directory, options);
    } catch (RuntimeException | Error e) {
      discard(tokenizer);
      throw e;
    }
    try {
      Labels labels = labels(encoder.info(), directory);
      return new ModelFolder(encoder, checked(tokenizer.join(), encoder.info(), directory), labels);
    } catch (RuntimeException | Error e) {
      encoder.close();
      discard(tokenizer);
      throw e;
    }
  }

  /** Closes what was opened in vain; what is wrong with it as well is not said. */
  private static void discard(Beside<Tokenizer> tokenizer) {
    try {
      tokenizer.join().close();
    } catch (InferenceException.Refused _) {
      return;
    }
  }

  /** As {@link #open(Inference, Path, LoadOptions)} with the default options. */
  public static ModelFolder open(Inference inference, Path directory) {
    return open(inference, directory, LoadOptions.defaults());
  }

  /** Parts that belong together, from elsewhere than a folder. */
  public static ModelFolder of(EncoderModel encoder, Tokenizer tokenizer, Labels labels) {
    if (labels.size() != encoder.info().labels()) {
      throw new IllegalArgumentException(
          labels.size() + " labels for " + encoder.info().labels() + " classifier rows");
    }
    return new ModelFolder(encoder, tokenizer, labels);
  }

  /** The encoder. */
  public EncoderModel encoder() {
    return encoder;
  }

  /** The tokenizer; every id it can produce has an embedding row. */
  public Tokenizer tokenizer() {
    return tokenizer;
  }

  /** One label per row of the classifier; none for a model without one. */
  public Labels labels() {
    return labels;
  }

  /** Closes encoder and tokenizer. A second call does nothing. */
  @Override
  public void close() {
    encoder.close();
    tokenizer.close();
  }

  private static Tokenizer tokenizer(Path directory) {
    Path file = FolderFile.in(directory, TOKENIZER);
    try {
      return Tokenizer.load(file);
    } catch (TokenizerException e) {
      String reason = String.valueOf(e.getMessage()).replace(file.toString(), TOKENIZER);
      throw new InferenceException.Refused(directory, reason, e);
    }
  }

  /** The tokenizer, when every id it can produce has an embedding row. */
  private static Tokenizer checked(Tokenizer tokenizer, ModelInfo info, Path directory) {
    if (tokenizer.idMax() >= info.vocabulary()) {
      throw new InferenceException.Refused(
          directory,
          String.format(
              Locale.ROOT,
              "%s: token id %d (%s) has no embedding row: vocab_size is %d",
              TOKENIZER,
              tokenizer.idMax(),
              tokenizer.tokenOfIdMax(),
              info.vocabulary()));
    }
    return tokenizer;
  }

  private static Labels labels(ModelInfo info, Path directory) {
    if (info.head() == Head.NONE) {
      return Labels.none();
    }
    Labels labels = Labels.read(directory);
    if (labels.size() == 0) {
      throw new InferenceException.Refused(
          directory,
          String.format(
              Locale.ROOT,
              "no labels for %d classifier rows: add id2label to config.json or a label file",
              info.labels()));
    }
    if (labels.size() != info.labels()) {
      throw new InferenceException.Refused(
          directory,
          String.format(
              Locale.ROOT,
              "config.json and its label files name %d labels %s, the classifier has %d rows",
              labels.size(),
              labels.names(),
              info.labels()));
    }
    return labels;
  }
}
