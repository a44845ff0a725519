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
 * @param loaded the same, and also of a file that v0.3 loads although it does not start with it
 * @param expanded hides what came from the environment in anything told about the configuration
 */
public record Decoded(
    Optional<RouterConfig> config,
    List<Diagnostic> diagnostics,
    List<SemanticDifference> differences,
    Optional<RouterConfig> loaded,
    Expanded expanded) {
  public Decoded {
    diagnostics = List.copyOf(diagnostics);
    differences = List.copyOf(differences);
  }

  /** A document that could not be read so far that its rules are known. */
  public Decoded(Optional<RouterConfig> config, List<Diagnostic> diagnostics) {
    this(config, diagnostics, List.of(), config, new Expanded());
  }

  /** Whether the file is loaded, which does not mean that a router starts with it. */
  public boolean loads() {
    return loaded.isPresent();
  }

  public boolean has(Severity severity) {
    return diagnostics.stream().anyMatch(d -> d.severity() == severity);
  }
}
