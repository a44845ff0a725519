package dev.gatun.router.port;

import java.util.List;

/**
 * What the core asks the encoder models. Implementations are safe for use by many threads, answer
 * the same text with the same values, and never throw.
 */
public interface Encoders {
  /** Labels of the domain classifier in the order of its answers; empty when none is loaded. */
  List<String> domainLabels();

  /** How likely each domain is, read over the whole text. */
  Answer<Distribution> domain(String text);

  /** How the answers about a text are computed; empty where no model computes anything. */
  default List<EncoderPlan> plans(String text) {
    return List.of();
  }

  /** No model at all: every question is answered with a failure. */
  static Encoders none() {
    return new Encoders() {
      @Override
      public List<String> domainLabels() {
        return List.of();
      }

      @Override
      public Answer<Distribution> domain(String text) {
        return Answer.failed("no domain classifier is loaded");
      }
    };
  }
}
