package dev.gatun.server.inference;

import dev.gatun.inference.InferenceException;
import dev.gatun.inference.ModelInfo;
import dev.gatun.inference.WeightOrigin;
import dev.gatun.router.port.Answer;
import dev.gatun.router.port.Distribution;
import dev.gatun.router.port.EncoderPlan;
import dev.gatun.router.port.Encoders;
import dev.gatun.router.signal.Family;
import java.util.List;

/**
 * The router's encoder port over the native engine. Owns the models it opened, not the engine. Safe
 * for use by many threads.
 */
public final class NativeEncoders implements Encoders, AutoCloseable {
  /** Name of the embedded domain classifier. */
  public static final String DOMAIN_MODEL = TaskTrunk.model(Family.DOMAIN.type());

  private final TaskClassifier domain;

  private NativeEncoders(TaskClassifier domain) {
    this.domain = domain;
  }

  /**
   * Opens the domain classifier over an open trunk, which it holds.
   *
   * @throws InferenceException when it is missing, changed or unusable
   */
  public static NativeEncoders open(Trunk trunk) {
    return new NativeEncoders(TaskClassifier.over(trunk, Family.DOMAIN.type()));
  }

  /** Facts about the domain classifier. */
  public ModelInfo domainModel() {
    return domain.info();
  }

  /** Where the weights of the domain classifier came from. */
  public WeightOrigin domainOrigin() {
    return domain.origin();
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
  public List<EncoderPlan> plans(String text) {
    return domain
        .plan(text)
        .map(plan ->
            new EncoderPlan(
                DOMAIN_MODEL,
                List.of(Family.DOMAIN.type()),
                plan.name(),
                plan.layers(),
                plan.steps().getFirst().rows(),
                plan.cost(),
                plan.separate()))
        .stream()
        .toList();
  }

  @Override
  public void close() {
    domain.close();
  }
}
