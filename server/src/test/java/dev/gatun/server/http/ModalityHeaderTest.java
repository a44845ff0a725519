package dev.gatun.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The header that says whether a request wants text or a picture, and who said so. */
class ModalityHeaderTest {
  private static final String RULES =
      "  signals:\n    modality: [{ name: ar }, { name: DIFFUSION }]\n";

  private static final String DETECTOR =
      """
      global:
        model_catalog:
          modules:
            modality_detector:
              enabled: true
              method: keyword
              keywords: [draw]
              both_keywords: [explain]
      """;

  @Test
  void repliesSayWhatWasAskedForAndHowThatWasTold() throws Exception {
    try (FakeBackend small = FakeBackend.start(call -> call.json(200, "{\"choices\":[]}"));
        RunningServer server =
            RunningServer.of(
                RunningServer.standard(small, small)
                        .replace("  signals:\n", RULES)
                        .replace("type: keyword, name: urgent", "type: modality, name: DIFFUSION")
                    + DETECTOR)) {
      assertEquals(Optional.of("AR;keyword"), header(server, "write a poem"));
      assertEquals(Optional.of("DIFFUSION;keyword"), header(server, "draw a cat"));
      assertEquals(Optional.empty(), header(server, "draw and explain a cat"));
    }
  }

  @Test
  void withoutRulesNothingIsSaid() throws Exception {
    try (FakeBackend small = FakeBackend.start(call -> call.json(200, "{\"choices\":[]}"));
        RunningServer server = RunningServer.over(small, small)) {
      assertEquals(Optional.empty(), header(server, "write a poem"));
    }
  }

  private static Optional<String> header(RunningServer server, String text) throws Exception {
    return server.chat(Bodies.chat("auto", text)).headers().firstValue("x-vsr-selected-modality");
  }
}
