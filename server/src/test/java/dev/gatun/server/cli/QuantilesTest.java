package dev.gatun.server.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class QuantilesTest {
  @Test
  void areWithinAPercentOfThoseOfSortedValues() {
    Random random = new Random(7);
    double[] values = random.doubles(10_000).map(x -> Math.exp(12 * x - 4)).toArray();
    Quantiles quantiles = new Quantiles();
    for (double value : values) {
      quantiles.add(value);
    }
    Arrays.sort(values);
    for (double share : new double[] {0, 0.01, 0.5, 0.9, 0.99, 1}) {
      double exact = values[(int) Math.max(0, Math.ceil(share * values.length) - 1)];
      assertEquals(exact, quantiles.at(share), 0.01 * exact, "at " + share);
    }
    assertEquals(values[values.length - 1], quantiles.most());
  }

  @Test
  void tellTheEndsOfTheScale() {
    Quantiles quantiles = new Quantiles();
    assertEquals(0, quantiles.at(0.5), "of none");
    quantiles.add(0);
    assertEquals(0, quantiles.at(0.5));
    quantiles.add(1e30);
    assertEquals(1e30, quantiles.most());
  }
}
