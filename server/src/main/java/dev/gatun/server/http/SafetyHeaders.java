package dev.gatun.server.http;

import dev.gatun.router.decision.Verdict.Winner;
import dev.gatun.router.pipeline.Routed;
import dev.gatun.router.signal.Family;
import dev.gatun.router.signal.SignalHits.Hit;
import dev.gatun.router.signal.SignalKey;
import dev.gatun.server.upstream.HeaderLine;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a decision that refuses requests found in this one: an attack, or personal data (spec
 * projections-decisions §10). It refuses where it has a {@value #REFUSAL} and a rule that asks for
 * them; what others find is among the matched signals alone.
 */
final class SafetyHeaders {
  private static final String REFUSAL = "fast_response";

  private SafetyHeaders() {}

  static List<HeaderLine> of(Routed routed) {
    return routed
        .verdict()
        .winner()
        .map(Winner::decision)
        .filter(decision -> decision.plugins().contains(REFUSAL))
        .map(decision -> decision.rule().positive().collect(Collectors.toSet()))
        .map(asked -> of(routed, asked))
        .orElse(List.of());
  }

  private static List<HeaderLine> of(Routed routed, Set<SignalKey> asked) {
    List<HeaderLine> lines = new ArrayList<>();
    List<Hit> attacks = found(routed, Family.JAILBREAK, asked);
    if (!attacks.isEmpty()) {
      double most = attacks.stream().mapToDouble(Hit::confidence).max().orElseThrow();
      Stream<String> ways = attacks.stream().flatMap(hit -> hit.evidence().stream());
      lines.add(new HeaderLine("x-vsr-jailbreak-blocked", "true"));
      lines.add(new HeaderLine("x-vsr-jailbreak-type", listed(ways)));
      lines.add(
          new HeaderLine("x-vsr-jailbreak-confidence", String.format(Locale.ROOT, "%.3f", most)));
    }
    List<Hit> personal = found(routed, Family.PII, asked);
    if (!personal.isEmpty()) {
      lines.add(new HeaderLine("x-vsr-pii-violation", "true"));
      String types =
          listed(
              personal.stream()
                  .flatMap(hit -> hit.spans().stream())
                  .map(span -> span.mention().type()));
      // What could not be searched is suspicious, but of no type.
      if (!types.isEmpty()) {
        lines.add(new HeaderLine("x-vsr-pii-types", types));
      }
    }
    return lines;
  }

  private static List<Hit> found(Routed routed, Family family, Set<SignalKey> asked) {
    return routed.signals().matched(family).stream()
        .filter(hit -> asked.contains(hit.key()))
        .toList();
  }

  private static String listed(Stream<String> words) {
    return words
        .distinct()
        .map(word -> RoutingHeaders.printable(word).replace(",", "%2C"))
        .collect(Collectors.joining(","));
  }
}
