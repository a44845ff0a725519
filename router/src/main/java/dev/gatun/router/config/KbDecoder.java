package dev.gatun.router.config;

import dev.gatun.router.model.Compatibility;
import dev.gatun.router.signal.KbRule;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Reads {@code routing.signals.kb}. Whether the targets exist, {@link KnowledgeBaseDecoder} says.
 */
final class KbDecoder {
  private static final double MIDPOINT = 0.5;

  private final Compatibility compatibility;

  KbDecoder(Compatibility compatibility) {
    this.compatibility = compatibility;
  }

  List<KbRule> rules(Section signals) {
    List<KbRule> rules = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (Section section : signals.sections("kb")) {
      Optional<String> name = RuleNames.next(section, names, "kb");
      Optional<String> kb = section.text("kb");
      Section target = section.section("target");
      Optional<String> kind = target.word("kind");
      Optional<String> value = target.text("value");
      if (kb.isEmpty()) {
        section.error("kb", "a kb rule needs a knowledge base", "write kb: with its name");
      }
      if (target.isUnwritten("kind")) {
        target.error("kind", "a kb rule needs a target.kind", "write kind: label or group");
      }
      if (value.isEmpty()) {
        target.error("value", "a kb rule needs a target.value", "name a label or group of the kb");
      }
      if (name.isPresent() && kb.isPresent() && kind.isPresent() && value.isPresent()) {
        rules.add(
            new KbRule(
                name.get(),
                kb.get(),
                kind.get().equals("group"),
                value.get(),
                isBest(section),
                Calibrations.of(section, MIDPOINT)));
      }
    }
    return rules;
  }

  /** Upstream takes another spelling than its own for a threshold. */
  private boolean isBest(Section section) {
    boolean best = section.word("match").orElse("").equals("best");
    boolean written = section.text("match").orElse("").equals("best");
    if (best && !written && compatibility == Compatibility.UPSTREAM_0_3) {
      section.warning("match", "v0.3 takes this spelling for threshold", "write match: best");
      return false;
    }
    return best;
  }
}
