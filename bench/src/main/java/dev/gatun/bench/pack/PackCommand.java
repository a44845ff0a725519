package dev.gatun.bench.pack;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.bench.measure.Machine;
import dev.gatun.bench.report.Table;
import dev.gatun.inference.Inference;
import dev.gatun.inference.InferenceOptions;
import dev.gatun.inference.LoadOptions;
import dev.gatun.inference.Precision;
import dev.gatun.inference.tokenize.Tokenizer;
import dev.gatun.router.model.Compatibility;
import dev.gatun.server.inference.ModelStore;
import dev.gatun.server.inference.PersonalDataFinder;
import dev.gatun.server.inference.TaskTrunk;
import dev.gatun.server.inference.Trunk;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code gatun bench pack}: all embedded classifiers on one prompt, and the memory they take. */
@Command(
    name = "pack",
    description =
        "Time all embedded classifiers together on prompts of a given length, one after the other,"
            + " and measure the memory that their models add to the process.")
public final class PackCommand implements Callable<Integer> {
  private static final List<String> TASKS =
      List.of(
          "complexity", "domain", "fact_check", "intent", "jailbreak", "modality", "user_feedback");

  /** Calls until models and workspaces have their size: later ones add code of the JVM alone. */
  private static final int SETTLED = 200;

  private static final List<String> WORDS =
      List.of(
          "please",
          "write",
          "a",
          "short",
          "letter",
          "to",
          "the",
          "landlord",
          "about",
          "heating",
          "that",
          "fails",
          "every",
          "winter",
          "and",
          "ask",
          "how",
          "soon",
          "repairs",
          "can",
          "start");

  @Option(
      names = "--tokens",
      paramLabel = "N",
      defaultValue = "64",
      description = "Length of a prompt (default: ${DEFAULT-VALUE}).")
  private int tokens;

  @Option(
      names = "--precision",
      paramLabel = "P",
      defaultValue = "int8",
      description = "fp32, bf16 or int8 (default: ${DEFAULT-VALUE}).")
  private String precision = "int8";

  @Option(names = "--each", description = "Then every embedded model alone, for its card.")
  private boolean each;

  @Option(names = "--json", paramLabel = "OUT", description = "Write a JSON file as well.")
  private Optional<Path> out = Optional.empty();

  /** For picocli. */
  public PackCommand() {}

  /** What is allocated last is kept, so that allocating is not optimised away. */
  private byte[] pages = new byte[1 << 20];

  @Override
  public Integer call() throws IOException {
    Path models = Path.of(System.getProperty("gatun.models", "models"));
    ModelStore store = new ModelStore(models);
    LoadOptions load =
        LoadOptions.defaults()
            .in(Precision.of(precision).orElseThrow(() -> new IllegalArgumentException(precision)));
    List<Timed> timed = new ArrayList<>();
    String text = text(models.resolve(Trunk.MODEL));
    long process = ProcessHandle.current().pid();
    try (Inference inference = Inference.open(InferenceOptions.defaults())) {
      useYoungGeneration();
      long before = Machine.rssMebibytes(process);
      long added;
      try (Trunk trunk = Trunk.open(inference, store, load);
          TaskTrunk tasks = TaskTrunk.open(trunk, TASKS);
          PersonalDataFinder finder = PersonalDataFinder.open(trunk, Compatibility.GATUN)) {
        Runnable labels = () -> Timed.require(tasks.classify(text, TASKS));
        Runnable personalData = () -> Timed.require(finder.find(text));
        Runnable all =
            () -> {
              labels.run();
              personalData.run();
            };
        Timed.repeat(all, SETTLED);
        added = Machine.rssMebibytes(process) - before;
        timed.add(Timed.of("labels", labels));
        timed.add(Timed.of("pii", personalData));
        timed.add(Timed.of("all", all));
      }
      List<Timed> alone = each ? Alone.measure(inference, store, load, text, TASKS) : List.of();
      report(timed, alone, added, inference.runtime().isa());
    }
    return 0;
  }

  /**
   * Writes to every page that new objects may take: garbage touches them sooner or later, with
   * models or without, and would count as theirs.
   */
  private void useYoungGeneration() {
    for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
      if (!pool.getName().contains("Eden")) {
        continue;
      }
      long count = pool.getUsage().getCommitted() / pages.length;
      for (long i = 0; i < count; i++) {
        pages = new byte[pages.length];
      }
    }
  }

  /** Words up to the length that is wanted. */
  private String text(Path trunk) {
    try (Tokenizer tokenizer = Tokenizer.load(trunk.resolve("tokenizer.json"))) {
      StringBuilder text = new StringBuilder();
      for (int i = 0; tokenizer.encode(text.toString()).total() < tokens; i++) {
        text.append(WORDS.get(i % WORDS.size())).append(' ');
      }
      return text.toString();
    }
  }

  private void report(List<Timed> timed, List<Timed> alone, long addedMebibytes, String isa)
      throws IOException {
    ObjectNode root = new ObjectMapper().createObjectNode();
    Machine machine = Machine.here();
    root.putObject("machine").put("cpu", machine.cpu()).put("cpus", machine.cpus()).put("isa", isa);
    root.put("date", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    root.put(
        "command",
        "gatun bench pack --tokens "
            + tokens
            + " --precision "
            + precision
            + (each ? " --each" : ""));
    root.put("tokens", tokens).put("precision", precision);
    root.put("rss_added_mb", addedMebibytes);
    show("tasks", timed, root.putArray("rows"));
    if (each) {
      show("model", alone, root.putArray("models"));
    }
    System.out.printf(Locale.ROOT, "models and workspaces add %d MB of RSS%n", addedMebibytes);
    if (out.isPresent()) {
      Files.writeString(out.get(), root.toPrettyString() + "\n");
    }
  }

  private static void show(String what, List<Timed> timed, ArrayNode rows) {
    Table table = new Table(1, List.of(what, "p50 ms", "p99 ms"));
    for (Timed one : timed) {
      table.add(one.what(), three(one.median()), three(one.tail()));
      rows.addObject().put(what, one.what()).put("p50_ms", one.median()).put("p99_ms", one.tail());
    }
    System.out.print(table);
  }

  private static String three(double value) {
    return String.format(Locale.ROOT, "%.3f", value);
  }
}
