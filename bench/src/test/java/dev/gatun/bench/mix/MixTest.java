package dev.gatun.bench.mix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.bench.model.RandomModernBert;
import dev.gatun.inference.EncoderModel;
import dev.gatun.inference.Inference;
import dev.gatun.inference.InferenceOptions;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MixTest {

  @Test
  void everyShortRequestIsAnsweredWithAndWithoutALongOne(@TempDir Path folder) throws Exception {
    Path tiny = new RandomModernBert(2000, 64, 96, 2, 2, 4096).in(folder.resolve("m"), _ -> {});
    try (Inference inference = Inference.open(InferenceOptions.defaults());
        EncoderModel model = inference.load(tiny)) {
      Mix mix = new Mix(model, 16, 4096);
      assertTrue(mix.serviceMillis(3) > 0);
      assertTrue(mix.longMillis() > 0);
      Mix.Round alone = mix.round(400, 0.2, false, 7);
      Mix.Round beside = mix.round(400, 0.2, true, 7);
      assertEquals(0, alone.longsEnded());
      assertEquals(alone.latenciesMillis().size(), beside.latenciesMillis().size());
      assertTrue(alone.p50() <= alone.p99());
    }
  }
}
