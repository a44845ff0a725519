package dev.gatun.router.projection;

import dev.gatun.router.model.Compatibility;
import dev.gatun.router.projection.Partition.Semantics;
import dev.gatun.router.projection.ProjectionTrace.Contender;
import dev.gatun.router.projection.ProjectionTrace.PartitionTrace;
import dev.gatun.router.signal.Family;
import dev.gatun.router.signal.SignalHits.Hit;
import dev.gatun.router.signal.SignalHits.Recorder;
import dev.gatun.router.signal.SignalKey;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * Leaves one winner of every partition: first those of domains, then those of embeddings, each on
 * what the one before it left. One instance serves one request.
 */
final class Partitions {
  private static final int MEMBERS_MIN = 2;

  private final Recorder recorder;
  private final boolean upstream;
  private final List<PartitionTrace> traces = new ArrayList<>();

  /** Members that match only because nothing else did; they compete with nobody. */
  private final Set<SignalKey> defaults = new HashSet<>();

  private final Set<SignalKey> winners = new HashSet<>();

  Partitions(Recorder recorder, Compatibility compatibility) {
    this.recorder = recorder;
    upstream = compatibility == Compatibility.UPSTREAM_0_3;
  }

  List<PartitionTrace> traces() {
    return traces;
  }

  /** Those that won against others, had none to win against, or stand in for a winner. */
  Set<SignalKey> winners() {
    return winners;
  }

  void apply(List<Partition> partitions) {
    for (Family family : List.of(Family.DOMAIN, Family.EMBEDDING)) {
      partitions.stream()
          .filter(p -> p.family() == family && p.members().size() >= MEMBERS_MIN)
          .forEach(this::apply);
    }
  }

  private void apply(Partition partition) {
    List<Hit> contenders =
        recorder.matched(partition.family()).stream()
            .filter(hit -> partition.members().contains(hit.key().name()))
            .filter(hit -> !defaults.contains(hit.key()) && !Double.isNaN(hit.confidence()))
            .toList();
    if (contenders.isEmpty()) {
      fallBack(partition);
    } else if (contenders.size() > 1
        || !upstream
        || partition.semantics() == Semantics.SOFTMAX_ALL) {
      choose(partition, contenders);
    }
  }

  /** Upstream takes the default also when the family was not asked, and is certain of it. */
  private void fallBack(Partition partition) {
    if (partition.otherwise().isEmpty() || !(upstream || recorder.isAnswered(partition.family()))) {
      return;
    }
    SignalKey key = new SignalKey(partition.family(), partition.otherwise().get());
    if (!recorder.isMatched(key)) {
      recorder.match(key, 0);
      defaults.add(key);
    }
    winners.add(key);
    traces.add(
        new PartitionTrace(
            partition.name(),
            partition.family(),
            partition.semantics(),
            partition.temperature(),
            List.of(),
            key.name(),
            0,
            0,
            0,
            true));
  }

  private void choose(Partition partition, List<Hit> contenders) {
    Hit winner = contenders.getFirst();
    for (Hit hit : contenders) {
      winner = hit.confidence() > winner.confidence() ? hit : winner;
    }
    List<Contender> shares = shares(partition, contenders);
    double score = winner.confidence();
    for (Contender contender : shares) {
      if (contender.name().equals(winner.key().name())) {
        score = contender.normalizedScore().orElse(score);
      }
    }
    for (Hit hit : contenders) {
      if (!hit.key().equals(winner.key())) {
        recorder.drop(hit.key());
      }
    }
    if (score != winner.confidence()) {
      recorder.adjust(winner.key(), score);
    }
    winners.add(winner.key());
    traces.add(
        new PartitionTrace(
            partition.name(),
            partition.family(),
            partition.semantics(),
            partition.temperature(),
            shares,
            winner.key().name(),
            score,
            winner.confidence(),
            margin(shares),
            false));
  }

  private List<Contender> shares(Partition partition, List<Hit> contenders) {
    // A lone contender of upstream's softmax keeps what it has.
    boolean shared =
        switch (partition.semantics()) {
          case EXCLUSIVE -> false;
          case SOFTMAX_EXCLUSIVE -> contenders.size() > 1;
          case SOFTMAX_ALL -> true;
        };
    double total = shared ? total(partition, contenders) : 1;
    double max = max(contenders);
    List<Contender> shares = new ArrayList<>();
    for (Hit hit : contenders) {
      double share = Math.exp((hit.confidence() - max) / partition.temperature()) / total;
      shares.add(
          new Contender(
              hit.key().name(),
              hit.confidence(),
              shared ? OptionalDouble.of(share) : OptionalDouble.empty()));
    }
    return shares;
  }

  /** The softmax's divisor, relative to the best contender. */
  private double total(Partition partition, List<Hit> contenders) {
    double max = max(contenders);
    double total = 0;
    for (Hit hit : contenders) {
      total += Math.exp((hit.confidence() - max) / partition.temperature());
    }
    if (partition.semantics() == Semantics.SOFTMAX_ALL) {
      for (SignalKey key : partition.keys()) {
        double value = recorder.value(key);
        boolean contends = contenders.stream().anyMatch(hit -> hit.key().equals(key));
        if (!contends && !Double.isNaN(value)) {
          total += Math.exp((value - max) / partition.temperature());
        }
      }
    }
    return total;
  }

  private static double max(List<Hit> contenders) {
    return contenders.stream().mapToDouble(Hit::confidence).max().orElse(0);
  }

  /** How far the best is from the second, or from nothing. */
  private static double margin(List<Contender> contenders) {
    List<Double> best =
        contenders.stream()
            .map(c -> c.normalizedScore().orElse(c.rawScore()))
            .sorted(Comparator.reverseOrder())
            .toList();
    return best.size() > 1 ? best.get(0) - best.get(1) : best.getFirst();
  }
}
