package dev.gatun.bench.quality;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.bench.measure.Machine;
import dev.gatun.bench.report.Table;
import dev.gatun.inference.Inference;
import dev.gatun.inference.InferenceOptions;
import dev.gatun.inference.LoadOptions;
import dev.gatun.inference.Precision;
import dev.gatun.server.classify.Predictor;
import dev.gatun.server.classify.Resources;
import dev.gatun.server.classify.Task;
import dev.gatun.server.classify.Tasks;
import dev.gatun.server.inference.ModelStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code gatun bench quality}: every task's predictions on labelled texts. */
@Command(
    name = "quality",
    description = {
      "Measure the predictions of 'gatun classify' on DIR/TASK/dev.jsonl.gz: how many are right,",
      "by group and label, how well confidences are calibrated, and what thresholds cost."
    })
public final class QualityCommand implements Callable<Integer> {
  private static final ObjectMapper JSON = new ObjectMapper();

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Folder with a folder for each task (default: data or shared/data, beside).")
  private Optional<Path> data = Optional.empty();

  @Option(
      names = "--tasks",
      paramLabel = "TASK",
      split = ",",
      description = "Only these (default: all that have data).")
  private List<String> only = new ArrayList<>();

  @Option(
      names = "--precision",
      paramLabel = "P",
      defaultValue = "fp32",
      description = "Arithmetic: fp32, bf16 or int8 (default: ${DEFAULT-VALUE}).")
  private String precision = "";

  @Option(
      names = "--json",
      paramLabel = "OUT",
      description = "Write all figures to OUT, and pictures beside it.")
  private Optional<Path> out = Optional.empty();

  /** For picocli. */
  public QualityCommand() {}

  @Override
  public Integer call() throws IOException {
    Path folder = folder();
    ObjectNode report = head();
    Table table = new Table(2, List.of("task", "figure", "value"));
    for (Task task : chosen(folder)) {
      ObjectNode json = report.withObject("/tasks").putObject(task.name());
      Measure measure = measured(task, folder.resolve(task.name()), json);
      for (Map.Entry<String, Double> figure : measure.headline().entrySet()) {
        String value = String.format(Locale.ROOT, "%.4f", figure.getValue());
        table.add(task.name(), figure.getKey(), value);
      }
      if (out.isPresent()) {
        write(out.get(), report);
        draw(out.get(), task.name(), measure);
      }
    }
    System.out.print(table);
    return 0;
  }

  private Path folder() throws IOException {
    Path home = Path.of(System.getProperty("gatun.home", "."));
    List<Path> places =
        data.map(List::of)
            .orElseGet(() -> List.of(home.resolve("data"), home.resolve("../shared/data")));
    return places.stream()
        .filter(Files::isDirectory)
        .findFirst()
        .orElseThrow(() ->
            new IOException(
                "no labelled texts: give --data DIR, a folder with TASK/dev.jsonl.gz in it"));
  }

  private List<Task> chosen(Path folder) throws IOException {
    for (String name : only) {
      if (!Tasks.names().contains(name)) {
        throw new IOException(
            "--tasks " + name + ": one of " + String.join(", ", Tasks.names()) + " expected");
      }
      if (!Files.exists(folder.resolve(name).resolve(Examples.DEV))) {
        throw new IOException(folder.resolve(name).resolve(Examples.DEV) + " does not exist");
      }
    }
    return Tasks.all().stream()
        .filter(task -> only.isEmpty() || only.contains(task.name()))
        .filter(task -> Files.exists(folder.resolve(task.name()).resolve(Examples.DEV)))
        .toList();
  }

  private Measure measured(Task task, Path folder, ObjectNode json) throws IOException {
    List<ObjectNode> rows = Examples.read(folder.resolve(Examples.DEV));
    Measure measure =
        task.name().equals("selection")
            ? new SelectionMeasure(Examples.models(folder.resolve("models.json")))
            : Measure.of(task.name());
    ModelStore store = new ModelStore(Path.of(System.getProperty("gatun.models", "models")));
    Precision wanted =
        Precision.of(precision)
            .orElseThrow(() ->
                new IOException("--precision " + precision + ": fp32, bf16 or int8 expected"));
    long start = System.nanoTime();
    try (Resources resources =
            new Resources(
                () -> Inference.open(InferenceOptions.defaults()),
                store,
                LoadOptions.defaults().in(wanted));
        Predictor predictor = task.open(resources)) {
      List<JsonNode> answers = Examples.answers(predictor, rows);
      for (int i = 0; i < rows.size(); i++) {
        measure.add(rows.get(i), answers.get(i));
      }
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    System.err.printf(Locale.ROOT, "%s: %d rows in %.1f s%n", task.name(), rows.size(), seconds);
    json.put("rows", rows.size()).put("seconds_with_loading", Figures.rounded(seconds));
    measure.headline().forEach((name, value) -> json.put(name, Figures.rounded(value)));
    measure.into(json);
    return measure;
  }

  private ObjectNode head() {
    Machine machine = Machine.here();
    ObjectNode report = JSON.createObjectNode();
    report.set(
        "machine",
        JSON.createObjectNode()
            .put("cpu", machine.cpu())
            .put("cpus", machine.cpus())
            .put("memory_mib", machine.memoryMebibytes())
            .put("system", machine.system())
            .put("java", machine.java()));
    return report
        .put("date", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString())
        .put("command", command())
        .put("precision", precision)
        .put("split", "dev");
  }

  /** What was typed, without the names of folders of this machine. */
  private String command() {
    return "gatun bench quality --data DIR"
        + (only.isEmpty() ? "" : " --tasks " + String.join(",", only))
        + (precision.equals("fp32") ? "" : " --precision " + precision)
        + (out.isPresent() ? " --json OUT" : "");
  }

  private static void write(Path file, ObjectNode report) throws IOException {
    Files.writeString(
        file, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(report) + "\n");
  }

  private static void draw(Path file, String task, Measure measure) throws IOException {
    String name = file.getFileName().toString().replaceFirst("\\.json$", "");
    for (var chart : measure.charts().entrySet()) {
      Files.writeString(
          file.resolveSibling(name + "-" + task + "-" + chart.getKey() + ".svg"),
          chart.getValue().svg());
    }
  }
}
