package dev.gatun.inference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Options of a load, over the native library: precision, cache, watch. */
class WeightCacheTest {

  private static final Path MODEL =
      Golden.home().resolve("model-cards/golden/models/modernbert-options");
  private static final Path LIBRARY = Path.of(System.getProperty("gatun.library"));

  private final Inference inference = Inference.open(InferenceOptions.defaults());

  @TempDir Path temporary;

  @AfterEach
  void nothingIsLeft() {
    inference.close();
  }

  private WeightCache.In cache() {
    return new WeightCache.In(temporary.resolve("weights of models"));
  }

  @Test
  void theSecondLoadMapsWhatTheFirstWrote() {
    LoadOptions options = LoadOptions.defaults().with(cache());
    float[] first;
    try (EncoderModel model = inference.load(MODEL, options)) {
      assertEquals(WeightOrigin.State.WRITTEN, model.origin().state());
      assertEquals(64, model.origin().digests().get("model.safetensors").length());
      first = hidden(model);
      assertTrue(inference.workspaceBytes() > 0);
    }
    try (EncoderModel model = inference.load(MODEL, options)) {
      assertEquals(WeightOrigin.State.MAPPED, model.origin().state());
      assertEquals(List.of(), model.origin().warnings());
      assertArrayEquals(first, hidden(model));
      ModelInfo info = model.info();
      assertTrue(info.mappedBytes() > info.residentBytes());
      assertEquals(info.mappedBytes() + info.residentBytes(), info.weightBytes());
    }
    try (EncoderModel model = inference.load(MODEL)) {
      assertEquals(WeightOrigin.off(), model.origin());
      assertEquals(0, model.info().mappedBytes());
      assertArrayEquals(first, hidden(model));
    }
  }

  @Test
  void aDirectoryThatCannotBeUsedIsAWarning() throws IOException {
    Path file = Files.createFile(temporary.resolve("file"));
    LoadOptions options = LoadOptions.defaults().with(new WeightCache.In(file));
    try (EncoderModel model = inference.load(MODEL, options)) {
      assertEquals(WeightOrigin.State.UNUSED, model.origin().state());
      assertEquals(1, model.origin().warnings().size());
      assertTrue(model.origin().warnings().getFirst().contains(file.toString()));
    }
  }

  @Test
  void aWatchReachesItsEnd() {
    LoadWatch watch = LoadWatch.start();
    assertTrue(watch.share().isEmpty());
    try (EncoderModel model = inference.load(MODEL, LoadOptions.defaults().with(watch))) {
      assertEquals(Precision.FP32, model.info().precision());
    }
    assertEquals(1, watch.share().orElseThrow());
  }

  @Test
  void whatIsKeptCanBeListedAndCleared() throws IOException {
    inference.load(MODEL, LoadOptions.defaults().with(cache())).close();
    CachedWeights kept = CachedWeights.list(LIBRARY, cache(), true).getFirst();
    assertEquals(Optional.of(MODEL.toRealPath()), kept.model());
    assertEquals(Optional.of("fp32"), kept.precision());
    assertEquals(Optional.empty(), kept.problem());
    assertEquals(Files.size(kept.file()), kept.bytes());
    assertEquals(kept.bytes(), CachedWeights.clear(LIBRARY, cache()));
    assertEquals(List.of(), CachedWeights.list(LIBRARY, cache(), false));
  }

  @Test
  void optionsAreChecked() {
    LoadOptions options = LoadOptions.defaults();
    assertEquals(Precision.INT8, options.in(Precision.INT8).precision());
    assertThrows(
        IllegalArgumentException.class,
        () -> new LoadOptions(Precision.FP32, -1, WeightCache.off(), LoadWatch.start()));
    assertThrows(IllegalArgumentException.class, () -> new WeightCache.In(Path.of("relative")));
    assertThrows(IllegalArgumentException.class, () -> new WeightCache.In(Path.of("/cache"), 0));
    assertEquals(Optional.of(Precision.BF16), Precision.of("bf16"));
    assertEquals(Optional.empty(), Precision.of("int4"));
  }

  private static float[] hidden(EncoderModel model) {
    return model.encode(TokenBatch.of(1, 5, 9), List.of(Output.hidden())).join().single().values();
  }
}
