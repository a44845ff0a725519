package dev.gatun.router.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gatun.router.config.Providers.Pricing;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class PricingTest {
  private static final OptionalDouble UNKNOWN = OptionalDouble.empty();

  @Test
  void eachKindOfTokenHasItsPrice() {
    Pricing pricing = pricing(2, 8, 0.5);
    assertEquals(
        (600 * 2 + 400 * 0.5 + 100 * 8) / 1e6, pricing.cost(1000, 400, 100).orElseThrow(), 1e-15);
    assertEquals(0, pricing.cost(0, 0, 0).orElseThrow());
  }

  @Test
  void noMoreTokensCanBeKnownThanThereAre() {
    Pricing pricing = pricing(2, 8, 0.5);
    assertEquals(pricing.cost(10, 10, 0), pricing.cost(10, 99, 0));
    assertEquals(pricing.cost(10, 0, 0), pricing.cost(10, -3, 0));
  }

  @Test
  void tokensThatWereReadBeforeCostAsOthersUnlessItIsWritten() {
    Pricing pricing = new Pricing("USD", OptionalDouble.of(2), OptionalDouble.of(8), UNKNOWN);
    assertEquals(pricing.cost(10, 0, 1), pricing.cost(10, 4, 1));
  }

  /** A price of 0 is a price, and none is none. */
  @Test
  void aCostIsKnownOnlyWithThePricesThatCount() {
    assertEquals(OptionalDouble.of(0), pricing(0, 0, 0).cost(10, 5, 10));
    Pricing input = new Pricing("USD", OptionalDouble.of(2), UNKNOWN, UNKNOWN);
    assertEquals(UNKNOWN, input.cost(10, 0, 1));
    assertEquals(OptionalDouble.of(2e-5), input.cost(10, 0, 0));
    assertEquals(UNKNOWN, new Pricing("EUR", UNKNOWN, UNKNOWN, UNKNOWN).cost(1, 0, 0));
  }

  private static Pricing pricing(double prompt, double completion, double cached) {
    return new Pricing(
        "USD", OptionalDouble.of(prompt), OptionalDouble.of(completion), OptionalDouble.of(cached));
  }
}
