package dev.gatun.bench.jmh;

import dev.gatun.router.model.Conversation;
import dev.gatun.router.model.Facts;
import dev.gatun.router.port.Ports;
import dev.gatun.router.signal.Family;
import dev.gatun.router.signal.SignalHits;
import dev.gatun.router.signal.SignalRule;
import dev.gatun.router.signal.SignalRules;
import dev.gatun.router.signal.SignalSettings;
import dev.gatun.router.signal.SignalStage;
import dev.gatun.router.signal.SignalTable;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
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

/** From a prompt to what rules without a model say of it. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 6, time = 1)
@Fork(1)
public class SignalsBenchmark {
  private final Facts prompt = facts(SampleRules.prompt(2_048));
  private final Facts longPrompt = facts(SampleRules.prompt(10_240));
  private final SignalStage recipe = stage(SampleRules.recipe());
  private final SignalStage nearness = stage(SampleRules.nearness());
  private final SignalStage many = stage(SampleRules.many());

  /** Rules as many and as long as those of a large recipe, on 2 KB. */
  @Benchmark
  public SignalHits recipe() {
    return recipe.evaluate(prompt);
  }

  /** 28 keywords with typing errors forgiven and 28 compared by their runs, on 2 KB. */
  @Benchmark
  public SignalHits nearness() {
    return nearness.evaluate(prompt);
  }

  /** 10 000 keywords and 200 patterns, on 10 KB. */
  @Benchmark
  public SignalHits many() {
    return many.evaluate(longPrompt);
  }

  private static Facts facts(String text) {
    return Facts.of(Conversation.ofUser(text));
  }

  private static SignalStage stage(List<SignalRule> rules) {
    SignalRules all = new SignalRules(rules);
    Set<Family> families = EnumSet.noneOf(Family.class);
    rules.forEach(rule -> families.add(rule.family()));
    SignalTable table = SignalTable.of(new LinkedHashSet<>(all.outputs()));
    return SignalStage.plan(table, all, SignalSettings.byDefault(), families, Ports.none());
  }
}
