package dev.gatun.router.config;

import dev.gatun.router.model.ModelCard;
import java.util.List;
import java.util.Locale;

/** Checks {@code algorithm} of a decision; of the algorithms only static runs. */
final class AlgorithmDecoder {
  /** How far weights may be from 1 together. */
  private static final double WEIGHT_TOLERANCE = 0.01;

  private static final String REQUIRED = "require_descriptions";

  private static final List<String> BASE_METHODS =
      List.of(
          "static",
          "elo",
          "router_dc",
          "automix",
          "hybrid",
          "latency_aware",
          "multi_factor",
          "rl_driven",
          "gmtrouter",
          "knn",
          "kmeans",
          "svm",
          "mlp",
          "session_aware");

  private final CardDecoder cards;

  AlgorithmDecoder(CardDecoder cards) {
    this.cards = cards;
  }

  void check(Section decision, String name) {
    if (!decision.has("algorithm")) {
      return;
    }
    Section section = decision.section("algorithm");
    String written = section.text("type").orElse("");
    String type = written.strip().toLowerCase(Locale.ROOT);
    List<String> blocks = AlgorithmSchema.BLOCKS.keySet().stream().filter(section::has).toList();
    if (blocks.size() > 1) {
      section.error(
          blocks.get(1),
          "the algorithm of decision \""
              + name
              + "\" has several blocks: "
              + String.join(", ", blocks),
          "keep the one that is called like its type");
    }
    for (String block : blocks) {
      if (!block.equals(type)) {
        section.error(
            block,
            "decision \""
                + name
                + "\" has an algorithm of type \""
                + type
                + "\" with a block "
                + block,
            "the block must be called like the type");
      }
    }
    checkType(section, written, type, name);
    switch (type) {
      case "latency_aware" -> latency(section, name);
      case "session_aware" -> session(section.section(type), name);
      case "hybrid" -> weights(section.section(type), of(name));
      case "router_dc" -> descriptions(decision, section.section(type), name);
      case "remom" -> breadth(section, name);
      default -> {}
    }
  }

  /**
   * Checks what decisions take that say nothing themselves. Any of them may, now or later, so with
   * {@code require_descriptions} every card needs one.
   */
  static void ofAll(Section router, CardDecoder cards) {
    Section selection = router.section("model_selection");
    weights(selection.section("hybrid"), "");
    Section contrastive = selection.section("router_dc");
    List<String> silent =
        cards.cards().stream()
            .filter(card -> card.description().isEmpty())
            .map(ModelCard::name)
            .toList();
    if (contrastive.flag(REQUIRED, false) && !silent.isEmpty()) {
      contrastive.unnoticed(
          REQUIRED,
          "router_dc requires descriptions, and the cards of these models have none: "
              + Report.quoted(silent),
          "write description at the cards");
    }
  }

  /** At least one percentile is needed, and each is one. */
  private void latency(Section algorithm, String name) {
    Section section = algorithm.section("latency_aware");
    int set = 0;
    for (String key : List.of("tpot_percentile", "ttft_percentile")) {
      long percentile = section.whole(key).orElse(0);
      if (percentile > 100) {
        section.error(key, "must be from 1 to 100" + of(name), "choose a value in that range");
      } else if (percentile < 0) {
        section.unnoticed(key, "must be from 1 to 100" + of(name), "choose a value in that range");
      }
      set += percentile > 0 ? 1 : 0;
    }
    if (set == 0) {
      algorithm.error(
          "latency_aware",
          "the algorithm latency_aware needs a percentile" + of(name),
          "write latency_aware: {tpot_percentile: 50, ttft_percentile: 50}");
    } else if (set == 1) {
      section.warning(
          "tpot_percentile",
          "only one of the two percentiles is compared" + of(name),
          "write tpot_percentile and ttft_percentile");
    }
  }

  private void session(Section section, String name) {
    String horizon = "remaining_turn_prior_horizon";
    if (section.has(horizon) && section.real(horizon).orElse(1) == 0) {
      section.error(horizon, "must be above 0" + of(name), "write for example 8");
    }
    section
        .text("base_method")
        .filter(method -> !BASE_METHODS.contains(method))
        .ifPresent(method ->
            section.unnoticed(
                "base_method",
                "\"" + method + "\" is no algorithm to begin with" + of(name),
                Report.didYouMean(
                    method, BASE_METHODS, "write one of " + String.join(", ", BASE_METHODS))));
  }

  private static void weights(Section section, String where) {
    double sum =
        section.real("elo_weight").orElse(0.3)
            + section.real("router_dc_weight").orElse(0.3)
            + section.real("automix_weight").orElse(0.2)
            + section.real("cost_weight").orElse(0.2);
    if (Math.abs(sum - 1) > WEIGHT_TOLERANCE) {
      section.unnoticed(
          "elo_weight",
          "the weights of hybrid add up to " + Math.round(sum * 1000) / 1000.0 + where,
          "make elo_weight, router_dc_weight, automix_weight and cost_weight add up to 1;"
              + " left out they are 0.3, 0.3, 0.2 and 0.2");
    }
  }

  private void descriptions(Section decision, Section section, String name) {
    if (!section.flag(REQUIRED, false)) {
      return;
    }
    for (Section candidate : decision.sections("modelRefs")) {
      boolean silent =
          candidate
              .text("model")
              .flatMap(cards::serving)
              .filter(card -> card.description().isEmpty())
              .isPresent();
      if (silent) {
        candidate.unnoticed(
            "model",
            "router_dc requires descriptions, and this model's card has none" + of(name),
            "write description at the card");
      }
    }
  }

  private void breadth(Section algorithm, String name) {
    if (algorithm.has("remom")
        && algorithm.section("remom").scalars("breadth_schedule").isEmpty()) {
      algorithm.unnoticed(
          "remom", "remom needs a breadth_schedule" + of(name), "write breadth_schedule: [4]");
    }
  }

  private static String of(String name) {
    return " (decision \"" + name + "\")";
  }

  private static void checkType(Section section, String written, String type, String name) {
    List<String> known = Forms.algorithms();
    if (type.isEmpty() || DecisionSchema.ALGORITHMS_RUNNING.contains(type)) {
      return;
    }
    if (known.contains(type)) {
      section.unsupported("type", "the algorithm " + type + " of decision \"" + name + "\"");
    } else {
      section.unnoticed(
          "type",
          "\"" + written + "\" is no algorithm (decision \"" + name + "\")",
          Report.didYouMean(type, known, "write one of " + String.join(", ", known)));
    }
  }
}
