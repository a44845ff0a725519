package dev.gatun.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gatun.inference.InferenceOptions;
import dev.gatun.inference.Precision;
import dev.gatun.inference.WeightCache;
import dev.gatun.router.config.GlobalSettings.NativeSettings;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class EngineSettingsTest {
  private static final Path MODELS = Path.of("models");

  @Test
  void whatIsLeftOpenTheRuntimeDecides() {
    EngineSettings settings = EngineSettings.of(NativeSettings.byDefault(), MODELS);
    assertEquals(InferenceOptions.defaults(), settings.inference());
    assertEquals(Precision.INT8, settings.load().precision());
    assertEquals(MODELS, settings.models());
  }

  @Test
  void whatIsWrittenHolds() {
    NativeSettings written =
        new NativeSettings(
            "cpu",
            Optional.of("/lib"),
            Optional.of("/models"),
            false,
            Optional.empty(),
            OptionalInt.of(2),
            OptionalInt.of(3),
            true,
            Optional.of("bf16"),
            Optional.of("off"),
            OptionalLong.empty(),
            OptionalInt.of(100),
            OptionalInt.of(200));
    EngineSettings settings = EngineSettings.of(written, MODELS);
    assertEquals(
        new InferenceOptions(Path.of("/lib/libgatun.so"), 2, 3, true, 100, 200),
        settings.inference());
    assertEquals(Precision.BF16, settings.load().precision());
    assertEquals(Path.of("/models"), settings.models());
    if (System.getenv(dev.gatun.server.inference.CacheLocation.VARIABLE) == null) {
      assertEquals(WeightCache.off(), settings.load().cache());
    }
  }
}
