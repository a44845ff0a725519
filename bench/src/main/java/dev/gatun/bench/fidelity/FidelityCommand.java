package dev.gatun.bench.fidelity;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.bench.measure.Centred;
import dev.gatun.bench.measure.Machine;
import dev.gatun.bench.report.Table;
import dev.gatun.inference.EncoderModel;
import dev.gatun.inference.Head;
import dev.gatun.inference.Inference;
import dev.gatun.inference.InferenceException;
import dev.gatun.inference.InferenceOptions;
import dev.gatun.inference.LoadOptions;
import dev.gatun.inference.Output;
import dev.gatun.inference.Precision;
import dev.gatun.inference.TokenBatch;
import dev.gatun.inference.tokenize.Tokenizer;
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
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code gatun bench fidelity}: every precision against fp32 on sentences of real texts. */
@Command(
    name = "fidelity",
    description =
        "Compare every precision with fp32 on sentences of a folder of texts, one at a time, as"
            + " the peers' fidelity command does: embeddings, or logits less their mean.")
public final class FidelityCommand implements Callable<Integer> {
  /** As the peers' bench cuts. */
  private static final int TOKENS_MAX = 128;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--texts",
      paramLabel = "DIR",
      required = true,
      description = "Folder with Markdown or text files.")
  private Path texts = Path.of(".");

  @Option(
      names = "--sentences",
      paramLabel = "N",
      defaultValue = "500",
      description = "How many (default: ${DEFAULT-VALUE}).")
  private int count;

  @Option(
      names = "--model",
      paramLabel = "DIR_OR_NAME",
      defaultValue = "all-MiniLM-L6-v2",
      description = "Model with a tokenizer (default: ${DEFAULT-VALUE}).")
  private String model = "";

  @Option(
      names = "--precision",
      paramLabel = "P",
      split = ",",
      description = "Precisions to compare (default: all but fp32).")
  private List<String> precisions = new ArrayList<>();

  @Option(names = "--json", paramLabel = "OUT", description = "Write a JSON file as well.")
  private Optional<Path> out = Optional.empty();

  /** What one precision has shown. */
  private record Result(Precision precision, Drift drift) {}

  /** For picocli. */
  public FidelityCommand() {}

  @Override
  public Integer call() throws IOException {
    List<Precision> wanted = wanted();
    Path folder =
        Files.isDirectory(Path.of(model))
            ? Path.of(model)
            : Path.of(System.getProperty("gatun.models", "models")).resolve(model);
    List<String> sentences = Sentences.in(texts, count);
    List<int[]> ids = ids(folder, sentences);
    double mean = ids.stream().mapToInt(row -> row.length).average().orElse(0);
    System.err.printf(
        Locale.ROOT, "%d sentences, %.1f tokens on average%n", sentences.size(), mean);
    List<Result> results = new ArrayList<>();
    String isa;
    try (Inference inference = Inference.open(InferenceOptions.defaults())) {
      isa = inference.runtime().isa();
      List<double[]> reference = outputs(inference, folder, Precision.FP32, ids);
      for (Precision precision : wanted) {
        try {
          List<double[]> compared = outputs(inference, folder, precision, ids);
          results.add(new Result(precision, Drift.between(reference, compared)));
        } catch (InferenceException.Refused e) {
          System.err.println(precision.word() + ": " + e.getMessage());
        }
      }
    }
    print(results);
    if (out.isPresent()) {
      Files.createDirectories(out.get().toAbsolutePath().getParent());
      Files.write(
          out.get(),
          new ObjectMapper()
              .writerWithDefaultPrettyPrinter()
              .writeValueAsBytes(tree(results, isa, folder, sentences.size(), mean)));
    }
    return results.size() == wanted.size() ? 0 : 1;
  }

  private List<Precision> wanted() {
    List<Precision> wanted = new ArrayList<>();
    for (String word : precisions) {
      wanted.add(
          Precision.of(word)
              .orElseThrow(() ->
                  new ParameterException(
                      spec.commandLine(), "--precision " + word + " is unknown")));
    }
    if (wanted.isEmpty()) {
      wanted.addAll(List.of(Precision.values()));
      wanted.remove(Precision.FP32);
    }
    return wanted;
  }

  private static List<int[]> ids(Path folder, List<String> sentences) {
    try (Tokenizer tokenizer = Tokenizer.load(folder.resolve("tokenizer.json"))) {
      return sentences.stream().map(line -> tokenizer.encode(line, TOKENS_MAX).ids()).toList();
    }
  }

  /** One call per sentence, so that nothing depends on its neighbours. */
  private static List<double[]> outputs(
      Inference inference, Path folder, Precision precision, List<int[]> ids) {
    System.err.println("encoding with " + precision.word());
    try (EncoderModel encoder = inference.load(folder, LoadOptions.defaults().in(precision))) {
      boolean classifies = encoder.info().head() != Head.NONE;
      List<Output> output = List.of(classifies ? Output.logits() : Output.embedding());
      List<double[]> rows = new ArrayList<>();
      for (int[] row : ids) {
        float[] values = encoder.encode(TokenBatch.of(row), output).join().single().values();
        double[] exact = new double[values.length];
        for (int i = 0; i < exact.length; i++) {
          exact[i] = values[i];
        }
        rows.add(classifies ? Centred.logits(exact, false) : exact);
      }
      return rows;
    }
  }

  private static void print(List<Result> results) {
    Table table =
        new Table(1, List.of("precision", "cosine mean", "min", "pair drift mean", "max"));
    for (Result result : results) {
      table.add(
          result.precision().word(),
          six(result.drift().cosineMean()),
          six(result.drift().cosineMin()),
          six(result.drift().pairDriftMean()),
          six(result.drift().pairDriftMax()));
    }
    System.out.print(table);
  }

  private static String six(double value) {
    return String.format(Locale.ROOT, "%.6f", value);
  }

  private ObjectNode tree(
      List<Result> results, String isa, Path folder, int sentences, double tokens) {
    Machine machine = Machine.here();
    ObjectNode root = new ObjectMapper().createObjectNode();
    ObjectNode facts = root.putObject("machine");
    facts.put("cpu", machine.cpu()).put("cpus", machine.cpus()).put("isa", isa);
    root.put("date", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    root.put("command", "gatun bench " + String.join(" ", arguments()));
    ArrayNode rows = root.putArray("rows");
    for (Result result : results) {
      ObjectNode row = rows.addObject().put("engine", "gatun");
      row.put("model", folder.toAbsolutePath().normalize().getFileName().toString());
      row.put("precision", result.precision().word());
      row.put("sentences", sentences).put("tokens_mean", tokens);
      row.put("cosine_mean", result.drift().cosineMean());
      row.put("cosine_min", result.drift().cosineMin());
      row.put("pair_drift_mean", result.drift().pairDriftMean());
      row.put("pair_drift_max", result.drift().pairDriftMax());
    }
    return root;
  }

  private List<String> arguments() {
    return spec.root().commandLine().getParseResult().originalArgs();
  }
}
