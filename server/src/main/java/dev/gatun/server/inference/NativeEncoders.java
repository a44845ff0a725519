package dev.gatun.server.inference;

import dev.gatun.inference.Inference;
import dev.gatun.inference.InferenceException;
import dev.gatun.inference.ModelFolder;
import dev.gatun.inference.ModelInfo;
import dev.gatun.router.config.Node;
import dev.gatun.router.config.Node.Mapping;
import dev.gatun.router.config.Node.Scalar;
import dev.gatun.router.port.Answer;
import dev.gatun.router.port.Distribution;
import dev.gatun.router.port.Encoders;
import dev.gatun.server.config.ConfigFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The router's encoder port over the native engine. Owns the models it opened, not the engine. Safe
 * for use by many threads.
 */
public final class NativeEncoders implements Encoders, AutoCloseable {
  /** Name of the embedded domain classifier. */
  public static final String DOMAIN_MODEL = "gatun-domain";

  private static final int WINDOW_TOKENS_DEFAULT = 512;

  private final Classifier domain;

  private NativeEncoders(Classifier domain) {
    this.domain = domain;
  }

  /**
   * Opens the domain classifier.
   *
   * @throws InferenceException when it is missing, changed or unusable
   */
  public static NativeEncoders open(Inference inference, ModelStore store) {
    ModelFolder folder = store.open(inference, DOMAIN_MODEL);
    Path card = store.path(DOMAIN_MODEL).resolve("card.yaml");
    Optional<Node> facts = ConfigFile.read(card).root();
    int window =
        number(facts, "trained_tokens")
            .or(() -> number(facts, "max_tokens"))
            .map(Double::intValue)
            .orElse(WINDOW_TOKENS_DEFAULT);
    double temperature = number(value(facts, "calibration"), "temperature").orElse(1.0);
    return new NativeEncoders(new Classifier(folder, window, temperature));
  }

  /** Facts about the domain classifier. */
  public ModelInfo domainModel() {
    return domain.folder().encoder().info();
  }

  @Override
  public List<String> domainLabels() {
    return domain.labels();
  }

  @Override
  public Answer<Distribution> domain(String text) {
    return domain.classify(text);
  }

  @Override
  public void close() {
    domain.close();
  }

  private static Optional<Node> value(Optional<Node> node, String key) {
    return node.filter(Mapping.class::isInstance)
        .map(Mapping.class::cast)
        .flatMap(mapping -> mapping.value(key));
  }

  private static Optional<Double> number(Optional<Node> node, String key) {
    return value(node, key)
        .filter(Scalar.class::isInstance)
        .map(scalar -> ((Scalar) scalar).text())
        .filter(text -> text.matches("[0-9]+(\\.[0-9]+)?"))
        .map(Double::valueOf);
  }
}
