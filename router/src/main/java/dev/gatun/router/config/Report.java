package dev.gatun.router.config;

import dev.gatun.router.config.Diagnostic.Severity;
import dev.gatun.router.text.Nearest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Collects problems while a configuration is read. */
final class Report {
  private final List<Diagnostic> diagnostics = new ArrayList<>();

  void error(Position at, String key, String message, String hint) {
    diagnostics.add(new Diagnostic(Severity.ERROR, at, key, message, hint));
  }

  void warning(Position at, String key, String message, String hint) {
    diagnostics.add(new Diagnostic(Severity.WARNING, at, key, message, hint));
  }

  void unsupported(Position at, String key, String feature) {
    diagnostics.add(
        new Diagnostic(
            Severity.UNSUPPORTED,
            at,
            key,
            feature + ": validated, not run yet",
            "remove it, or start with --allow-unsupported to run without it"));
  }

  boolean hasErrors() {
    return diagnostics.stream().anyMatch(d -> d.severity() == Severity.ERROR);
  }

  /** Everything found, in the order of the file. */
  List<Diagnostic> inOrder() {
    return diagnostics.stream().sorted(Diagnostic.BY_PLACE).distinct().toList();
  }

  /** The end of a sentence that suggests what may have been meant. */
  static String didYouMean(String written, Collection<String> known, String otherwise) {
    return Nearest.name(written, known)
        .map(name -> "did you mean \"" + name + "\"?")
        .orElse(otherwise);
  }
}
