package dev.gatun.bench.soak;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.bench.model.RandomModernBert;
import dev.gatun.inference.Inference;
import dev.gatun.inference.InferenceOptions;
import dev.gatun.inference.Precision;
import java.nio.file.Path;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SoakTest {
  @TempDir private Path folder;

  @Test
  void aHundredRandomRequestsAreAnsweredWithoutAnError() throws Exception {
    Path model = RandomModernBert.tiny().in(folder.resolve("tiny"), _ -> {});
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(7);
    Counts counts = new Counts();
    try (Inference inference = Inference.open(InferenceOptions.defaults())) {
      List<Precision> precisions = new Soak(inference, _ -> {}).precisions(model);
      assertTrue(precisions.contains(Precision.FP32));
      try (Pool pool = new Pool(inference, List.of(model), precisions, folder.resolve("heads"))) {
        Caller caller = new Caller(random, pool, counts, 600);
        for (int i = 0; i < 100; i++) {
          caller.step();
          if (i % 10 == 0) {
            pool.renew(random);
          }
        }
      }
    }
    assertEquals(0, counts.failures(), counts::toString);
    assertTrue(counts.answers() > 50, counts::toString);
  }

  @Test
  void growthIsThatOfTheLineAfterTheWarmUp() {
    MemoryTrend flat = new MemoryTrend();
    MemoryTrend leak = new MemoryTrend();
    for (int second = 0; second <= 1000; second++) {
      double filling = Math.min(second, 200);
      double noise = second % 2 == 0 ? 5 : -5;
      // A model is opened beside the one it takes the place of, more and more slowly.
      double secondModel = second % 40 < second / 50 ? 90 : 0;
      flat.add(second, 500 + filling + noise + secondModel);
      leak.add(second, 500 + filling + noise + 0.05 * second);
    }
    assertFalse(flat.verdict().grows());
    assertEquals(250, flat.verdict().warmUpSeconds());
    assertEquals(0, flat.verdict().growthMebibytes(), 1);
    assertEquals(37.5, leak.verdict().growthMebibytes(), 1);
    assertTrue(leak.verdict().grows());
    assertEquals(24, leak.verdict().boundMebibytes(), "3 % of the mean is less");
  }
}
