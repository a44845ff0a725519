package dev.gatun.router.config;

import dev.gatun.router.config.Diagnostic.Severity;
import java.util.List;
import java.util.Optional;

/**
 * The outcome of reading a configuration.
 *
 * @param config present when no diagnostic is an error
 * @param diagnostics every problem found, in the order of the file
 */
public record Decoded(Optional<RouterConfig> config, List<Diagnostic> diagnostics) {
  public Decoded {
    diagnostics = List.copyOf(diagnostics);
  }

  public boolean has(Severity severity) {
    return diagnostics.stream().anyMatch(d -> d.severity() == severity);
  }
}
