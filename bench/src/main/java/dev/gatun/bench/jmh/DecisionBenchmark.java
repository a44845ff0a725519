package dev.gatun.bench.jmh;

import dev.gatun.router.decision.Decision;
import dev.gatun.router.decision.DecisionStage;
import dev.gatun.router.decision.Explanation;
import dev.gatun.router.decision.Strategy;
import dev.gatun.router.decision.Verdict;
import dev.gatun.router.model.Compatibility;
import dev.gatun.router.model.ModelRef;
import dev.gatun.router.rule.Rule;
import dev.gatun.router.signal.Family;
import dev.gatun.router.signal.SignalHits;
import dev.gatun.router.signal.SignalKey;
import dev.gatun.router.signal.SignalTable;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * From signals that are all given to the decision: 50 decisions of four conditions, every one of
 * which has to be looked at. With {@code -prof gc} it shows what is allocated.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class DecisionBenchmark {
  private static final int DECISIONS = 50;
  private static final int CONDITIONS = 4;
  private static final Family[] FAMILIES = {
    Family.KEYWORD, Family.DOMAIN, Family.EMBEDDING, Family.CONTEXT
  };

  private final SignalTable table = SignalTable.of(keys());
  private final SignalHits hits = hits(table);
  private final DecisionStage stage =
      new DecisionStage(table, decisions(), Strategy.PRIORITY, Compatibility.GATUN);

  /** The index of the winner. */
  @Benchmark
  public int winner() {
    return stage.winner(hits);
  }

  /** Every decision that matches, best first, and what made the winner match. */
  @Benchmark
  public Verdict verdict() {
    return stage.evaluate(hits);
  }

  /** How every part of every rule was judged. */
  @Benchmark
  public Explanation explanation() {
    return stage.explain(hits);
  }

  /** Half of them hold: every other decision fails at its last condition. */
  private static List<Decision> decisions() {
    List<SignalKey> keys = keys();
    List<Decision> decisions = new ArrayList<>();
    for (int d = 0; d < DECISIONS; d++) {
      Rule[] leaves = new Rule[CONDITIONS];
      for (int c = 0; c < CONDITIONS; c++) {
        leaves[c] = Rule.on(keys.get(d * CONDITIONS + c));
      }
      Rule last = d % 2 == 0 ? leaves[CONDITIONS - 1] : Rule.not(leaves[CONDITIONS - 1]);
      Rule rule = Rule.all(Rule.any(leaves[0], leaves[1]), leaves[2], last);
      decisions.add(Decision.of("decision-" + d, d, rule, ModelRef.of("m")));
    }
    return decisions;
  }

  private static List<SignalKey> keys() {
    List<SignalKey> keys = new ArrayList<>();
    for (int d = 0; d < DECISIONS; d++) {
      for (Family family : FAMILIES) {
        keys.add(new SignalKey(family, "rule-" + d));
      }
    }
    return keys;
  }

  private static SignalHits hits(SignalTable table) {
    SignalHits.Recorder recorder = new SignalHits.Recorder(table);
    keys().forEach(key -> recorder.match(key, 0.7));
    return recorder.finish();
  }
}
