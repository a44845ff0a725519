package dev.gatun.router.config;

import dev.gatun.router.model.Compatibility;
import dev.gatun.router.projection.Partition;
import dev.gatun.router.projection.Partition.Semantics;
import dev.gatun.router.signal.Domain;
import dev.gatun.router.signal.Family;
import java.util.List;

/** Partitions whose members can never match together, so that there is nothing to decide. */
final class PartitionCheck {
  /** Two of a classifier's labels that add up to 1 cannot both be above this. */
  private static final double EVEN = 0.5;

  private PartitionCheck() {}

  static void of(ReadProfile profile) {
    GlobalSettings global = profile.config().global();
    double threshold = global.domain().threshold();
    if (profile.root().report().hasErrors(profile.section().path())) {
      return; // what could not be read is not in the list, and the others would be misplaced
    }
    // Upstream gives one domain at most; there every such partition is a list of alternatives.
    if (threshold <= EVEN || global.router().compatibility() == Compatibility.UPSTREAM_0_3) {
      return;
    }
    List<Partition> partitions = profile.routing().projections().partitions();
    List<Section> sections = profile.projections().sections("partitions");
    for (int i = 0; i < partitions.size(); i++) {
      if (isLone(partitions.get(i), profile.routing().domains())) {
        sections
            .get(i)
            .warning(
                "members",
                "two domains never both reach the threshold of "
                    + threshold
                    + ", so this partition has nothing to decide",
                "lower global.model_catalog.modules.classifier.domain.threshold to 0.5 or less,"
                    + " or remove the partition");
      }
    }
  }

  /** Whether its members are known by the classifier alone, and only those that match contend. */
  private static boolean isLone(Partition partition, List<Domain> domains) {
    return partition.family() == Family.DOMAIN
        && partition.semantics() != Semantics.SOFTMAX_ALL
        && partition.members().size() > 1
        && domains.stream()
            .filter(domain -> partition.members().contains(domain.name()))
            .noneMatch(domain -> domain.isKnownOtherwise(domains));
  }
}
