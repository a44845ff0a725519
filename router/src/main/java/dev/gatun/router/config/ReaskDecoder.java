package dev.gatun.router.config;

import dev.gatun.router.model.Compatibility;
import dev.gatun.router.signal.Reask;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Reads {@code routing.signals.reasks}. */
final class ReaskDecoder {
  private final Thresholds thresholds;

  ReaskDecoder(Compatibility compatibility) {
    thresholds = new Thresholds(compatibility);
  }

  /** The rules; a threshold or number of turns of 0 is one that is not written. */
  List<Reask> rules(Section signals) {
    List<Reask> rules = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (Section section : signals.sections("reasks")) {
      double threshold = section.real("threshold").orElse(0);
      int turns = section.integer("lookback_turns").orElse(0);
      RuleNames.next(section, names, "reask")
          .ifPresent(name ->
              rules.add(
                  new Reask(
                      name,
                      thresholds.of(threshold == 0 ? Reask.THRESHOLD_DEFAULT : threshold),
                      turns == 0 ? Reask.LOOKBACK_DEFAULT : turns)));
    }
    return rules;
  }
}
