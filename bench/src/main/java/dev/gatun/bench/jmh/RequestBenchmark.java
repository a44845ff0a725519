package dev.gatun.bench.jmh;

import dev.gatun.bench.model.EmbeddingView;
import dev.gatun.bench.model.RandomModernBert;
import dev.gatun.inference.Encoded;
import dev.gatun.inference.EncoderModel;
import dev.gatun.inference.Inference;
import dev.gatun.inference.InferenceOptions;
import dev.gatun.inference.Output;
import dev.gatun.inference.TokenBatch;
import dev.gatun.inference.abi.gatun_h;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * From the caller's thread to a lane and back, over a model so small that the way is most of it.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class RequestBenchmark {
  private static final List<Output> NOTHING = List.of(Output.hidden(0));
  private static final List<Output> HIDDEN = List.of(Output.hidden(1));
  private static final List<Output> POOLED = List.of(Output.embedding(1));

  /** Tokens of the request. */
  @Param({"1", "128", "512"})
  public int tokens = 1;

  private final Inference inference = Inference.open(InferenceOptions.defaults());
  private final EncoderModel model = inference.load(folder());
  private TokenBatch batch = TokenBatch.of(1);

  /** Makes the request. */
  @Setup
  public void request() {
    batch = TokenBatch.of(IntStream.range(0, tokens).map(i -> 1000 + i).toArray());
  }

  /** Ends the lanes. */
  @TearDown
  public void close() {
    model.close();
    inference.close();
  }

  /** The cheapest call into the library there is. */
  @Benchmark
  public int downcall() {
    return gatun_h.gatun_abi_version();
  }

  /** Queue, lane, arguments, call, results, future: the model only looks its embeddings up. */
  @Benchmark
  public Encoded handOff() {
    return model.encode(batch, NOTHING).join();
  }

  /** The same and one layer, every token's state handed back. */
  @Benchmark
  public Encoded oneLayer() {
    return model.encode(batch, HIDDEN).join();
  }

  /** The same and one layer, pooled: its difference to {@link #oneLayer} is what pooling costs. */
  @Benchmark
  public Encoded oneLayerPooled() {
    return model.encode(batch, POOLED).join();
  }

  private static Path folder() {
    Path home = Path.of(System.getProperty("gatun.home")).resolve("build/bench");
    try {
      Path tiny = RandomModernBert.tiny().in(home.resolve("models/tiny"), System.err::println);
      return EmbeddingView.of(tiny, home.resolve("views"));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException("no model to measure", e);
    }
  }
}
