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
  void tasksRun() {
    Path errors = Golden.home().resolve("model-cards/golden/errors");
    Path adapter = errors.resolve("adapter-control-ok");
    Path head = adapter; // any folder of a task
    TokenBatch batch = TokenBatch.of(1, 2, 3);
    try (Inference inference = Inference.open(InferenceOptions.defaults());
        ModelFolder model = ModelFolder.open(inference, errors.resolve("control-ok"))) {
      try (TaskFolder intent = TaskFolder.open(model, adapter, TaskForm.LOW_RANK);
          TaskFolder safety = TaskFolder.open(model, head, TaskForm.LOW_RANK)) {
        List<Output> outputs =
            List.of(Output.logits().of(intent.task()), Output.logits().of(safety.task()));
        List<Matrix> logits = model.encoder().encode(batch, outputs).join().results();
        Plan plan = model.encoder().plan(batch, outputs); // how, and what it costs
        assertEquals(logits.size(), plan.tasks().size());
      }
    }
    LaneThreads.assertNone();
  }

  @Test
  void theSessionsAreThoseAbove() throws IOException {
    Path tests = Golden.home().resolve("bindings/src/test/java/dev/gatun/inference");
    String source = squeezed(Files.readString(tests.resolve("ReadmeTest.java")));
    String readme = Files.readString(Golden.home().resolve("bindings/README.md"));
    String[] parts = readme.split("```", 0);
    for (int block = 1; block < parts.length; block += 2) {
      for (String line : parts[block].lines().filter(text -> text.endsWith(";")).toList()) {
        assertTrue(source.contains(squeezed(line)), line);
      }
    }
  }

  private static String squeezed(String text) {
    return String.join("", text.split("\\s+", 0));
  }
}
