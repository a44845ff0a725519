package dev.gatun.bench.tasks;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.bench.measure.Statistics;
import dev.gatun.bench.model.SyntheticTasks;
import dev.gatun.bench.report.Table;
import dev.gatun.inference.EncoderModel;
import dev.gatun.inference.EncoderTask;
import dev.gatun.inference.Inference;
import dev.gatun.inference.InferenceOptions;
import dev.gatun.inference.LoadOptions;
import dev.gatun.inference.Output;
import dev.gatun.inference.Plan;
import dev.gatun.inference.Precision;
import dev.gatun.inference.TaskForm;
import dev.gatun.inference.TokenBatch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code gatun bench tasks}: several classifiers of one text in one pass, against one of them. */
@Command(
    name = "tasks",
    description = {
      "Measure several whole classifiers with random weights on one trunk, in one pass, against",
      "one of them: heads alone (0 adapted layers), adapters in some of the top layers, or in all."
    })
public final class TasksCommand implements Callable<Integer> {
  private static final int LABELS = 14;

  @Option(
      names = "--model",
      paramLabel = "DIR_OR_NAME",
      defaultValue = "all-MiniLM-L6-v2",
      description = "The trunk (default: ${DEFAULT-VALUE}).")
  private String model = "";

  @Option(names = "--tasks", paramLabel = "N", defaultValue = "8", description = "Tasks.")
  private int count;

  @Option(names = "--length", paramLabel = "N", defaultValue = "128", description = "Tokens.")
  private int length;

  @Option(
      names = "--adapted",
      paramLabel = "K",
      split = ",",
      defaultValue = "0,1,2,6",
      description = "Adapted layers, from the top (default: ${DEFAULT-VALUE}).")
  private List<Integer> adapted = new ArrayList<>();

  @Option(names = "--rank", paramLabel = "R", defaultValue = "16", description = "Of adapters.")
  private int rank;

  @Option(names = "--precision", paramLabel = "P", defaultValue = "fp32", description = "Of it.")
  private String precision = "";

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "30",
      description = "Calls of each kind, taken in turn (default: ${DEFAULT-VALUE}).")
  private int rounds;

  @Option(names = "--json", paramLabel = "OUT", description = "Write a JSON file as well.")
  private Optional<Path> out = Optional.empty();

  /** For picocli. */
  public TasksCommand() {}

  /** Outputs of one call, and what it took. */
  private record Measured(int layers, TaskForm form, List<Output> outputs, List<Double> millis) {}

  @Override
  public Integer call() throws IOException {
    Path folder =
        Files.isDirectory(Path.of(model))
            ? Path.of(model)
            : Path.of(System.getProperty("gatun.models", "models")).resolve(model);
    Precision wanted =
        Precision.of(precision)
            .orElseThrow(() -> new IllegalArgumentException("--precision " + precision));
    Path work = Files.createTempDirectory("gatun-tasks-");
    try (Inference inference = Inference.open(InferenceOptions.defaults());
        EncoderModel trunk = inference.load(folder, LoadOptions.defaults().in(wanted))) {
      TokenBatch text = text(trunk.info().vocabulary());
      List<Measured> all = prepare(trunk, folder, work);
      measure(trunk, text, all);
      print(trunk, text, all);
    } finally {
      delete(work);
    }
    return 0;
  }

  private List<Measured> prepare(EncoderModel trunk, Path folder, Path work) throws IOException {
    List<Measured> all = new ArrayList<>();
    for (int layers : adapted) {
      List<Path> folders = new SyntheticTasks(layers, rank, LABELS).in(work, folder, count);
      for (TaskForm form : layers == 0 ? List.of(TaskForm.LOW_RANK) : forms()) {
        List<Output> outputs = new ArrayList<>();
        for (Path task : folders) {
          EncoderTask opened = trunk.task(task, form); // closed with the model
          outputs.add(Output.logits().of(opened));
        }
        all.add(new Measured(layers, form, outputs.subList(0, 1), new ArrayList<>()));
        all.add(new Measured(layers, form, outputs, new ArrayList<>()));
      }
    }
    return all;
  }

  private static List<TaskForm> forms() {
    return List.of(TaskForm.LOW_RANK, TaskForm.MERGED);
  }

  private TokenBatch text(int vocabulary) {
    return TokenBatch.of(IntStream.range(0, length).map(i -> i * 37 % vocabulary).toArray());
  }

  private void measure(EncoderModel trunk, TokenBatch text, List<Measured> all) {
    for (int round = -3; round < rounds; round++) {
      for (Measured one : all) {
        long start = System.nanoTime();
        trunk.encode(text, one.outputs()).join();
        if (round >= 0) {
          one.millis().add((System.nanoTime() - start) / 1e6);
        }
      }
    }
  }

  private void print(EncoderModel trunk, TokenBatch text, List<Measured> all) throws IOException {
    Table table =
        new Table(
            3, List.of("model", "form", "plan", "adapted", "tasks", "p50 ms", "to one", "cost"));
    ObjectNode json = new ObjectMapper().createObjectNode();
    for (int i = 0; i < all.size(); i++) {
      Measured one = all.get(i - i % 2);
      Measured here = all.get(i);
      Plan plan = trunk.plan(text, here.outputs());
      double p50 = Statistics.median(here.millis());
      double ratio = p50 / Statistics.median(one.millis());
      double cost = plan.cost() / trunk.plan(text, one.outputs()).cost();
      table.add(
          model,
          here.form().name().toLowerCase(Locale.ROOT),
          plan.name(),
          here.layers(),
          here.outputs().size(),
          String.format(Locale.ROOT, "%.2f", p50),
          String.format(Locale.ROOT, "%.2f", ratio),
          String.format(Locale.ROOT, "%.2f", cost));
      json.withArray("rows")
          .addObject()
          .put("model", model)
          .put("precision", precision)
          .put("length", length)
          .put("form", here.form().name().toLowerCase(Locale.ROOT))
          .put("plan", plan.name())
          .put("adapted_layers", here.layers())
          .put("tasks", here.outputs().size())
          .put("p50_ms", p50)
          .put("to_one", ratio)
          .put("planned_to_one", cost);
    }
    System.out.print(table);
    if (out.isPresent()) {
      Files.writeString(out.get(), json.toPrettyString() + "\n");
    }
  }

  private static void delete(Path folder) throws IOException {
    try (var files = Files.walk(folder)) {
      for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
        Files.delete(file);
      }
    }
  }
}
