package dev.gatun.router.pipeline;

import dev.gatun.router.config.GlobalSettings;
import dev.gatun.router.config.Routing;
import dev.gatun.router.model.Compatibility;
import dev.gatun.router.projection.Score.Subject;
import dev.gatun.router.projection.Uses;
import dev.gatun.router.signal.ComparisonSettings;
import dev.gatun.router.signal.Family;
import dev.gatun.router.signal.KbRule;
import dev.gatun.router.signal.SignalKey;
import dev.gatun.router.signal.SignalRules;
import dev.gatun.router.signal.SignalSettings;
import dev.gatun.router.signal.SignalTable;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What has to be evaluated for a profile.
 *
 * @param table numbers of all signals
 * @param families those that some rule names, directly or through projections
 */
record Plan(SignalTable table, SignalRules rules, SignalSettings settings, Set<Family> families) {
  static Plan of(Routing routing, GlobalSettings global) {
    LinkedHashSet<SignalKey> keys = new LinkedHashSet<>(routing.signals().outputs());
    routing.decisions().stream().flatMap(d -> d.rule().keys()).forEach(keys::add);
    Uses.named(routing.projections()).forEach(keys::add);
    SignalSettings settings =
        new SignalSettings(
            global.domain(),
            global.detectors(),
            comparison(routing, global.comparison()),
            global.compression(),
            global.authz().failOpen(),
            global.router().failures(),
            global.router().lazySignals(),
            global.router().compatibility());
    return new Plan(SignalTable.of(keys), routing.signals(), settings, routing.families());
  }

  /** What is evaluated at a breadth. */
  Set<Family> families(Breadth breadth, Routing routing) {
    Set<Family> all = EnumSet.noneOf(Family.class);
    all.addAll(families);
    switch (breadth) {
      case NEEDED -> {}
      case PROJECTED -> {
        // Upstream's trace shows what was computed from what was not asked.
        if (settings.compatibility() == Compatibility.GATUN) {
          projected(routing).forEach(all::add);
        }
      }
      case EVERYTHING -> {
        projected(routing).forEach(all::add);
        rules.outputs().forEach(key -> all.add(key.family()));
      }
    }
    return all;
  }

  private static Stream<Family> projected(Routing routing) {
    return Uses.named(routing.projections())
        .map(SignalKey::family)
        .filter(family -> family != Family.PROJECTION);
  }

  /** With the knowledge bases that this profile names, and not those of others. */
  private static ComparisonSettings comparison(Routing routing, ComparisonSettings all) {
    Set<String> named = new HashSet<>();
    routing.signals().of(KbRule.class).forEach(rule -> named.add(rule.kb()));
    routing.projections().scores().stream()
        .flatMap(score -> score.inputs().stream())
        .forEach(input -> {
          if (input.subject() instanceof Subject.Metric(String kb, String _)) {
            named.add(kb);
          }
        });
    return all.with(all.bases().stream().filter(base -> named.contains(base.name())).toList());
  }
}
