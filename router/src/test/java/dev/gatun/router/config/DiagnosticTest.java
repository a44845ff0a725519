package dev.gatun.router.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.router.config.Diagnostic.Severity;
import org.junit.jupiter.api.Test;

class DiagnosticTest {
  @Test
  void aReportIsOneLineWhateverTheFileHolds() {
    Diagnostic diagnostic =
        new Diagnostic(
            Severity.ERROR, new Position("a.yaml", 2, 3), "a\nb", "x \u001b[31m\u009b ü", "do");
    assertEquals("a.yaml:2:3 a\\u000ab — x \\u001b[31m\\u009b ü — do", diagnostic.render());
  }

  @Test
  void ofALongValueTheBeginningIsTold() {
    String text =
        Documents.HEAD + "  decisions: [{name: d, priority: " + "9".repeat(5_000) + "}]\n";
    String problems = Documents.problems(text);
    assertTrue(problems.contains("99…\""), problems);
    assertTrue(problems.length() < 1_000, problems);
  }
}
