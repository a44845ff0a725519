package dev.gatun.router.config;

import dev.gatun.router.config.Node.Entry;
import dev.gatun.router.config.Node.Mapping;
import dev.gatun.router.config.Node.Scalar;
import dev.gatun.router.decision.Decision;
import dev.gatun.router.projection.Boost;
import dev.gatun.router.signal.Family;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads {@code boost} of a decision, which then never wins. */
final class BoostDecoder {
  private BoostDecoder() {}

  static Boost boost(Section routing, Section section, Decision decision) {
    List<String> targets = new ArrayList<>();
    routing
        .section("projections")
        .sections("scores")
        .forEach(score -> score.text("name").ifPresent(targets::add));
    routing
        .section("signals")
        .sections("domains")
        .forEach(domain -> domain.text("name").ifPresent(targets::add));
    if (!decision.candidates().isEmpty()) {
      section.error(
          "boost",
          "decision \"" + decision.name() + "\" has both boost and modelRefs",
          "a decision with boost never wins; remove one of the two");
    }
    if (decision.rule().keys().anyMatch(key -> key.family() == Family.PROJECTION)) {
      section.error(
          "boost",
          "decision \"" + decision.name() + "\" adds to scores and asks for what they give",
          "name signals in its rules, not projections");
    }
    return new Boost(decision.name(), decision.rule(), weights(section, targets));
  }

  private static Map<String, Double> weights(Section section, List<String> targets) {
    Map<String, Double> weights = new LinkedHashMap<>();
    if (section.value("boost").orElseThrow() instanceof Mapping(Position at, List<Entry> entries)) {
      for (Entry entry : entries) {
        if (!targets.contains(entry.key())) {
          section
              .report()
              .error(
                  entry.position(),
                  section.path() + ".boost",
                  "\"" + entry.key() + "\" is neither a score nor a domain",
                  Report.didYouMean(entry.key(), targets, "name a declared score or domain"));
        } else if (entry.value() instanceof Scalar scalar) {
          Scalars.real(scalar).ifPresent(weight -> weights.put(entry.key(), weight));
        }
      }
    }
    return weights;
  }
}
