package dev.gatun.server.inference;

import dev.gatun.inference.EncoderModel;
import dev.gatun.inference.Inference;
import dev.gatun.inference.InferenceException;
import dev.gatun.inference.LoadOptions;
import dev.gatun.inference.ModelFolder;
import dev.gatun.inference.ModelInfo;
import dev.gatun.inference.TaskFolder;
import dev.gatun.inference.WeightOrigin;
import dev.gatun.inference.tokenize.Tokens;
import dev.gatun.server.models.ModelCard;
import java.nio.file.Path;
import java.util.Optional;

/**
 * An encoder over which classifiers run as tasks: its weights and its tokenizer are there once for
 * all of them. Mostly the embedded sentence encoder; {@link Trunks} opens those of the user.
 * Everybody who holds it closes it; the last one frees it. Safe for use by many threads.
 */
public final class Trunk implements AutoCloseable {
  /** Name of the embedded one. */
  public static final String MODEL = "all-MiniLM-L6-v2";

  private final ModelStore store;
  private final Path path;
  private final ModelFolder folder;
  private final TokenizerThreads tokenizer;
  private int holders = 1;

  private Trunk(ModelStore store, Path path, ModelFolder folder) {
    this.store = store;
    this.path = path;
    this.folder = folder;
    this.tokenizer = new TokenizerThreads(folder.tokenizer());
  }

  /**
   * Opens the embedded one for one holder.
   *
   * @throws InferenceException when it is missing, changed or unusable
   */
  public static Trunk open(Inference inference, ModelStore store, LoadOptions options) {
    return new Trunk(store, store.path(MODEL), store.open(inference, MODEL, options));
  }

  /** An open model of the user, for one holder. */
  static Trunk of(ModelStore store, Path path, ModelFolder folder) {
    return new Trunk(store, path, folder);
  }

  /** Name of its folder. */
  String name() {
    return String.valueOf(path.getFileName());
  }

  /** Its own folder. */
  Path path() {
    return path;
  }

  ModelFolder folder() {
    return folder;
  }

  /** The same trunk for one more holder, who closes it as well. */
  synchronized Trunk held() {
    if (holders == 0) {
      throw new IllegalStateException("the trunk is closed");
    }
    holders++;
    return this;
  }

  EncoderModel encoder() {
    return folder.encoder();
  }

  /** Facts about it. */
  public ModelInfo info() {
    return folder.encoder().info();
  }

  /** Where its weights came from. */
  public WeightOrigin origin() {
    return folder.encoder().origin();
  }

  /** Its own card. */
  ModelCard card() {
    return store.card(MODEL);
  }

  /** The card of an embedded model. */
  ModelCard card(String model) {
    return store.card(model);
  }

  /** The folder of an embedded model. */
  Path path(String model) {
    return store.path(model);
  }

  /**
   * Opens the adapter of an embedded model; the caller closes it before the trunk.
   *
   * @throws InferenceException.Refused when a file is missing or changed, the folder is unusable,
   *     its self-test fails, or it belongs to another trunk
   */
  TaskFolder task(ModelCard card) {
    if (!card.base().equals(Optional.of(MODEL))) {
      throw new InferenceException.Refused(
          Path.of(card.name()), "its base is " + card.base().orElse("none") + ", not " + MODEL);
    }
    return store.task(folder, card.name());
  }

  /** The tokens of a text; see {@link TokenizerThreads#encode}. */
  Tokens encode(String text) throws InterruptedException {
    return tokenizer.encode(text);
  }

  @Override
  public synchronized void close() {
    holders--;
    if (holders == 0) {
      tokenizer.close();
      folder.close();
    }
  }
}
