package dev.gatun.router.config;

import dev.gatun.router.signal.Domain;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
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
      Optional<String> name = RuleNames.unchecked(section, names, "domain rule");
      checkCategories(section);
      name.ifPresent(n ->
          domains.add(
              new Domain(
                  n,
                  section.text("description").orElse(""),
                  section.texts("mmlu_categories"),
                  modelScores(section),
                  section.text("parent"),
                  examples(section))));
    }
    checkParents(signals, domains);
    return domains;
  }

  private static List<String> examples(Section section) {
    List<String> examples =
        section.texts("examples").stream().filter(text -> !text.isBlank()).distinct().toList();
    if (section.has("examples") && examples.size() < Domain.EXAMPLES_MIN) {
      section.error(
          "examples",
          examples.size() + " different examples are too few to tell what is like them",
          "write at least " + Domain.EXAMPLES_MIN);
      return List.of();
    }
    return examples;
  }

  private static void checkParents(Section signals, List<Domain> domains) {
    Map<String, String> parents = new LinkedHashMap<>();
    domains.forEach(domain -> domain.parent().ifPresent(p -> parents.put(domain.name(), p)));
    List<String> names = domains.stream().map(Domain::name).toList();
    for (Section section : signals.sections("domains")) {
      section
          .text("parent")
          .ifPresent(parent -> {
            if (!names.contains(parent)) {
              section.error(
                  "parent",
                  "the parent \"" + parent + "\" is no domain of this file",
                  Report.didYouMean(parent, names, "declare it in routing.signals.domains"));
            } else if (section
                .text("name")
                .map(name -> isOwnAncestor(name, parents))
                .orElse(false)) {
              section.error(
                  "parent",
                  "the domain is a part of itself by way of its parents",
                  "remove one parent");
            }
          });
    }
  }

  private static boolean isOwnAncestor(String name, Map<String, String> parents) {
    String ancestor = parents.get(name);
    for (int i = 0; i < parents.size() && ancestor != null && !ancestor.equals(name); i++) {
      ancestor = parents.get(ancestor);
    }
    return name.equals(ancestor);
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
