package dev.gatun.router.signal;

import dev.gatun.router.port.Answer;
import dev.gatun.router.port.Distribution;
import dev.gatun.router.port.Ports;
import dev.gatun.router.port.TextTask;
import java.util.Optional;

/** Asks whom {@link DomainSettings} name what a text is about. */
record DomainSource(DomainSettings settings) {
  /**
   * An answer.
   *
   * @param threshold probability from which a label of it is emitted
   */
  record Said(Distribution distribution, double threshold) {
    boolean isUnsure() {
      return distribution.probability(distribution.likeliest()) < threshold;
    }
  }

  /**
   * What came of asking: an answer, a failure, or the unsure answer of the classifier and the
   * failure of the tool.
   */
  record Outcome(Optional<Said> said, Optional<String> failure) {
    /** Nobody was asked. */
    static final Outcome NONE = new Outcome(Optional.empty(), Optional.empty());

    private static Outcome of(Answer<Said> answer) {
      return answer.fold(
          said -> new Outcome(Optional.of(said), Optional.empty()),
          reason -> new Outcome(Optional.empty(), Optional.of(reason)));
    }
  }

  /** Whether the tool is asked in any case. */
  boolean isByToolAlone() {
    return !settings.isLocal();
  }

  Outcome ask(String text, Ports ports) {
    if (isByToolAlone()) {
      return Outcome.of(byTool(text, ports));
    }
    Outcome local =
        Outcome.of(
            ports
                .encoders()
                .classify(text, TextTask.DOMAIN)
                .map(found -> new Said(found, settings.threshold())));
    boolean isOpen = settings.tool().isPresent() && local.said.filter(Said::isUnsure).isPresent();
    return isOpen
        ? byTool(text, ports)
            .fold(
                said -> new Outcome(Optional.of(said), Optional.empty()),
                reason -> new Outcome(local.said, Optional.of(reason)))
        : local;
  }

  private Answer<Said> byTool(String text, Ports ports) {
    double threshold = settings.tool().orElseThrow();
    return ports.domainTool().classify(text).map(found -> new Said(found, threshold));
  }
}
