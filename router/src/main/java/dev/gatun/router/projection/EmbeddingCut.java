package dev.gatun.router.projection;

import dev.gatun.router.signal.Family;
import dev.gatun.router.signal.SignalHits.Hit;
import dev.gatun.router.signal.SignalHits.Recorder;
import dev.gatun.router.signal.SignalKey;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Keeps only the best matches among embedding rules.
 *
 * @param most how many are kept of each group; 0 keeps all
 * @param groups which group a rule belongs to, by its name; a rule not named here is of the group
 *     of text
 */
public record EmbeddingCut(int most, Map<String, String> groups) {
  private static final Comparator<Hit> BEST_FIRST =
      Comparator.comparingDouble(Hit::confidence).reversed().thenComparing(hit -> hit.key().name());

  public EmbeddingCut {
    if (most < 0) {
      throw new IllegalArgumentException("cannot keep " + most + " matches");
    }
    groups = Map.copyOf(groups);
  }

  /** A cut over all rules together. */
  public static EmbeddingCut to(int most) {
    return new EmbeddingCut(most, Map.of());
  }

  public static EmbeddingCut none() {
    return to(0);
  }

  /**
   * Takes back all but the best; where something is cut the rest comes best first.
   *
   * @param spared those that are never cut
   */
  void apply(Recorder recorder, Set<SignalKey> spared) {
    List<Hit> hits = recorder.matched(Family.EMBEDDING);
    if (most == 0 || hits.size() <= most) {
      return;
    }
    List<Hit> sorted = hits.stream().sorted(BEST_FIRST).toList();
    Map<String, Integer> taken = new HashMap<>();
    List<Hit> kept = new ArrayList<>();
    for (Hit hit : sorted) {
      String group = groups.getOrDefault(hit.key().name(), "text");
      boolean isBest = taken.merge(group, 1, Integer::sum) <= most;
      if (isBest || spared.contains(hit.key())) {
        kept.add(hit);
      } else {
        recorder.drop(hit.key());
      }
    }
    recorder.reorder(Family.EMBEDDING, kept);
  }
}
