package dev.gatun.bench.encoder;

import dev.gatun.bench.peers.Peers;
import dev.gatun.inference.Precision;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** The options of {@code gatun bench encoder}. */
final class EncoderOptions {
  private static final List<Integer> LENGTHS =
      List.of(32, 64, 128, 256, 512, 1024, 2048, 4096, 8192);
  private static final List<Integer> QUICK_LENGTHS = List.of(32, 128, 512);

  /** Where batches, callers and tasks vary unless lengths are named. */
  private static final List<Integer> AXIS_LENGTHS = List.of(128, 512);

  private static final String PEERS = "ov-int8,ov-int8w,ov-bf16,ort-int8";

  @Option(
      names = "--quick",
      description = "Three lengths, one round, a fraction of a second per case.")
  private boolean quick;

  @Option(names = "--json", paramLabel = "OUT", description = "Write a JSON file and plots.")
  private Optional<Path> out = Optional.empty();

  @Option(
      names = "--model",
      paramLabel = "DIR_OR_NAME",
      split = ",",
      description = "Model to measure, repeatable.")
  private List<String> models = new ArrayList<>();

  @Option(names = "--lengths", paramLabel = "N", split = ",", description = "Tokens per sequence.")
  private List<Integer> lengths = new ArrayList<>();

  @Option(names = "--batch", paramLabel = "N", split = ",", description = "Sequences per call.")
  private List<Integer> batches = new ArrayList<>();

  @Option(
      names = "--concurrency",
      paramLabel = "N",
      split = ",",
      description = "Callers at the same time.")
  private List<Integer> concurrencies = new ArrayList<>();

  @Option(
      names = "--tasks",
      paramLabel = "N",
      split = ",",
      description = "Classifiers on one trunk.")
  private List<Integer> tasks = new ArrayList<>();

  @Option(
      names = "--precision",
      paramLabel = "P",
      split = ",",
      description = "fp32, bf16, int8 (default: all).")
  private List<String> precisions = new ArrayList<>();

  @Option(
      names = "--threads",
      paramLabel = "N",
      split = ",",
      description = "Threads that share one call (default: all processors).")
  private List<Integer> threads = new ArrayList<>();

  @Option(
      names = "--tiers",
      paramLabel = "ISA",
      split = ",",
      description = "Instruction sets, as GATUN_ISA names them (default: the best).")
  private List<String> tiers = new ArrayList<>();

  @Option(names = "--rounds", paramLabel = "N", description = "Rounds of cases below 4096 tokens.")
  private Optional<Integer> rounds = Optional.empty();

  @Option(names = "--long-rounds", paramLabel = "N", description = "Rounds of longer cases.")
  private Optional<Integer> longRounds = Optional.empty();

  @Option(
      names = "--budget",
      paramLabel = "SECONDS",
      description = "Per case, engine and round (default: 1).")
  private Optional<Double> budget = Optional.empty();

  @Option(
      names = "--peers",
      paramLabel = "DIR",
      description = "Folder of the peers' encoder bench, measured in the same rounds.")
  private Optional<Path> peers = Optional.empty();

  @Option(
      names = "--peers-work",
      paramLabel = "DIR",
      description = "Where the peers' models are (default: .work in the folder of --peers).")
  private Optional<Path> peersWork = Optional.empty();

  @Option(
      names = "--engines",
      paramLabel = "NAME",
      split = ",",
      defaultValue = PEERS,
      description = "Peers to measure (default: ${DEFAULT-VALUE}).")
  private List<String> engines = new ArrayList<>();

  /** For picocli. */
  EncoderOptions() {}

  /**
   * The options with their defaults, checked.
   *
   * @throws IllegalArgumentException naming the option that is wrong
   */
  Settings settings() {
    List<Integer> chosen = lengths.isEmpty() ? (quick ? QUICK_LENGTHS : LENGTHS) : lengths;
    Axes axes =
        new Axes(
            chosen,
            or(batches, quick ? List.of(1, 8) : List.of(1, 8, 32)),
            or(concurrencies, quick ? List.of(1) : List.of(1, 8)),
            or(tasks, quick ? List.of(1) : List.of(1, 6)));
    List<Precision> wanted = precisions();
    List<Integer> counts =
        Axes.checked("--threads", or(threads, List.of(Runtime.getRuntime().availableProcessors())));
    Sweep.Effort effort =
        new Sweep.Effort(
            rounds.orElse(quick ? 1 : 3),
            longRounds.orElse(quick ? 1 : 2),
            budget.orElse(quick ? 0.2 : 1.0),
            quick ? 20 : 100);
    Optional<Peers> folder =
        peers
            .map(Path::toAbsolutePath)
            .map(at -> new Peers(at, peersWork.orElse(at.resolve(".work")).toAbsolutePath()));
    return new Settings(
        Path.of(System.getProperty("gatun.home", ".")).toAbsolutePath().normalize(),
        out,
        List.copyOf(models),
        axes,
        lengths.isEmpty() ? AXIS_LENGTHS : axes.lengths(),
        Variant.all(wanted, counts, tiers.isEmpty() ? List.of("") : tiers),
        effort,
        folder,
        peersRun(axes, wanted, counts, effort));
  }

  private Peers.Run peersRun(
      Axes axes, List<Precision> wanted, List<Integer> counts, Sweep.Effort effort) {
    return new Peers.Run(
        Peers.MODELS,
        List.copyOf(engines),
        wanted,
        counts.getLast(),
        quick || !lengths.isEmpty() ? axes.lengths() : List.of(),
        axes.tasks().getLast() > 1 ? axes.tasks().getLast() : 0,
        axes.batches().getLast() > 1 && !quick,
        effort.rounds(),
        effort.longRounds(),
        effort.budgetSeconds());
  }

  private List<Precision> precisions() {
    if (precisions.isEmpty()) {
      return List.of(Precision.values());
    }
    List<Precision> wanted = new ArrayList<>();
    for (String word : precisions) {
      wanted.add(
          Precision.of(word)
              .orElseThrow(() ->
                  new IllegalArgumentException(
                      "--precision " + word + ": fp32, bf16 or int8 expected")));
    }
    return wanted.stream().distinct().toList();
  }

  private static List<Integer> or(List<Integer> values, List<Integer> otherwise) {
    return values.isEmpty() ? otherwise : values;
  }

  /** The command as it was typed, for whoever wants to repeat it. */
  String typed(CommandSpec spec) {
    return "gatun bench "
        + String.join(" ", spec.root().commandLine().getParseResult().originalArgs());
  }
}
