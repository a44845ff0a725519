package dev.gatun.router.pipeline;

import dev.gatun.router.config.RouterConfig;
import dev.gatun.router.port.Encoders;
import dev.gatun.router.signal.Domain;
import dev.gatun.router.signal.Family;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Whether everything that the rules need is there. Asked once at start: a family that cannot answer
 * must stop the start, or be known to be missing, but never just not match.
 */
public final class Readiness {
  private Readiness() {}

  /**
   * Something a rule needs and does not get.
   *
   * @param stops whether routing with this would be wrong; false for a part that can never match
   */
  public record Problem(Family family, boolean stops, String message, String hint) {}

  /** Problems of a configuration with the models at hand, most important first. */
  public static List<Problem> of(RouterConfig config, Encoders encoders) {
    List<Problem> problems = new ArrayList<>();
    boolean needsDomain =
        config.routing().decisions().stream()
            .flatMap(decision -> decision.rule().keys())
            .anyMatch(key -> key.family() == Family.DOMAIN);
    if (!needsDomain) {
      return problems;
    }
    List<String> labels = encoders.domainLabels();
    if (labels.isEmpty()) {
      problems.add(
          new Problem(
              Family.DOMAIN,
              true,
              "rules use domain signals, but no domain classifier is loaded",
              "build the models, or set global.router.degraded_start: true to run without it"));
    } else {
      config.routing().domains().forEach(d -> unknownLabel(d, labels).ifPresent(problems::add));
    }
    return problems;
  }

  /** A rule none of whose labels the classifier has can never match. */
  private static Optional<Problem> unknownLabel(Domain domain, List<String> labels) {
    List<String> known = labels.stream().map(label -> label.toLowerCase(Locale.ROOT)).toList();
    List<String> wanted =
        domain.mmluCategories().isEmpty() ? List.of(domain.name()) : domain.mmluCategories();
    boolean some =
        wanted.stream().map(label -> label.toLowerCase(Locale.ROOT)).anyMatch(known::contains);
    return some
        ? Optional.empty()
        : Optional.of(
            new Problem(
                Family.DOMAIN,
                false,
                "the domain \"" + domain.name() + "\" has no label of the classifier",
                "map it by mmlu_categories to some of " + String.join(", ", labels)));
  }
}
