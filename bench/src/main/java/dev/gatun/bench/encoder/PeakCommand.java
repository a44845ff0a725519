package dev.gatun.bench.encoder;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.inference.Inference;
import dev.gatun.inference.InferenceOptions;
import dev.gatun.inference.MachinePeak;
import dev.gatun.inference.Precision;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code gatun bench peak}: what the processors multiply at most. */
@Command(
    name = "peak",
    description =
        "Measure how fast this machine multiplies in registers, per precision, with the"
            + " instruction set in use (GATUN_ISA caps it).")
public final class PeakCommand implements Callable<Integer> {
  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads at once (default: all processors).")
  private Optional<Integer> threads = Optional.empty();

  @Option(names = "--json", description = "Print operations per second as JSON.")
  private boolean json;

  /** For picocli. */
  public PeakCommand() {}

  @Override
  public Integer call() {
    int count = threads.orElse(Runtime.getRuntime().availableProcessors());
    InferenceOptions options = InferenceOptions.defaults().withThreads(1, 1);
    ObjectNode rates = new ObjectMapper().createObjectNode();
    try (Inference inference = Inference.open(options)) {
      rates.put("isa", inference.runtime().isa()).put("threads", count);
    }
    for (Precision precision : Precision.values()) {
      double rate = MachinePeak.operationsPerSecond(options.library(), precision, count);
      rates.put(precision.word(), rate);
      if (!json) {
        System.out.printf(
            Locale.ROOT, "%s  %8.1f billion operations/s%n", precision.word(), rate / 1e9);
      }
    }
    if (json) {
      System.out.println(rates);
    }
    return 0;
  }
}
