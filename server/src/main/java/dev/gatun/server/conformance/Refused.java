package dev.gatun.server.conformance;

import dev.gatun.router.config.Diagnostic;
import dev.gatun.router.config.Diagnostic.Severity;
import java.util.List;

/** A call that fails as it should, for example on a rule that cannot be built. */
final class Refused extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient List<String> messages;

  Refused(List<String> messages) {
    super(String.join("; ", messages), null, false, false);
    this.messages = List.copyOf(messages);
  }

  Refused(String message) {
    this(List.of(message));
  }

  /** The errors of a report; warnings do not refuse anything. */
  static Refused of(List<Diagnostic> problems) {
    return new Refused(
        problems.stream()
            .filter(problem -> problem.severity() == Severity.ERROR)
            .map(Diagnostic::render)
            .toList());
  }

  /** What is wrong, one message per problem. */
  List<String> messages() {
    return messages;
  }
}
