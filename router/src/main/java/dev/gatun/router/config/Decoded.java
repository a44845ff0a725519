package dev.gatun.router.config;

import dev.gatun.router.config.Diagnostic.Severity;
import java.util.List;
import java.util.Optional;

/**
 * The outcome of reading a configuration.
 *
 * @param config present when no diagnostic is an error
 * @param diagnostics every problem found, in the order of the file
 * @param differences rules that give another result under the other semantics, in that order
 * @param loads whether the file is loaded; with some errors v0.3 loads one and does not start, and
 *     then there is no configuration under its semantics either
 * @param expanded hides what came from the environment in anything told about the configuration
 */
public record Decoded(
    Optional<RouterConfig> config,
    List<Diagnostic> diagnostics,
    List<SemanticDifference> differences,
    boolean loads,
    Expanded expanded) {
  public Decoded {
    diagnostics = List.copyOf(diagnostics);
    differences = List.copyOf(differences);
  }

  /** A document that could not be read so far that its rules are known. */
  public Decoded(Optional<RouterConfig> config, List<Diagnostic> diagnostics) {
    this(config, diagnostics, List.of(), config.isPresent(), new Expanded());
  }

  public boolean has(Severity severity) {
    return diagnostics.stream().anyMatch(d -> d.severity() == severity);
  }
}
