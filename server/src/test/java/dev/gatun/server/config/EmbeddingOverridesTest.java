package dev.gatun.server.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.router.config.Decoded;
import dev.gatun.router.config.Diagnostic;
import dev.gatun.router.config.Diagnostic.Severity;
import dev.gatun.router.config.Node;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddingOverridesTest {
  private static final String MODEL = "EMBEDDING_MODEL_OVERRIDE";

  @TempDir private Path folder;

  @Test
  void aVariableReplacesTheModelOfTheFile() throws IOException {
    String file =
        "routing: {}\n"
            + "global: {model_catalog: {embeddings: {semantic: {embedding_config:"
            + " {model_type: mmbert}}}}}\n";

    assertEquals(List.of(Severity.UNSUPPORTED), severities(file, Map.of()));
    assertEquals(List.of(), severities(file, Map.of(MODEL, "bert")));
    assertEquals(List.of(Severity.UNSUPPORTED), severities("routing: {}", Map.of(MODEL, "qwen3")));
  }

  @Test
  void aMistakeIsReportedAtTheVariable() throws IOException {
    List<Diagnostic> problems = load("routing: {}", Map.of(MODEL, "brt")).diagnostics();
    Diagnostic problem =
        problems.stream().filter(d -> d.severity() == Severity.ERROR).findFirst().orElseThrow();

    assertEquals("$" + MODEL, problem.position().file());
    assertTrue(problem.hint().contains("bert"), problem.render());
  }

  @Test
  void aFileOfAnotherLayoutStaysWhatItIs() {
    Node old = YamlReader.read("old.yaml", "decisions: []").root().orElseThrow();

    assertSame(old, EmbeddingOverrides.of(old, _ -> Optional.of("bert")));
  }

  private List<Severity> severities(String file, Map<String, String> environment)
      throws IOException {
    return load(file, environment).diagnostics().stream()
        .map(Diagnostic::severity)
        .filter(severity -> severity != Severity.WARNING)
        .toList();
  }

  private Decoded load(String text, Map<String, String> environment) throws IOException {
    Path file = Files.writeString(folder.resolve("config.yaml"), text);
    return new ConfigSource.OfFile(file)
        .load(false, Optional.empty(), name -> Optional.ofNullable(environment.get(name)));
  }
}
