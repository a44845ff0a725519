package dev.gatun.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.inference.EncoderModel;
import dev.gatun.inference.Head;
import dev.gatun.inference.Inference;
import dev.gatun.inference.InferenceOptions;
import dev.gatun.inference.ModelInfo;
import dev.gatun.inference.Output;
import dev.gatun.inference.Pooling;
import dev.gatun.inference.TokenBatch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code gatun bench encoder}: time per call and tokens per second of encoder models. */
@Command(
    name = "encoder",
    description =
        "Measure encoder models: time per call and tokens per second by length and batch.")
final class EncoderBench implements Callable<Integer> {
  private static final List<Integer> LENGTHS = List.of(32, 64, 128, 256, 512);
  private static final List<Integer> BATCHES = List.of(1, 8);
  private static final long SEED = 42;

  /** Calls per measurement at least, so that a 99th percentile means something. */
  private static final int CALLS_MIN = 20;

  @Option(names = "--quick", description = "Fewer lengths, a fraction of a second each.")
  private boolean quick;

  @Option(names = "--json", paramLabel = "OUT", description = "Write the rows to a file as well.")
  private Optional<Path> out = Optional.empty();

  @Option(
      names = "--model",
      paramLabel = "DIR_OR_NAME",
      description = "Model to measure, repeatable (default: all that come with Gatun).")
  private List<String> models = new ArrayList<>();

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads that share one call (default: all processors).")
  private Optional<Integer> threads = Optional.empty();

  /** One measurement. */
  private record Row(
      String model,
      int length,
      int batch,
      int threads,
      double p50Millis,
      double p99Millis,
      double tokensPerSecond,
      long rssMebibytes,
      double loadMillis) {}

  @Override
  public Integer call() throws IOException {
    InferenceOptions defaults = InferenceOptions.defaults();
    int used = threads.orElse(defaults.threadsPerLane());
    List<Row> rows = new ArrayList<>();
    try (Inference inference = Inference.open(defaults.withThreads(1, used))) {
      String machine = Machine.name() + ", " + inference.runtime().isa();
      System.out.println(machine);
      System.out.printf(
          Locale.ROOT,
          "%-22s %6s %5s %7s %9s %9s %10s %7s %8s%n",
          "model",
          "length",
          "batch",
          "threads",
          "p50 ms",
          "p99 ms",
          "tokens/s",
          "rss MB",
          "load ms");
      for (Path folder : folders()) {
        measure(inference, folder, used, rows);
      }
      if (out.isPresent()) {
        write(out.get(), machine, inference.runtime().version(), rows);
      }
    }
    return 0;
  }

  private void measure(Inference inference, Path folder, int used, List<Row> rows) {
    String name = folder.getFileName().toString();
    long started = System.nanoTime();
    try (EncoderModel model = inference.load(folder)) {
      double loadMillis = (System.nanoTime() - started) / 1e6;
      for (int batch : quick ? BATCHES.subList(0, 1) : BATCHES) {
        for (int length : quick ? List.of(32, 128, 512) : LENGTHS) {
          if (length <= model.info().positionsMax()) {
            Row row = row(model, name, length, batch, used, loadMillis);
            print(row);
            rows.add(row);
          }
        }
      }
    }
  }

  private Row row(
      EncoderModel model, String name, int length, int batch, int used, double loadMillis) {
    TokenBatch input = input(model.info(), length, batch);
    List<Output> outputs = List.of(output(model.info()));
    long budgetNanos = quick ? 300_000_000L : 1_000_000_000L;
    time(model, input, outputs, budgetNanos / 3);
    long[] nanos = time(model, input, outputs, budgetNanos);
    double total = java.util.Arrays.stream(nanos).sum() / 1e9;
    return new Row(
        name,
        length,
        batch,
        used,
        nanos[nanos.length / 2] / 1e6,
        nanos[Math.min(nanos.length - 1, nanos.length * 99 / 100)] / 1e6,
        (double) nanos.length * input.tokens() / total,
        Machine.rssMebibytes(),
        loadMillis);
  }

  /** Durations of calls, one after the other, sorted. */
  private static long[] time(
      EncoderModel model, TokenBatch input, List<Output> outputs, long budgetNanos) {
    List<Long> nanos = new ArrayList<>();
    long end = System.nanoTime() + budgetNanos;
    while (nanos.size() < CALLS_MIN || System.nanoTime() < end) {
      long start = System.nanoTime();
      model.encode(input, outputs).join();
      nanos.add(System.nanoTime() - start);
    }
    return nanos.stream().mapToLong(Long::longValue).sorted().toArray();
  }

  private static TokenBatch input(ModelInfo info, int length, int batch) {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(SEED);
    List<int[]> sequences = new ArrayList<>();
    for (int i = 0; i < batch; i++) {
      sequences.add(random.ints(length, 0, info.vocabulary()).toArray());
    }
    return TokenBatch.of(sequences);
  }

  private static Output output(ModelInfo info) {
    if (info.head() != Head.NONE) {
      return Output.logits();
    }
    return info.pooling() == Pooling.NONE ? Output.hidden() : Output.embedding();
  }

  private List<Path> folders() throws IOException {
    Path builtIns = Path.of(System.getProperty("gatun.models", "models"));
    if (models.isEmpty()) {
      try (Stream<Path> all = Files.list(builtIns)) {
        return all.filter(folder -> Files.exists(folder.resolve("config.json"))).sorted().toList();
      }
    }
    return models.stream()
        .map(name -> Files.isDirectory(Path.of(name)) ? Path.of(name) : builtIns.resolve(name))
        .toList();
  }

  private static void print(Row row) {
    System.out.printf(
        Locale.ROOT,
        "%-22s %6d %5d %7d %9.2f %9.2f %10.0f %7d %8.0f%n",
        row.model(),
        row.length(),
        row.batch(),
        row.threads(),
        row.p50Millis(),
        row.p99Millis(),
        row.tokensPerSecond(),
        row.rssMebibytes(),
        row.loadMillis());
  }

  private static void write(Path out, String machine, String version, List<Row> rows)
      throws IOException {
    ObjectMapper mapper = new ObjectMapper();
    ObjectNode report = mapper.createObjectNode();
    report.put("machine", machine);
    report.put("date", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    report.put("version", version);
    ArrayNode array = report.putArray("rows");
    for (Row row : rows) {
      ObjectNode node = array.addObject();
      node.put("engine", "gatun").put("model", row.model()).put("precision", "fp32");
      node.put("length", row.length()).put("batch", row.batch()).put("tasks", 1);
      node.put("threads", row.threads());
      node.put("p50_ms", row.p50Millis()).put("p99_ms", row.p99Millis());
      node.put("tokens_per_s", row.tokensPerSecond());
      node.putNull("peak_fraction");
      node.put("rss_mb", row.rssMebibytes()).put("load_ms", row.loadMillis());
    }
    Files.write(out, mapper.writerWithDefaultPrettyPrinter().writeValueAsBytes(report));
  }
}
