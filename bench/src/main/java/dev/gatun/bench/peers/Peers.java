package dev.gatun.bench.peers;

import dev.gatun.bench.measure.EndsWithUs;
import dev.gatun.inference.Precision;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * The folder of the peers' bench: {@code bench_encoder.py}, its virtual environment, and the models
 * it has prepared.
 *
 * @param folder that holds {@code bench_encoder.py}
 * @param work its generated files
 */
public record Peers(Path folder, Path work) {

  /** Names under which our precisions run beside the peers begin so. */
  static final String OURS = "gatun-";

  /** The models the peers' bench knows. */
  public static final List<String> MODELS = List.of("modernbert", "minilm");

  private static final Map<String, String> FILES =
      Map.of(
          "ort-fp32", "fp32.onnx",
          "ort-int8", "int8-dynamic.onnx",
          "ort-int8-qdq", "int8-qdq.onnx",
          "ov-fp32", "ov-fp32.xml",
          "ov-bf16", "ov-fp32.xml",
          "ov-int8", "ov-int8.xml",
          "ov-int8-fp32", "ov-int8.xml",
          "ov-int8w", "ov-int8w.xml");

  /**
   * What to measure.
   *
   * @param engines peers, by the names of their bench
   * @param precisions of ours
   * @param lengths empty: those of their bench
   * @param tasks classifiers per request in one more case; 0: none
   * @param batches whether to measure their batch case
   */
  public record Run(
      List<String> models,
      List<String> engines,
      List<Precision> precisions,
      int threads,
      List<Integer> lengths,
      int tasks,
      boolean batches,
      int rounds,
      int longRounds,
      double budgetSeconds) {

    /** The same with other precisions of ours. */
    public Run in(List<Precision> others) {
      return new Run(
          models,
          engines,
          List.copyOf(others),
          threads,
          lengths,
          tasks,
          batches,
          rounds,
          longRounds,
          budgetSeconds);
    }
  }

  /** Whether the models of their bench are there. */
  public boolean hasModels() {
    return MODELS.stream().allMatch(name -> Files.exists(work.resolve(name, "config.json")));
  }

  /** What the run needs and does not find, each with the remedy; empty when it can start. */
  public List<String> missing(Run run) {
    List<String> missing = new ArrayList<>();
    if (!Files.isRegularFile(script())) {
      missing.add(script() + " is missing: name the folder of the peers' encoder bench");
      return missing;
    }
    if (!Files.isExecutable(python())) {
      missing.add(python() + " is missing: run 'cd " + folder + " && ./setup.sh --minilm'");
      return missing;
    }
    for (String model : run.models()) {
      List<String> needed = new ArrayList<>(List.of("model.safetensors"));
      run.engines().forEach(engine -> needed.add(FILES.getOrDefault(engine, "config.json")));
      for (String file : needed.stream().distinct().toList()) {
        if (!Files.exists(work.resolve(model).resolve(file))) {
          missing.add(
              work.resolve(model).resolve(file)
                  + " is missing: run '.venv/bin/python bench_encoder.py prepare --models "
                  + model
                  + (model.equals("minilm") ? " --minilm-onnx ONNX_FILE" : "")
                  + "' in "
                  + folder);
        }
      }
    }
    return missing;
  }

  /**
   * Runs their bench with our workers as engines of it.
   *
   * @param launcher the script {@code gatun}
   * @param results the file it writes after every case
   * @param progress told every line it says
   * @return its exit status
   */
  public int run(Run run, Path launcher, Path results, Consumer<String> progress)
      throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(command(run, launcher, results));
    builder.directory(work.toFile()).redirectErrorStream(true);
    builder.environment().put("GATUN_NO_BUILD", "1");
    builder.environment().put("PYTHONDONTWRITEBYTECODE", "1");
    Process process = builder.start();
    // Its engines end with it: their standard input closes.
    EndsWithUs ending = new EndsWithUs(process);
    try (ending;
        BufferedReader lines =
            new BufferedReader(
                new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        progress.accept(line);
      }
      return process.waitFor();
    }
  }

  List<String> command(Run run, Path launcher, Path results) {
    List<String> command = new ArrayList<>(List.of(python().toString(), script().toString()));
    command.addAll(List.of("bench", "--work", work.toString(), "--json", results.toString()));
    command.addAll(List.of("--models", String.join(",", run.models())));
    command.addAll(List.of("--threads", Integer.toString(run.threads())));
    command.addAll(List.of("--engines", String.join(",", run.engines())));
    command.addAll(List.of("--multi-engines", String.join(",", run.engines())));
    for (Precision precision : run.precisions()) {
      command.addAll(List.of("--external-serve", external(launcher, precision)));
    }
    if (!run.lengths().isEmpty()) {
      String lengths = run.lengths().stream().map(String::valueOf).collect(Collectors.joining(","));
      command.addAll(List.of("--lengths", lengths));
    }
    if (!run.batches()) {
      command.add("--no-batch");
    }
    command.addAll(List.of("--tasks", Integer.toString(run.tasks())));
    command.addAll(List.of("--rounds", Integer.toString(run.rounds())));
    command.addAll(List.of("--long-rounds", Integer.toString(run.longRounds())));
    command.addAll(List.of("--budget", String.format(Locale.ROOT, "%.3f", run.budgetSeconds())));
    if (run.engines().contains("ov-int8")) {
      command.addAll(List.of("--baseline", "ov-int8"));
    } else {
      command.addAll(List.of("--baseline", OURS + run.precisions().getLast().word()));
    }
    return List.copyOf(command);
  }

  /** The engine as their bench starts it: a name and a command for a POSIX word splitter. */
  private static String external(Path launcher, Precision precision) {
    return OURS
        + precision.word()
        + "='"
        + launcher.toString().replace("'", "'\"'\"'")
        + "' bench encoder-worker --serve --threads {threads} --precision "
        + precision.word();
  }

  private Path script() {
    return folder.resolve("bench_encoder.py");
  }

  private Path python() {
    return folder.resolve(".venv/bin/python");
  }
}
