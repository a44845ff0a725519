package dev.gatun.router.config;

import dev.gatun.router.model.Compatibility;
import dev.gatun.router.signal.Preference;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads {@code routing.signals.preferences}. */
final class PreferenceDecoder {
  private final Compatibility compatibility;

  PreferenceDecoder(Compatibility compatibility) {
    this.compatibility = compatibility;
  }

  List<Preference> rules(Section signals) {
    List<Preference> rules = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (Section section : signals.sections("preferences")) {
      Optional<String> name = RuleNames.unchecked(section, names, "preference rule");
      if (name.isPresent()) {
        Preference rule =
            new Preference(
                name.get(),
                section.text("description").orElse(""),
                section.texts("examples").stream().filter(e -> !e.isBlank()).toList(),
                new Thresholds(compatibility).of(section.real("threshold").orElse(0)));
        checkSupport(section, rule);
        rules.add(rule);
      }
    }
    return rules;
  }

  /** A rule without texts has a score of 0, whatever is asked. */
  private void checkSupport(Section section, Preference rule) {
    if (compatibility == Compatibility.GATUN && rule.support().isEmpty()) {
      section.warning(
          "name",
          "the preference \"" + rule.name() + "\" has neither a description nor examples",
          "write some, or it never fits better than others");
    }
  }
}
