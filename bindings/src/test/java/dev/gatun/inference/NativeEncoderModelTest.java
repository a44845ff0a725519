package dev.gatun.inference;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativeEncoderModelTest extends EncoderModelContract {

  private final Inference inference = Inference.open(InferenceOptions.defaults());

  @Override
  EncoderModel open() {
    return inference.load(control());
  }

  @Override
  void end() {
    inference.close();
  }

  private static Path control() {
    return Golden.carried().resolve("errors/control-ok");
  }

  /** Weights may be finite and what is computed with them not. */
  @Test
  void numbersThatAreNotFiniteAreNoResult(@TempDir Path folder) throws IOException {
    try (Stream<Path> files = Files.list(control())) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Files.copy(file, folder.resolve(file.getFileName()));
      }
    }
    Safetensors.fill(folder.resolve("model.safetensors"), "model.layers.1.mlp.Wi.weight", 3e38f);
    try (EncoderModel model = inference.load(folder)) {
      for (Output output : List.of(Output.logits(), Output.embedding(), Output.hidden())) {
        CompletionException failed =
            assertThrows(
                CompletionException.class,
                () ->
                    model
                        .encode(TokenBatch.of(1, 2, 3), List.of(output), Duration.ofMinutes(1))
                        .join());
        assertInstanceOf(InferenceException.Failed.class, failed.getCause());
        assertTrue(failed.getMessage().contains("not finite"), failed.getMessage());
      }
    }
  }
}
