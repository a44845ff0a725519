package dev.gatun.router.config;

import dev.gatun.router.signal.Domain;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads {@code routing.signals.domains}. */
final class DomainDecoder {
  private DomainDecoder() {}

  static List<Domain> domains(Section signals) {
    List<Domain> domains = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (Section section : signals.sections("domains")) {
      Optional<String> name = RuleNames.next(section, names, "domain");
      checkCategories(section);
      name.ifPresent(n ->
          domains.add(
              new Domain(
                  n,
                  section.text("description").orElse(""),
                  section.texts("mmlu_categories"),
                  modelScores(section))));
    }
    return domains;
  }

  private static void checkCategories(Section section) {
    for (Node.Scalar scalar : section.scalars("mmlu_categories")) {
      String label = scalar.text();
      if (!Domain.LABELS.contains(label)) {
        String spaced = label.replace('_', ' ');
        section
            .report()
            .error(
                scalar.position(),
                section.path() + ".mmlu_categories",
                "\"" + scalar.shown() + "\" is no category of the domain classifier",
                Domain.LABELS.contains(spaced)
                    ? "did you mean \"" + spaced + "\"?"
                    : Report.didYouMean(
                        label, Domain.LABELS, "write one of " + String.join(", ", Domain.LABELS)));
      }
    }
  }

  private static Map<String, Double> modelScores(Section domain) {
    Map<String, Double> scores = new HashMap<>();
    for (Section section : domain.sections("model_scores")) {
      section.text("model").ifPresent(m -> scores.put(m, section.real("score").orElse(0)));
    }
    return scores;
  }
}
