package dev.gatun.bench.mix;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.bench.measure.Machine;
import dev.gatun.bench.measure.Statistics;
import dev.gatun.bench.model.RandomModernBert;
import dev.gatun.inference.EncoderModel;
import dev.gatun.inference.Inference;
import dev.gatun.inference.InferenceOptions;
import dev.gatun.inference.LoadOptions;
import dev.gatun.inference.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code gatun bench encoder-mix}: short requests without and with a long one under way. */
@Command(
    name = "encoder-mix",
    description = "Measure short requests that arrive at random, without and with a long one.",
    footer = {
      "",
      "Rounds alternate. A latency counts from the moment a request was due, so that a stall is",
      "seen by all that would have come in it. Without --model: a random model of ModernBERT-base",
      "shape, made once."
    })
public final class MixBench implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(names = "--model", paramLabel = "DIR", description = "Sequence classifier to measure.")
  private Optional<Path> model = Optional.empty();

  @Option(names = "--precision", paramLabel = "P", description = "fp32, bf16, int8.")
  private String precision = "int8";

  @Option(names = "--threads", paramLabel = "N", description = "Threads of the one lane.")
  private Optional<Integer> threads = Optional.empty();

  @Option(names = "--short", paramLabel = "N", description = "Tokens of a short request.")
  private int shortTokens = 64;

  @Option(names = "--long", paramLabel = "N", description = "Tokens of a long request.")
  private int longTokens = 8192;

  @Option(
      names = "--load",
      paramLabel = "SHARE",
      description = "Share of the time that short requests need, 0 … 1 (default: 0.5).")
  private double load = 0.5;

  @Option(names = "--seconds", paramLabel = "S", description = "Of one round (default: 10).")
  private double seconds = 10;

  @Option(names = "--rounds", paramLabel = "N", description = "Of each kind (default: 3).")
  private int rounds = 3;

  @Option(names = "--json", paramLabel = "OUT", description = "Write the figures as JSON.")
  private Optional<Path> out = Optional.empty();

  /** For picocli. */
  public MixBench() {}

  /** Rounds of both kinds. */
  private record Rounds(List<Mix.Round> alone, List<Mix.Round> beside) {

    static double p50(List<Mix.Round> rounds) {
      return Statistics.median(rounds.stream().map(Mix.Round::p50).toList());
    }

    static double p99(List<Mix.Round> rounds) {
      return Statistics.median(rounds.stream().map(Mix.Round::p99).toList());
    }

    double ratio() {
      return p99(beside) / p99(alone);
    }
  }

  @Override
  public Integer call() throws IOException {
    Precision wanted = Precision.of(precision).orElseThrow(() -> wrong("--precision", precision));
    if (!(load > 0 && load < 1)) {
      throw wrong("--load", Double.toString(load));
    }
    if (rounds < 1 || !(seconds > 0) || shortTokens < 1 || longTokens < 1) {
      throw wrong("--rounds, --seconds, --short or --long", "less than the least");
    }
    InferenceOptions defaults = InferenceOptions.defaults();
    InferenceOptions options = defaults.withThreads(1, threads.orElse(defaults.threadsPerLane()));
    try (Inference inference = Inference.open(options);
        EncoderModel encoder = inference.load(folder(), LoadOptions.defaults().in(wanted))) {
      String machine =
          Machine.here().cpu()
              + ", "
              + inference.runtime().isa()
              + ", "
              + options.threadsPerLane()
              + " threads, "
              + precision;
      measure(machine, new Mix(encoder, shortTokens, longTokens));
    }
    return 0;
  }

  private void measure(String machine, Mix mix) throws IOException {
    System.out.println(machine);
    mix.serviceMillis(20);
    double service = mix.serviceMillis(40);
    double alone = mix.longMillis();
    double perSecond = load * 1000 / service;
    System.out.printf(
        Locale.ROOT,
        "%d tokens take %.2f ms, %d tokens %.0f ms; short requests arrive at %.1f a second%n",
        shortTokens,
        service,
        longTokens,
        alone,
        perSecond);
    Rounds seen = new Rounds(new ArrayList<>(), new ArrayList<>());
    for (int i = 0; i < rounds; i++) {
      seen.alone().add(report("without", mix.round(perSecond, seconds, false, i)));
      seen.beside().add(report("with", mix.round(perSecond, seconds, true, i)));
    }
    System.out.printf(
        Locale.ROOT, "p99 with a long request: %.2f times that without%n", seen.ratio());
    if (out.isPresent()) {
      write(out.get(), machine, service, alone, seen);
    }
  }

  private Mix.Round report(String kind, Mix.Round round) {
    System.out.printf(
        Locale.ROOT,
        "%-8s p50 %8.2f ms, p99 %8.2f ms, %d requests, %d long ones ended%n",
        kind,
        round.p50(),
        round.p99(),
        round.latenciesMillis().size(),
        round.longsEnded());
    return round;
  }

  private void write(Path file, String machine, double service, double alone, Rounds seen)
      throws IOException {
    ObjectMapper json = new ObjectMapper();
    ObjectNode root = json.createObjectNode();
    root.put("machine", machine).put("load", load);
    root.put("short_tokens", shortTokens).put("long_tokens", longTokens);
    root.put("short_ms", service).put("long_ms", alone);
    root.put("p50_without_ms", Rounds.p50(seen.alone()));
    root.put("p50_with_ms", Rounds.p50(seen.beside()));
    root.put("p99_without_ms", Rounds.p99(seen.alone()));
    root.put("p99_with_ms", Rounds.p99(seen.beside()));
    root.put("p99_ratio", seen.ratio());
    root.put("longs_ended", seen.beside().stream().mapToInt(Mix.Round::longsEnded).sum());
    Files.writeString(file, json.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n");
  }

  private Path folder() throws IOException {
    if (model.isPresent()) {
      return model.get();
    }
    Path home = Path.of(System.getProperty("gatun.home", ".")).resolve("build/bench/models");
    return RandomModernBert.base().in(home.resolve("modernbert-base"), System.err::println);
  }

  private ParameterException wrong(String option, String value) {
    return new ParameterException(
        spec.commandLine(), option + " " + value + ": out of range, see --help");
  }
}
