package dev.gatun.server.http;

import dev.gatun.router.port.Tokens;
import dev.gatun.router.text.TokenCalibration;
import dev.gatun.router.text.TokenEstimate;
import dev.gatun.router.text.TokenRatio;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

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
   * What one answer taught.
   *
   * @param category a model, or {@link TokenCalibration#DEFAULT}
   * @param errorPercent by how much the estimate before missed what the backend counted
   */
  record Learned(String category, TokenRatio ratio, double errorPercent) {}

  /**
   * Takes what a backend counted.
   *
   * @param bytes of UTF-8 that it got
   * @return nothing when there is nothing to learn from
   */
  List<Learned> learn(String model, long bytes, long tokens) {
    if (bytes <= 0 || tokens <= 0) {
      return List.of();
    }
    TokenCalibration before = calibration.get();
    TokenCalibration after =
        calibration.updateAndGet(known ->
            known.observed(TokenCalibration.DEFAULT, bytes, tokens).observed(model, bytes, tokens));
    return Stream.of(TokenCalibration.DEFAULT, model)
        .filter(category -> after.ratio(category).samples() > 0)
        .map(category -> {
          double missed = Math.abs(before.estimate(category).tokens(bytes) - tokens);
          return new Learned(category, after.ratio(category), 100 * missed / tokens);
        })
        .toList();
  }
}
