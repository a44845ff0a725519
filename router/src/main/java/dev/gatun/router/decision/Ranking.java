package dev.gatun.router.decision;

import dev.gatun.router.decision.Verdict.DecidedBy;
import dev.gatun.router.model.Compatibility;
import java.util.List;

/**
 * The order among decisions that match: by tier, confidence, priority, name where tiers are in
 * force; else by priority, confidence, name, or confidence, priority, name.
 */
final class Ranking {
  private static final DecidedBy[] BY_TIER = {
    DecidedBy.TIER, DecidedBy.CONFIDENCE, DecidedBy.PRIORITY, DecidedBy.NAME
  };
  private static final DecidedBy[] BY_PRIORITY = {
    DecidedBy.PRIORITY, DecidedBy.CONFIDENCE, DecidedBy.NAME
  };
  private static final DecidedBy[] BY_CONFIDENCE = {
    DecidedBy.CONFIDENCE, DecidedBy.PRIORITY, DecidedBy.NAME
  };

  private final boolean upstream;
  private final boolean hasTiers;
  private final DecidedBy[] untiered;

  Ranking(List<Decision> decisions, Strategy strategy, Compatibility compatibility) {
    upstream = compatibility == Compatibility.UPSTREAM_0_3;
    hasTiers = decisions.stream().anyMatch(decision -> decision.tier() > 0);
    untiered =
        switch (strategy) {
          case PRIORITY -> BY_PRIORITY;
          case CONFIDENCE -> BY_CONFIDENCE;
        };
  }

  /** Whether the order depends on which decisions match, as upstream's does. */
  boolean dependsOnMatches() {
    return upstream && hasTiers;
  }

  /**
   * The fields that count, most important first.
   *
   * @param tierMatched whether a decision with a tier is among those to be ordered
   */
  DecidedBy[] fields(boolean tierMatched) {
    return (upstream ? tierMatched : hasTiers) ? BY_TIER : untiered;
  }

  /** The first field in which the two differ; {@code NAME} when they differ in nothing else. */
  DecidedBy difference(DecidedBy[] fields, Decision a, double ca, Decision b, double cb) {
    for (DecidedBy field : fields) {
      if (compare(field, a, ca, b, cb) != 0) {
        return field;
      }
    }
    return DecidedBy.NAME;
  }

  /** Negative when {@code a} comes first. */
  int compare(DecidedBy[] fields, Decision a, double ca, Decision b, double cb) {
    for (DecidedBy field : fields) {
      int order = compare(field, a, ca, b, cb);
      if (order != 0) {
        return order;
      }
    }
    return 0;
  }

  /**
   * Whether {@code a} comes first whatever the confidences are that are not known.
   *
   * @param ca NaN when it is not known
   * @param cb NaN when it is not known
   */
  boolean isSurelyBefore(DecidedBy[] fields, Decision a, double ca, Decision b, double cb) {
    for (DecidedBy field : fields) {
      if (field == DecidedBy.CONFIDENCE && (Double.isNaN(ca) || Double.isNaN(cb))) {
        return false;
      }
      int order = compare(field, a, ca, b, cb);
      if (order != 0) {
        return order < 0;
      }
    }
    return false;
  }

  private int compare(DecidedBy field, Decision a, double ca, Decision b, double cb) {
    return switch (field) {
      case TIER -> Integer.compare(tier(a), tier(b));
      case CONFIDENCE -> Double.compare(cb, ca);
      case PRIORITY -> Integer.compare(b.priority(), a.priority());
      case NAME -> a.name().compareTo(b.name());
      case ONLY_MATCH -> 0;
    };
  }

  /** Without a tier a decision comes last; upstream puts it first. */
  private int tier(Decision decision) {
    return decision.tier() == 0 && !upstream ? Integer.MAX_VALUE : decision.tier();
  }
}
