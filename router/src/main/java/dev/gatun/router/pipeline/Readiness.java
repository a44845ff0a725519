package dev.gatun.router.pipeline;

import dev.gatun.router.config.RouterConfig;
import dev.gatun.router.config.Routing;
import dev.gatun.router.port.Encoders;
import dev.gatun.router.port.Ports;
import dev.gatun.router.port.TextTask;
import dev.gatun.router.signal.DetectorSettings;
import dev.gatun.router.signal.Domain;
import dev.gatun.router.signal.Family;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Whether everything that the rules need is there. Asked once at start: a family that cannot answer
 * must stop the start, or be known to be missing, but never just not match (signals §0.2).
 */
public final class Readiness {
  private static final String MODULES = "global.model_catalog.modules.";

  private Readiness() {}

  /** What a problem means for a start. */
  public enum Weight {
    /** A part can never match; all others answer. */
    NOTED,
    /**
     * The configuration switches off what its rules ask. Whoever reads the file is told so and has
     * to allow it, so a start goes on without the family.
     */
    SWITCHED_OFF,
    /** Something is not there, without which routing would be wrong. */
    MISSING
  }

  /** Something a rule needs and does not get. */
  public record Problem(Family family, Weight weight, String message, String hint) {}

  /** Problems of a configuration with what is at hand, most important first. */
  public static List<Problem> of(RouterConfig config, Ports ports) {
    return config.profiles().stream()
        .flatMap(profile -> of(profile.routing(), config, ports).stream())
        .distinct()
        .toList();
  }

  private static List<Problem> of(Routing routing, RouterConfig config, Ports ports) {
    Set<Family> used = routing.families();
    DetectorSettings detectors = config.global().detectors();
    List<Problem> problems = new ArrayList<>();
    for (Family family : used) {
      boolean classifies =
          family == Family.PII
              ? config.asksPersonalData(routing)
              : config.asksClassifier(routing, family);
      disabled(family, detectors)
          .or(() -> missing(family, classifies, ports))
          .or(() -> external(routing, family, config, ports))
          .or(() -> unloaded(family, config))
          .ifPresent(problems::add);
    }
    List<String> labels = ports.encoders().labels(TextTask.DOMAIN);
    // A tool may know names that the classifier does not.
    if (used.contains(Family.DOMAIN) && !labels.isEmpty() && !config.asksDomainTool(routing)) {
      List<Domain> domains = routing.domains();
      domains.stream()
          .filter(domain -> !domain.isKnownOtherwise(domains))
          .forEach(domain -> unknownLabel(domain, labels).ifPresent(problems::add));
    }
    return problems;
  }

  private static Optional<Problem> disabled(Family family, DetectorSettings detectors) {
    boolean enabled =
        switch (family) {
          case JAILBREAK -> detectors.jailbreak().enabled();
          case MODALITY -> detectors.modality().enabled();
          case USER_FEEDBACK -> detectors.userFeedback().enabled();
          case AUTHZ, COMPLEXITY, CONTEXT, CONVERSATION, DOMAIN, EMBEDDING, EVENT, FACT_CHECK ->
              true;
          case KB, KEYWORD, LANGUAGE, PII, PREFERENCE, REASK, STRUCTURE, PROJECTION -> true;
        };
    return module(family).flatMap(module -> disabled(family, enabled, module));
  }

  /** What switches a family on and off. */
  private static Optional<String> module(Family family) {
    return switch (family) {
      case JAILBREAK -> Optional.of("prompt_guard");
      case MODALITY -> Optional.of("modality_detector");
      case USER_FEEDBACK -> Optional.of("feedback_detector");
      case AUTHZ, COMPLEXITY, CONTEXT, CONVERSATION, DOMAIN, EMBEDDING, EVENT, FACT_CHECK, KB ->
          Optional.empty();
      case KEYWORD, LANGUAGE, PII, PREFERENCE, REASK, STRUCTURE, PROJECTION -> Optional.empty();
    };
  }

  private static Optional<Problem> disabled(Family family, boolean enabled, String module) {
    return enabled
        ? Optional.empty()
        : Optional.of(
            new Problem(
                family,
                Weight.SWITCHED_OFF,
                "rules use " + family.type() + " signals, but " + module + " is not enabled",
                "write " + MODULES + module + ".enabled: true"));
  }

  private static Optional<Problem> missing(Family family, boolean classifies, Ports ports) {
    boolean there =
        switch (family) {
          case FACT_CHECK, USER_FEEDBACK -> has(family, ports.encoders());
          case DOMAIN, JAILBREAK, MODALITY -> !classifies || has(family, ports.encoders());
          case PII -> !classifies || ports.mentions().isThere();
          case LANGUAGE -> ports.languages().isThere();
          case AUTHZ, COMPLEXITY, CONTEXT, CONVERSATION, EMBEDDING, EVENT, KB, KEYWORD -> true;
          case PREFERENCE, REASK, STRUCTURE, PROJECTION -> true;
        };
    return there
        ? Optional.empty()
        : Optional.of(
            stop(
                family,
                "rules use " + family.type() + " signals, but no model of them is loaded",
                "build the models"));
  }

  private static Optional<Problem> external(
      Routing routing, Family family, RouterConfig config, Ports ports) {
    return config.rolesAsked(routing, family).stream()
        .filter(role -> !ports.languageModel().isThere(role))
        .findFirst()
        .map(role ->
            stop(
                family,
                family.type() + " rules ask a model with the role " + role.word() + ": none there",
                "declare one in global.model_catalog.external"));
  }

  /** Without a degraded start, whether one may do without it was judged when the file was read. */
  private static Optional<Problem> unloaded(Family family, RouterConfig config) {
    return config.global().comparison().bases().stream()
        .filter(base -> family == Family.KB && base.exemplars().isEmpty())
        .findFirst()
        .map(base ->
            new Problem(
                family,
                config.global().router().degradedStart() ? Weight.MISSING : Weight.NOTED,
                "rules use kb signals, but the knowledge base " + base.name() + " is not loaded",
                "correct its source"));
  }

  private static boolean has(Family family, Encoders encoders) {
    return family.task().map(task -> !encoders.labels(task).isEmpty()).orElse(true);
  }

  private static Problem stop(Family family, String message, String hint) {
    return new Problem(
        family,
        Weight.MISSING,
        message,
        hint + ", or set global.router.degraded_start: true to run without them");
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
                Weight.NOTED,
                "the domain \"" + domain.name() + "\" has no label of the classifier",
                "map it by mmlu_categories to some of " + String.join(", ", labels)));
  }
}
