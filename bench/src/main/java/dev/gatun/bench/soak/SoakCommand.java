package dev.gatun.bench.soak;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.bench.measure.Machine;
import dev.gatun.bench.model.RandomModernBert;
import dev.gatun.inference.Inference;
import dev.gatun.inference.InferenceOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code gatun bench soak}: random use of the engine for a long time. */
@Command(
    name = "soak",
    description =
        "Use the engine at random for a long time: lengths, batches, tasks, precisions,"
            + " cancelled requests, models opened and closed. Fails on any error, and when memory"
            + " still grows after the first quarter: by more than 24 MB and 3 percent over the"
            + " rest.")
public final class SoakCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--minutes",
      paramLabel = "N",
      defaultValue = "20",
      description = "How long (default: ${DEFAULT-VALUE}).")
  private double minutes;

  @Option(names = "--seed", paramLabel = "N", defaultValue = "1", description = "Of all choices.")
  private long seed;

  @Option(
      names = "--tokens",
      paramLabel = "N",
      defaultValue = "4096",
      description = "Of the largest request (default: ${DEFAULT-VALUE}).")
  private int tokensMax;

  @Option(names = "--json", paramLabel = "OUT", description = "Write the result as well.")
  private Optional<Path> out = Optional.empty();

  /** For picocli. */
  public SoakCommand() {}

  @Override
  public Integer call() throws IOException, InterruptedException {
    Duration time = Duration.ofMillis(Math.round(minutes * 60_000));
    try (Inference inference = Inference.open(InferenceOptions.defaults())) {
      Soak soak = new Soak(inference, System.err::println);
      soak.run(folders(), home().resolve("heads"), time, seed, tokensMax);
      MemoryTrend.Verdict verdict = soak.memory().verdict();
      boolean passed = soak.counts().failures() == 0 && !verdict.grows();
      System.out.println(soak.counts());
      System.out.printf(
          Locale.ROOT,
          "memory: %.0f MB on average, %+.1f MB from %.0f s to the end, at most %.1f allowed%n",
          verdict.meanMebibytes(),
          verdict.growthMebibytes(),
          verdict.warmUpSeconds(),
          verdict.boundMebibytes());
      System.out.println(passed ? "passed" : "failed");
      if (out.isPresent()) {
        Files.createDirectories(out.get().toAbsolutePath().getParent());
        Files.write(
            out.get(),
            new ObjectMapper()
                .writerWithDefaultPrettyPrinter()
                .writeValueAsBytes(tree(soak, inference, verdict, passed)));
      }
      return passed ? 0 : 1;
    }
  }

  /** The encoder that comes with Gatun, and a ModernBERT that reads long texts. */
  private static List<Path> folders() throws IOException {
    Path builtIn = Path.of(System.getProperty("gatun.models", "models"));
    List<Path> folders = new ArrayList<>();
    folders.add(
        new RandomModernBert(30_522, 128, 192, 4, 4, 8192)
            .in(home().resolve("models/modernbert-small"), System.err::println));
    Path trunk = builtIn.resolve("all-MiniLM-L6-v2");
    if (Files.isDirectory(trunk)) {
      folders.add(trunk);
    }
    return folders;
  }

  private static Path home() {
    return Path.of(System.getProperty("gatun.home", "."), "build", "bench");
  }

  private ObjectNode tree(
      Soak soak, Inference inference, MemoryTrend.Verdict verdict, boolean passed) {
    Machine machine = Machine.here();
    ObjectNode root = new ObjectMapper().createObjectNode();
    root.putObject("machine")
        .put("cpu", machine.cpu())
        .put("cpus", machine.cpus())
        .put("isa", inference.runtime().isa());
    root.put("date", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    root.put("version", inference.runtime().version());
    root.put("command", "gatun bench " + String.join(" ", arguments())).put("seed", seed);
    root.put("passed", passed);
    soak.counts().write(root);
    root.putObject("rss_mb")
        .put("warm_up_s", verdict.warmUpSeconds())
        .put("mean", verdict.meanMebibytes())
        .put("growth", verdict.growthMebibytes())
        .put("bound", verdict.boundMebibytes());
    return root;
  }

  private List<String> arguments() {
    return spec.root().commandLine().getParseResult().originalArgs();
  }
}
