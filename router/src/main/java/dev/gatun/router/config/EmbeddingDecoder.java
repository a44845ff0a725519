package dev.gatun.router.config;

import dev.gatun.router.model.Compatibility;
import dev.gatun.router.signal.EmbeddingRule;
import dev.gatun.router.signal.EmbeddingRule.Aggregation;
import dev.gatun.router.signal.EmbeddingRule.Modality;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads {@code routing.signals.embeddings}. */
final class EmbeddingDecoder {
  /** Methods that do not do what their names say. */
  private static final Set<String> UNCLEAR = Set.of("max", "any");

  private final Compatibility compatibility;

  EmbeddingDecoder(Compatibility compatibility) {
    this.compatibility = compatibility;
  }

  List<EmbeddingRule> rules(Section signals) {
    List<EmbeddingRule> rules = new ArrayList<>();
    Set<String> names = new HashSet<>();
    boolean told = false;
    for (Section section : signals.sections("embeddings")) {
      Optional<String> name = RuleNames.unchecked(section, names, "embedding rule");
      List<String> candidates = candidates(section);
      String method = section.word("aggregation_method").orElse("");
      if (!told && compatibility == Compatibility.GATUN && UNCLEAR.contains(method)) {
        told = true;
        section.warning(
            "aggregation_method",
            "\"" + method + "\" weighs the best similarity with those after it, as v0.3 does",
            "write blend for the same, or best for the highest similarity alone");
      }
      Optional<Modality> modality = modality(section);
      if (name.isPresent() && modality.isPresent() && !candidates.isEmpty()) {
        double threshold = new Thresholds(compatibility).of(section.real("threshold").orElse(0));
        rules.add(
            new EmbeddingRule(
                name.get(),
                modality.get(),
                threshold,
                candidates,
                aggregation(method),
                Calibrations.of(section, threshold)));
      }
    }
    return rules;
  }

  private static Optional<Modality> modality(Section section) {
    String word = section.word("query_modality").orElse(Modality.TEXT.word());
    return Arrays.stream(Modality.values()).filter(m -> m.word().equals(word)).findFirst();
  }

  private List<String> candidates(Section section) {
    List<String> candidates =
        section.texts("candidates").stream().filter(c -> !c.isBlank()).toList();
    if (candidates.isEmpty()) {
      String message = "an embedding rule needs candidates to compare with";
      String hint = "list some texts that it is for";
      switch (compatibility) {
        case GATUN -> section.error("candidates", message, hint);
        case UPSTREAM_0_3 -> section.warning("candidates", message, hint);
      }
    } else if (!section.has("threshold")) {
      section.warning(
          "threshold", "without a threshold almost every text matches", "write for example 0.6");
    }
    return candidates;
  }

  private static Aggregation aggregation(String method) {
    return switch (method) {
      case "mean" -> Aggregation.MEAN;
      case "best" -> Aggregation.BEST;
      default -> Aggregation.BLEND;
    };
  }
}
