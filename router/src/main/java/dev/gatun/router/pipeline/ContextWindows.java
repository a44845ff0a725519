package dev.gatun.router.pipeline;

import dev.gatun.router.model.ModelCard;
import dev.gatun.router.model.ModelRef;
import dev.gatun.router.port.Tokens;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How many tokens each model takes at once, request and answer together (spec selection §1).
 *
 * @param byModel by the names of cards and their adapters; without an entry nothing is known
 */
record ContextWindows(Map<String, Long> byModel) {
  /** The share of an estimate that a request has at least. */
  private static final double SURE_SHARE = 0.9;

  ContextWindows {
    byModel = Map.copyOf(byModel);
  }

  static ContextWindows of(List<ModelCard> cards) {
    Map<String, Long> byModel = new HashMap<>();
    for (ModelCard card : cards) {
      long tokens = card.contextWindow().orElse(0);
      if (tokens > 0) {
        byModel.put(card.name(), tokens);
        card.loras().forEach(lora -> byModel.putIfAbsent(lora.name(), tokens));
      }
    }
    return new ContextWindows(byModel);
  }

  /**
   * What remains of the candidates of a decision.
   *
   * @param candidates in their order; at least one
   * @param notes why others are not among them, or that nothing fits
   */
  record Fitting(List<ModelRef> candidates, List<String> notes) {
    Fitting {
      candidates = List.copyOf(candidates);
      notes = List.copyOf(notes);
    }

    static Fitting all(List<ModelRef> candidates) {
      return new Fitting(candidates, List.of());
    }
  }

  /**
   * Passes over those into whose window a request surely does not fit; where it fits into none, the
   * largest is tried.
   *
   * @param candidates at least one
   * @param bytes of the texts that are sent, in UTF-8
   * @param answer tokens that the client wants to have room for
   */
  Fitting fitting(List<ModelRef> candidates, long bytes, long answer, Tokens tokens) {
    List<ModelRef> fitting = new ArrayList<>();
    List<String> notes = new ArrayList<>();
    for (ModelRef candidate : candidates) {
      long request = tokens.estimate(candidate.servedName()).tokens(bytes);
      if (SURE_SHARE * request + answer <= window(candidate)) {
        fitting.add(candidate);
      } else {
        notes.add(
            candidate.servedName()
                + " takes "
                + window(candidate)
                + " tokens, too few for about "
                + request
                + " and an answer of "
                + answer);
      }
    }
    if (fitting.isEmpty()) {
      ModelRef largest =
          candidates.stream().max(Comparator.comparingLong(this::window)).orElseThrow();
      fitting.add(largest);
      notes.add(largest.servedName() + " is tried, because none takes more");
    }
    return new Fitting(fitting, notes);
  }

  private long window(ModelRef candidate) {
    return byModel.getOrDefault(candidate.model(), Long.MAX_VALUE);
  }
}
