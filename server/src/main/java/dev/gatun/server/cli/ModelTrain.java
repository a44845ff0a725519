package dev.gatun.server.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.inference.Inference;
import dev.gatun.inference.Precision;
import dev.gatun.server.digest.Sha256;
import dev.gatun.server.inference.ModelStore;
import dev.gatun.server.inference.SelfTest;
import dev.gatun.server.inference.SentenceEmbedder;
import dev.gatun.server.inference.Trunk;
import dev.gatun.server.learn.HeadTraining;
import dev.gatun.server.models.EmbeddingHead;
import dev.gatun.server.models.TrainedFolder;
import dev.gatun.server.wire.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code gatun model train}: a classifier of a user's own labels, from a few examples up. */
@Command(
    name = "train",
    description = {
      "Fit a classifier to labelled texts: a linear head over the embedded sentence encoder.",
      "Two examples of a label are enough to begin with; ten are better."
    },
    footer = {
      "",
      "Lines: {\"text\", \"label\"}. The folder holds the head, a few kilobytes, and a card with",
      "what cross-validation says of it. 'gatun classify --model DIR' runs it."
    })
final class ModelTrain implements Runnable {
  private final Console console;

  @Mixin private ModelOptions options = new ModelOptions();

  @Mixin private LabelledInput input = new LabelledInput();

  @Option(
      names = "--out",
      paramLabel = "DIR",
      required = true,
      description = "Folder to write; it must not exist.")
  private Path out = Path.of("");

  ModelTrain(Console console) {
    this.console = console;
  }

  @Override
  public void run() {
    if (Files.exists(out)) {
      throw new Failure(ExitStatus.FAILED, out + " exists already; name a new folder with --out");
    }
    ModelStore store = ModelOptions.store();
    try (Inference inference = options.open();
        SentenceEmbedder embedder = SentenceEmbedder.open(inference, store, options.load())) {
      train(embedder);
    }
  }

  private void train(SentenceEmbedder embedder) {
    LabelledRows<float[]> rows = input.read(console, text -> vector(embedder, text), float[].class);
    List<String> classes = classes(rows);
    int[] wanted = rows.indexes(classes);
    HeadTraining.Fitted fitted = fit(rows, wanted, classes);
    EmbeddingHead head = new EmbeddingHead(Trunk.MODEL, classes, fitted.weights());
    HeadCard card = new HeadCard(out.toAbsolutePath().getFileName().toString(), head, fitted);
    write(head, card.tree(wanted.length, source()), probe(head, embedder));
    report(card, classes, wanted);
  }

  /** The numbers of another precision would be no measure for this one. */
  private Map<String, String> probe(EmbeddingHead head, SentenceEmbedder embedder) {
    return options.load().precision() == Precision.FP32
        ? Map.of(SelfTest.FILE, SelfTest.of(out, head, text -> vector(embedder, text)).content())
        : Map.of();
  }

  private static float[] vector(SentenceEmbedder embedder, String text) {
    return embedder
        .embed(text)
        .fold(
            known -> known,
            reason -> {
              throw new IllegalArgumentException(reason);
            });
  }

  private List<String> classes(LabelledRows<float[]> rows) {
    List<String> classes = rows.classes();
    if (classes.size() < 2) {
      throw new Failure(
          ExitStatus.FAILED,
          input.file() + " knows one label only, " + classes + ": two are needed");
    }
    List<String> lonely =
        classes.stream()
            .filter(label -> rows.labels().stream().filter(label::equals).count() < 2)
            .toList();
    if (!lonely.isEmpty()) {
      throw new Failure(
          ExitStatus.FAILED,
          input.file() + " has a single example of " + lonely + ": two of every label are needed");
    }
    return classes;
  }

  private HeadTraining.Fitted fit(LabelledRows<float[]> rows, int[] wanted, List<String> classes) {
    float[][] embeddings = rows.values().toArray(float[][]::new);
    try (ShareBar bar = new ShareBar(console, "fitting")) {
      return new HeadTraining(embeddings, wanted, classes.size()).fit(bar::show);
    }
  }

  private String source() {
    return input.file().equals("-")
        ? "standard input"
        : Path.of(input.file()).getFileName().toString();
  }

  private void write(EmbeddingHead head, Map<String, Object> card, Map<String, String> probe) {
    TreeMap<String, String> sources = new TreeMap<>();
    try {
      if (!input.file().equals("-")) {
        sources.put(source(), Sha256.of(Path.of(input.file())));
      }
      TrainedFolder.write(out, head, card, probe, sources);
    } catch (IOException e) {
      throw new Failure(ExitStatus.FAILED, out + " cannot be written: " + e.getMessage(), e);
    }
  }

  private void report(HeadCard card, List<String> classes, int[] wanted) {
    int[] counts =
        IntStream.range(0, classes.size())
            .map(c -> (int) Arrays.stream(wanted).filter(w -> w == c).count())
            .toArray();
    if (input.json()) {
      ObjectNode tree =
          Json.object()
              .put("model", out.toString())
              .put("rows", wanted.length)
              .put("accuracy", card.accuracy())
              .put("macro_f1", card.macroF1())
              .put("ece", card.error())
              .put("temperature", card.temperature());
      ObjectNode labels = tree.putObject("labels");
      for (int c = 0; c < counts.length; c++) {
        labels.put(classes.get(c), counts[c]);
      }
      console.json(tree);
      return;
    }
    for (int c = 0; c < counts.length; c++) {
      console.line(String.format(Locale.ROOT, "%-32s %,7d examples", classes.get(c), counts[c]));
    }
    console.line(
        String.format(
            Locale.ROOT,
            "cross-validated: accuracy %.3f, macro-F1 %.3f, calibration error %.3f",
            card.accuracy(),
            card.macroF1(),
            card.error()));
    console.line("wrote " + out);
  }
}
