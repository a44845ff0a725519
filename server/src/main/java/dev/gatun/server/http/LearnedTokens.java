package dev.gatun.server.http;

import dev.gatun.router.port.Tokens;
import dev.gatun.router.text.TokenCalibration;
import dev.gatun.router.text.TokenEstimate;
import java.util.concurrent.atomic.AtomicReference;

/**
 * How many tokens models make of texts, learned from what their backends counted since this process
 * started. It outlives the configuration.
 */
public final class LearnedTokens implements Tokens {
  private final AtomicReference<TokenCalibration> calibration =
      new AtomicReference<>(TokenCalibration.none());

  @Override
  public TokenEstimate estimate(String model) {
    return calibration.get().estimate(model);
  }

  /**
   * Takes what a backend counted.
   *
   * @param bytes of UTF-8 that it got
   */
  void learn(String model, long bytes, long tokens) {
    calibration.updateAndGet(known ->
        known.observed(TokenCalibration.DEFAULT, bytes, tokens).observed(model, bytes, tokens));
  }
}
