package dev.gatun.server.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.router.config.Diagnostic;
import dev.gatun.router.config.Diagnostic.Severity;
import dev.gatun.router.config.Node;
import dev.gatun.router.config.Node.Mapping;
import dev.gatun.router.config.Node.Scalar;
import dev.gatun.router.config.Node.Sequence;
import dev.gatun.router.config.Position;
import dev.gatun.router.model.Compatibility;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** YAML text to nodes with places. */
class YamlReaderTest {
  @Test
  void placesAndTexts() {
    Mapping root = mapping("a: no\nlist:\n  - 0123\n  - 'true'\n");
    Scalar no = (Scalar) root.value("a").orElseThrow();
    assertEquals("no", no.text());
    assertFalse(no.quoted());
    assertEquals(new Position("f.yaml", 1, 4), no.position());
    Sequence list = (Sequence) root.value("list").orElseThrow();
    assertEquals("0123", ((Scalar) list.items().get(0)).text());
    assertTrue(((Scalar) list.items().get(1)).quoted());
    assertEquals(new Position("f.yaml", 2, 1), root.entries().get(1).position());
  }

  @Test
  void aliasesAndMergeKeys() {
    Mapping root = mapping("base: &b {x: 1, y: 2}\nown: {<<: *b, y: 3}\nsame: *b\n");
    Mapping own = (Mapping) root.value("own").orElseThrow();
    assertEquals(2, own.entries().size());
    assertEquals("3", ((Scalar) own.value("y").orElseThrow()).text());
    assertEquals("1", ((Scalar) own.value("x").orElseThrow()).text());
    assertEquals(root.value("base"), root.value("same"));
  }

  @Test
  void duplicateKeysAreKeptForTheReport() {
    assertEquals(2, mapping("a: 1\na: 2\n").entries().size());
  }

  @Test
  void everyProblemHasOneLineAndAPlace() {
    assertProblem("a: [1, 2", 1, "not valid YAML");
    assertProblem("a: 1\n b: 2", 2, "not valid YAML");
    assertProblem("a: 1\n---\nb: 2", 2, "second YAML document");
    assertProblem("", 1, "empty");
    assertProblem("a: *x", 1, "no anchor");
    assertProblem("a: &x [*x]", 1, "no anchor");
    assertProblem("? [a]\n: 1", 1, "plain text");
    assertProblem("a: !include b.yaml", 1, "tag");
    assertProblem("a: 1\nb: \u0007", 2, "forbids");
    assertProblem("<<: 1", 1, "merge key");
  }

  @Test
  void anAliasBombEndsInADiagnostic() {
    StringBuilder bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for (int i = 1; i < 12; i++) {
      String inner = ("*a" + (i - 1) + ", ").repeat(9) + "*a" + (i - 1);
      bomb.append("a").append(i).append(": &a").append(i).append(" [").append(inner).append("]\n");
    }
    assertTrue(problem(bomb.toString()).message().contains("aliases"));
  }

  @Test
  void depthIsBounded() {
    assertTrue(problem("[".repeat(5_000)).message().contains("deeper"));
  }

  @Test
  void aMissingFileIsADiagnostic() {
    YamlReader.Result result = ConfigFile.read(Path.of("nowhere", "gatun.yaml"));
    assertTrue(result.diagnostics().getFirst().message().contains("no such file"));
  }

  @Test
  void theStarterIsValid() {
    var decoded = new ConfigSource.Starter().load(true, Optional.empty(), name -> Optional.empty());
    assertEquals("[]", decoded.diagnostics().toString());
    var config = decoded.config().orElseThrow();
    assertEquals(2, config.providers().models().size());
    assertTrue(config.routing().decisions().size() >= 4);
  }

  @Test
  void compatibilityCanBeChosenOutsideTheFile() {
    var config =
        new ConfigSource.Starter()
            .load(true, Optional.of(Compatibility.UPSTREAM_0_3), name -> Optional.empty())
            .config()
            .orElseThrow();
    assertEquals(Compatibility.UPSTREAM_0_3, config.global().router().compatibility());
  }

  private static void assertProblem(String text, int line, String part) {
    Diagnostic problem = problem(text);
    assertEquals(Severity.ERROR, problem.severity());
    assertEquals(line, problem.position().line(), problem.render());
    assertTrue(problem.message().contains(part), problem.render());
    assertFalse(problem.render().contains("\n"), problem.render());
  }

  private static Diagnostic problem(String text) {
    YamlReader.Result result = YamlReader.read("f.yaml", text);
    assertEquals(Optional.<Node>empty(), result.root());
    assertEquals(1, result.diagnostics().size());
    return result.diagnostics().getFirst();
  }

  private static Mapping mapping(String text) {
    YamlReader.Result result = YamlReader.read("f.yaml", text);
    return (Mapping) result.root().orElseThrow(() -> new AssertionError(result.diagnostics()));
  }
}
