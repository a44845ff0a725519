package dev.gatun.router.pipeline;

import dev.gatun.router.port.Embedding;
import dev.gatun.router.projection.Partition;
import dev.gatun.router.projection.Partition.Semantics;
import dev.gatun.router.signal.Family;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Members of softmax partitions whose examples lie so close together that little decides which of
 * them wins (spec projections-decisions §1).
 */
final class LikeMembers {
  /** The cosine of two means from which they are close. */
  private static final double CLOSE = 0.7;

  private LikeMembers() {}

  /**
   * One line for each such pair.
   *
   * @param means of embedding rules, by name
   */
  static List<String> notices(List<Partition> partitions, Map<String, Embedding> means) {
    List<String> notices = new ArrayList<>();
    for (Partition partition : partitions) {
      if (partition.family() == Family.EMBEDDING && partition.semantics() != Semantics.EXCLUSIVE) {
        List<String> known = partition.members().stream().filter(means::containsKey).toList();
        for (int i = 0; i < known.size(); i++) {
          for (String other : known.subList(i + 1, known.size())) {
            notice(partition, known.get(i), other, means).ifPresent(notices::add);
          }
        }
      }
    }
    return notices;
  }

  private static Optional<String> notice(
      Partition partition, String one, String other, Map<String, Embedding> means) {
    double cosine =
        Objects.requireNonNull(means.get(one)).cosine(Objects.requireNonNull(means.get(other)));
    return cosine < CLOSE
        ? Optional.empty()
        : Optional.of(
            "partition "
                + partition.name()
                + ": the examples of "
                + one
                + " and "
                + other
                + " are alike (cosine "
                + String.format(Locale.ROOT, "%.2f", cosine)
                + "), so little decides which of them wins");
  }
}
