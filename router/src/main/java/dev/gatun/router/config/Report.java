package dev.gatun.router.config;

import dev.gatun.router.config.Diagnostic.Severity;
import dev.gatun.router.model.Compatibility;
import dev.gatun.router.text.Nearest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Collects problems while a configuration is read. */
final class Report {
  private final List<Diagnostic> diagnostics = new ArrayList<>();

  /** Errors that v0.3 does not notice. */
  private final Set<Diagnostic> unnoticed = new HashSet<>();

  private final Expanded expanded = new Expanded();

  /** Errors that v0.3 notices when it starts, after it has loaded the file. */
  private final Set<Diagnostic> atStart = new HashSet<>();

  private Compatibility compatibility = Compatibility.GATUN;

  /** Sets whose rules decide what is an error. */
  void judgeBy(Compatibility rules) {
    compatibility = rules;
  }

  /** What the environment put into the document; nothing of it is told. */
  Expanded expanded() {
    return expanded;
  }

  void error(Position at, String key, String message, String hint) {
    diagnostics.add(new Diagnostic(Severity.ERROR, at, key, message, hint));
  }

  /** An error that v0.3 does not notice: in {@code upstream-0.3} the file can still be used. */
  void unnoticed(Position at, String key, String message, String hint) {
    Diagnostic diagnostic = new Diagnostic(Severity.ERROR, at, key, message, hint);
    diagnostics.add(diagnostic);
    unnoticed.add(diagnostic);
  }

  /** An error with which v0.3 loads the file and does not start: nor does anyone else. */
  void atStart(Position at, String key, String message, String hint) {
    Diagnostic diagnostic = new Diagnostic(Severity.ERROR, at, key, message, hint);
    diagnostics.add(diagnostic);
    atStart.add(diagnostic);
  }

  void warning(Position at, String key, String message, String hint) {
    diagnostics.add(new Diagnostic(Severity.WARNING, at, key, message, hint));
  }

  void unsupported(Position at, String key, String feature) {
    notRun(
        at,
        key,
        feature + ": validated, not run yet",
        "remove it, or start with --allow-unsupported to run without it");
  }

  /** Something that is asked for and cannot be had here; another takes its place, or none. */
  void notRun(Position at, String key, String message, String hint) {
    diagnostics.add(new Diagnostic(Severity.UNSUPPORTED, at, key, message, hint));
  }

  boolean hasErrors() {
    return judged().anyMatch(d -> d.severity() == Severity.ERROR);
  }

  /** Whether there is an error at a place of the document, or within it. */
  boolean hasErrors(String path) {
    return judged()
        .filter(d -> d.severity() == Severity.ERROR)
        .map(Diagnostic::key)
        .anyMatch(
            key -> key.equals(path) || key.startsWith(path + ".") || key.startsWith(path + "["));
  }

  /**
   * Whether the file is loaded; in {@code upstream-0.3} what starts with it may still refuse it.
   */
  boolean loads() {
    return compatibility == Compatibility.UPSTREAM_0_3
        ? judged().noneMatch(d -> d.severity() == Severity.ERROR && !atStart.contains(d))
        : !hasErrors();
  }

  /** Everything found, in the order of the file, without what came from the environment. */
  List<Diagnostic> inOrder() {
    return judged().map(expanded::hide).sorted(Diagnostic.BY_PLACE).distinct().toList();
  }

  private Stream<Diagnostic> judged() {
    return diagnostics.stream()
        .map(d ->
            compatibility == Compatibility.UPSTREAM_0_3 && unnoticed.contains(d)
                ? new Diagnostic(Severity.WARNING, d.position(), d.key(), d.message(), d.hint())
                : d);
  }

  /** Names in quotes, as in messages everything that was written stands. */
  static String quoted(Collection<String> names) {
    return names.stream().map(name -> '"' + name + '"').collect(Collectors.joining(", "));
  }

  /** The end of a sentence that suggests what may have been meant. */
  static String didYouMean(String written, Collection<String> known, String otherwise) {
    return Nearest.name(written, known)
        .map(name -> "did you mean \"" + name + "\"?")
        .orElse(otherwise);
  }
}
