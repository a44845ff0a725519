package dev.gatun.router.config;

import dev.gatun.router.model.Secret;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;

/** Reads which sentence encoder compares texts: the embedded one, or one of another process. */
final class RemoteEmbeddingsDecoder {
  private static final String REMOTE = "remote";
  private static final String URL = "base_url";
  private static final String KEY = "api_key_env";
  private static final String PATH = "/embeddings";

  private final Section config;
  private final Function<String, Optional<String>> environment;

  private RemoteEmbeddingsDecoder(Section config, Function<String, Optional<String>> environment) {
    this.config = config;
    this.environment = environment;
  }

  /**
   * The encoder of another process; empty for the embedded one, or with an error reported.
   *
   * @param environment looks up the variable that holds the key
   */
  static Optional<RemoteEmbeddings> read(
      Section root, Function<String, Optional<String>> environment) {
    Section config = section(root);
    RemoteEmbeddingsDecoder decoder = new RemoteEmbeddingsDecoder(config, environment);
    if (isChosen(config)) {
      return decoder.encoder();
    }
    if (config.has(REMOTE)) {
      config.warning(
          REMOTE,
          "this key has no effect: the embedded model compares texts",
          "write backend: remote beside it, or remove it");
    }
    return Optional.empty();
  }

  static Section section(Section root) {
    return ExternalDecoder.catalog(root)
        .section("embeddings")
        .section("semantic")
        .section("embedding_config");
  }

  /** Whether a section asks for an encoder of another process. */
  static boolean isChosen(Section config) {
    return config.word("backend").orElse("").equals(REMOTE);
  }

  private Optional<RemoteEmbeddings> encoder() {
    Section remote = config.section(REMOTE);
    if (!config.has(REMOTE)) {
      config.error(
          "backend",
          "an encoder of another process needs an address and a name",
          "write remote: {base_url: https://HOST/v1, model: NAME} beside it");
      return Optional.empty();
    }
    if (config.has("model_type")) {
      config.warning(
          "model_type", "this key has no effect: remote.model names the encoder", "remove it");
    }
    Optional<Target> target = target(remote);
    Optional<String> model = remote.text("model");
    if (model.isEmpty()) {
      remote.error("model", "the encoder has no name", "write the name that its server knows");
    }
    Optional<Secret> key = key(remote);
    OptionalInt dimensions = remote.integer("dimensions");
    checkTarget(dimensions);
    return target.isEmpty() || model.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new RemoteEmbeddings(
                target.get(),
                target.get().path() + PATH,
                model.get(),
                key,
                dimensions,
                remote.integer("timeout_ms").stream()
                    .mapToObj(Duration::ofMillis)
                    .findFirst()
                    .orElse(RemoteEmbeddings.TIMEOUT),
                remote.integer("batch_max").orElse(RemoteEmbeddings.BATCH)));
  }

  private static Optional<Target> target(Section remote) {
    Optional<String> written = remote.text(URL);
    if (written.isEmpty()) {
      remote.error(URL, "the encoder has no address", "write for example https://HOST/v1");
      return Optional.empty();
    }
    String url = written.get().toLowerCase(Locale.ROOT);
    boolean isWhole = url.startsWith("http://") || url.startsWith("https://");
    Optional<Target> target =
        Target.parse(written.get(), "")
            .filter(_ -> isWhole && url.indexOf('?') < 0 && url.indexOf('#') < 0)
            .filter(found -> found.isPlain() && !found.path().endsWith(PATH));
    if (target.isEmpty()) {
      remote.error(
          URL,
          "not the address of a service over http or https",
          "write for example https://HOST/v1, without " + PATH + ", a query, a user or a key");
    }
    return target;
  }

  private Optional<Secret> key(Section remote) {
    Optional<String> variable = remote.text(KEY);
    if (variable.isEmpty()) {
      return Optional.empty();
    }
    Optional<Secret> key =
        environment.apply(variable.get()).filter(value -> !value.isEmpty()).map(Secret::new);
    if (key.isEmpty()) {
      remote.error(
          KEY,
          "the environment variable \"" + variable.get() + "\" is not set",
          "set it before the start, or remove the key if the service wants none");
    } else if (!key.get().fitsHeader()) {
      remote.error(
          KEY,
          "what "
              + variable.get()
              + " holds has a blank, a line break or another character that no header carries",
          "set it to the key as its provider gave it");
      return Optional.empty();
    }
    return key;
  }

  /** A vector can be shortened, never made longer. */
  private void checkTarget(OptionalInt dimensions) {
    OptionalInt wanted = config.integer("target_dimension");
    if (dimensions.isPresent() && wanted.orElse(0) > dimensions.getAsInt()) {
      config.error(
          "target_dimension",
          "the service's vectors have " + dimensions.getAsInt() + " components, not more",
          "write at most " + dimensions.getAsInt() + ", or correct remote.dimensions");
    }
  }
}
