package dev.gatun.bench.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gatun.bench.measure.Shape;
import dev.gatun.inference.EncoderModel;
import dev.gatun.inference.Inference;
import dev.gatun.inference.InferenceOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RandomModernBertTest {
  @TempDir private Path folder;

  @Test
  void theEngineLoadsIt() throws IOException {
    List<String> progress = new ArrayList<>();
    Path made = RandomModernBert.tiny().in(folder.resolve("m"), progress::add);
    assertEquals(1, progress.stream().filter(line -> line.contains("(once)")).count());
    try (Inference inference = Inference.open(InferenceOptions.defaults());
        EncoderModel model = inference.load(made)) {
      assertEquals(14, model.info().labels());
      assertEquals(2, model.info().layers());
      assertEquals(model.info().labels(), Shape.read(made).labels());
    }
    progress.clear();
    RandomModernBert.tiny().in(folder.resolve("m"), progress::add);
    assertEquals(List.of(), progress, "made once");
  }

  @Test
  void theSameNumbersComeOutEverywhere() throws IOException {
    Path one = RandomModernBert.tiny().in(folder.resolve("one"), _ -> {});
    Path two = RandomModernBert.tiny().in(folder.resolve("two"), _ -> {});
    assertArrayEquals(
        Files.readAllBytes(one.resolve("model.safetensors")),
        Files.readAllBytes(two.resolve("model.safetensors")));
  }
}
