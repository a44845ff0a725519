package dev.gatun.bench.jmh;

import dev.gatun.inference.tokenize.Tokenizer;
import dev.gatun.inference.tokenize.Tokens;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
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

/** Text to token ids and offsets with MiniLM's tokenizer. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class TokenizerBenchmark {
  private static final String SENTENCE =
      "Please refactor this function so that it reads the file once, and explain the costs. ";

  /** Sentences of 18 tokens. */
  @Param({"1", "7", "28"})
  public int sentences = 1;

  private final Tokenizer tokenizer =
      Tokenizer.load(
          Path.of(System.getProperty("gatun.models"), "all-MiniLM-L6-v2", "tokenizer.json"));
  private String text = SENTENCE;

  /** Makes the text. */
  @Setup
  public void write() {
    text = SENTENCE.repeat(sentences);
  }

  /** Releases the engine. */
  @TearDown
  public void close() {
    tokenizer.close();
  }

  /** Encodes the text. */
  @Benchmark
  public Tokens encode() {
    return tokenizer.encode(text);
  }
}
