package dev.gatun.server.http;

import dev.gatun.router.config.RouterConfig;
import dev.gatun.router.decision.Verdict.Winner;
import dev.gatun.router.pipeline.Outcome;
import dev.gatun.router.pipeline.Reasoning;
import dev.gatun.router.pipeline.Routed;
import dev.gatun.router.signal.Family;
import dev.gatun.router.signal.SignalHits;
import dev.gatun.server.upstream.HeaderLine;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Response headers that say how a request was routed. */
final class RoutingHeaders {
  private static final String TOKEN_COUNT = "x-vsr-context-token-count";

  private RoutingHeaders() {}

  /**
   * The headers of a routed request. With {@code response_headers} full these are all; minimal:
   * protocols, recipe, decision and model; none: nothing.
   */
  static List<HeaderLine> of(Routed routed, RouterConfig config) {
    List<HeaderLine> lines = new ArrayList<>();
    boolean recipes = config.profiles().size() > 1;
    switch (config.global().router().responseHeaders()) {
      case NONE -> {}
      case MINIMAL -> identity(routed, recipes, lines);
      case FULL -> {
        identity(routed, recipes, lines);
        detail(routed, config, lines);
      }
    }
    return lines;
  }

  /** The headers of a request of which no more is known than where it came in. */
  static List<HeaderLine> inbound(String protocol, RouterConfig config) {
    return switch (config.global().router().responseHeaders()) {
      case NONE -> List.of();
      case MINIMAL, FULL ->
          List.of(
              new HeaderLine("x-vsr-inbound-protocol", protocol),
              new HeaderLine("x-vsr-client-protocol", protocol));
    };
  }

  private static void identity(Routed routed, boolean recipes, List<HeaderLine> lines) {
    add(lines, "x-vsr-inbound-protocol", "openai");
    add(lines, "x-vsr-outbound-protocol", "openai");
    add(lines, "x-vsr-client-protocol", "openai");
    add(lines, "x-vsr-upstream-protocol", "openai");
    if (recipes) {
      add(lines, "x-vsr-selected-recipe", routed.profile().name());
    }
    routed
        .verdict()
        .winner()
        .ifPresent(winner -> add(lines, "x-vsr-selected-decision", winner.decision().name()));
    model(routed.outcome()).ifPresent(model -> add(lines, "x-vsr-selected-model", model));
  }

  private static void detail(Routed routed, RouterConfig config, List<HeaderLine> lines) {
    routed.verdict().winner().ifPresent(winner -> winner(winner, lines));
    add(lines, "x-vsr-selected-reasoning", Reasoning.of(routed.outcome(), config).mode().word());
    modality(routed.signals()).ifPresent(by -> add(lines, "x-vsr-selected-modality", by));
    add(lines, "x-vsr-injected-system-prompt", "false");
    if (routed.contextTokens() > 0) {
      add(lines, TOKEN_COUNT, Long.toString(routed.contextTokens()));
    }
    Map<Family, Set<String>> matched = new EnumMap<>(Family.class);
    for (SignalHits.Hit hit : routed.signals().matched()) {
      String name = printable(hit.key().name()).replace(",", "%2C");
      matched.computeIfAbsent(hit.key().family(), family -> new LinkedHashSet<>()).add(name);
    }
    matched.forEach(
        (family, names) -> add(lines, "x-vsr-matched-" + word(family), String.join(",", names)));
    lines.addAll(SafetyHeaders.of(routed));
    String degraded =
        routed.signals().degraded().stream()
            .map(run -> run.family().type())
            .collect(Collectors.joining(","));
    if (!degraded.isEmpty()) {
      add(lines, "x-vsr-signals-degraded", degraded);
      add(lines, "x-vsr-signals-on-failure", onFailure(routed.signals()));
    }
    String coverage = coverage(routed.signals());
    if (!coverage.isEmpty()) {
      add(lines, "x-vsr-signal-coverage", coverage);
    }
  }

  /** How long the request is, and that nobody has counted it: no tokenizer of a backend is here. */
  static HeaderLine explained(Routed routed) {
    return new HeaderLine(TOKEN_COUNT, routed.contextTokens() + ";estimate");
  }

  /** What a declared rule of modality says the request wants, and who said so. */
  private static Optional<String> modality(SignalHits signals) {
    return signals.matched().stream()
        .filter(hit -> hit.key().family() == Family.MODALITY)
        .findFirst()
        .map(hit ->
            hit.key().name().toUpperCase(Locale.ROOT) + ";" + String.join("", hit.evidence()));
  }

  /** What became of the request for each family that failed, in the same order. */
  private static String onFailure(SignalHits signals) {
    return signals.degraded().stream()
        .map(run -> run.onFailure().word())
        .collect(Collectors.joining(","));
  }

  /** The share of the tokens that was read, of families that did not read all. */
  private static String coverage(SignalHits signals) {
    return signals.runs().stream()
        .filter(run -> run.coverage().read() < run.coverage().present())
        .map(run ->
            String.format(Locale.ROOT, "%s=%.4f", run.family().type(), run.coverage().share()))
        .collect(Collectors.joining(","));
  }

  private static void winner(Winner winner, List<HeaderLine> lines) {
    winner.category().ifPresent(category -> add(lines, "x-vsr-selected-category", category));
    String confidence = String.format(Locale.ROOT, "%.4f", winner.confidence());
    add(lines, "x-vsr-selected-confidence", confidence);
  }

  private static Optional<String> model(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Selected selected -> Optional.of(selected.model());
      case Outcome.Kept(String model) -> Optional.of(model);
      case Outcome.UnknownModel unknown -> Optional.empty();
      case Outcome.Denied denied -> Optional.empty();
      case Outcome.NoModel none -> Optional.empty();
      case Outcome.Refused refused -> Optional.empty();
      case Outcome.Overloaded overloaded -> Optional.empty();
      case Outcome.TooLarge large -> Optional.empty();
      case Outcome.Withdrawn() -> Optional.empty();
    };
  }

  private static String word(Family family) {
    return switch (family) {
      case KEYWORD -> "keywords";
      case EMBEDDING -> "embeddings";
      case DOMAIN -> "domains";
      case PROJECTION -> "projections";
      case AUTHZ, COMPLEXITY, CONTEXT, CONVERSATION, EVENT, FACT_CHECK, JAILBREAK, KB, LANGUAGE -> {
        yield family.type().replace('_', '-');
      }
      case MODALITY, PII, PREFERENCE, REASK, STRUCTURE, USER_FEEDBACK -> {
        yield family.type().replace('_', '-');
      }
    };
  }

  private static void add(List<HeaderLine> lines, String name, String value) {
    lines.add(new HeaderLine(name, printable(value)));
  }

  /** What a header cannot hold as it is becomes percent-encoded UTF-8. */
  static String printable(String text) {
    if (isPrintable(text)) {
      return text;
    }
    StringBuilder safe = new StringBuilder();
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      int c = b & 0xff;
      if (c >= 0x20 && c < 0x7f) {
        safe.append((char) c);
      } else {
        safe.append(String.format(Locale.ROOT, "%%%02X", c));
      }
    }
    return safe.toString();
  }

  private static boolean isPrintable(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < 0x20 || c >= 0x7f) {
        return false;
      }
    }
    return true;
  }
}
