package dev.gatun.inference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.inference.tokenize.Tokens;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The session of {@code bindings/README.md} compiles and runs. */
class ReadmeTest {

  @Test
  void theSessionRuns() {
    Path folder = Golden.carried().resolve("errors/control-ok");
    try (Inference inference = Inference.open(InferenceOptions.defaults());
        ModelFolder model = ModelFolder.open(inference, folder)) {
      Tokens tokens = model.tokenizer().encode("What is a semantic router?");
      TokenBatch batch = TokenBatch.of(List.of(tokens.ids()), List.of(tokens.typeIds()));
      Matrix logits = model.encoder().encode(batch, List.of(Output.logits())).join().single();
      assertEquals(model.labels().size(), logits.columns());
    }
    LaneThreads.assertNone();
  }

  @Test
  void theSessionIsTheOneAbove() throws IOException {
    Path tests = Golden.home().resolve("bindings/src/test/java/dev/gatun/inference");
    String source = squeezed(Files.readString(tests.resolve("ReadmeTest.java")));
    String readme = Files.readString(Golden.home().resolve("bindings/README.md"));
    String session = readme.split("```", 0)[1];
    for (String line : session.lines().filter(text -> text.endsWith(";")).toList()) {
      assertTrue(source.contains(squeezed(line)), line);
    }
  }

  private static String squeezed(String text) {
    return String.join("", text.split("\\s+", 0));
  }
}
