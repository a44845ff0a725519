package dev.gatun.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.inference.Inference;
import dev.gatun.server.inference.TextScorer;
import dev.gatun.server.learn.Calibration;
import dev.gatun.server.learn.Calibration.Operating;
import dev.gatun.server.learn.ReliabilityPlot;
import dev.gatun.server.wire.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code gatun model calibrate}: how far probabilities can be believed, and what to set. */
@Command(
    name = "calibrate",
    description = {
      "Say how far a classifier's probabilities can be believed on labelled texts, which",
      "temperature makes them so, and which threshold gives a wanted precision or rate of false",
      "positives."
    },
    footer = {
      "",
      "Lines: {\"text\", \"label\"}, best of texts the classifier was not trained on. A long text",
      "is cut at what the model saw in training. Thresholds are on probabilities at that",
      "temperature. Where the card lets the words of a text count beside the encoder, so here;",
      "the temperature is that of the encoder."
    })
final class ModelCalibrate implements Runnable {
  private static final double[] RATES = {0.01, 0.02, 0.05};

  private final Console console;

  @Mixin private ModelOptions options = new ModelOptions();

  @Mixin private ModelName model = new ModelName();

  @Mixin private LabelledInput input = new LabelledInput();

  @Option(
      names = "--at-precision",
      paramLabel = "P",
      description = "Thresholds from which that share of what is found is right.")
  private Optional<Double> precision = Optional.empty();

  @Option(
      names = "--at-false-positives",
      paramLabel = "R",
      description = "Thresholds with that rate of false positives (default: 0.01, 0.02, 0.05).")
  private Optional<Double> rate = Optional.empty();

  @Option(
      names = "--plot",
      paramLabel = "FILE",
      description = "Reliability diagram to write, an SVG.")
  private Optional<Path> plot = Optional.empty();

  ModelCalibrate(Console console) {
    this.console = console;
  }

  @Override
  public void run() {
    checked("--at-precision", precision);
    checked("--at-false-positives", rate);
    Path folder = model.folder();
    try (Inference inference = options.open();
        TextScorer scorer =
            TextScorer.open(inference, ModelOptions.store(), folder, options.load())) {
      LabelledRows<Said> rows =
          input.read(
              console, text -> new Said(scorer.scores(text), scorer.beside(text)), Said.class);
      Calibration calibration =
          new Calibration(
              rows.values().stream().map(Said::scores).toArray(double[][]::new),
              rows.values().stream().map(Said::beside).toArray(double[][]::new),
              rows.indexes(scorer.labels()));
      report(scorer.labels(), calibration);
    }
  }

  /**
   * What a model says of a text.
   *
   * @param beside what its words add, as they do when the model is served
   */
  @SuppressWarnings("ArrayRecordComponent") // handed over, not changed afterwards
  private record Said(double[] scores, double[] beside) {}

  private static void checked(String option, Optional<Double> share) {
    if (share.isPresent() && !(share.get() >= 0 && share.get() <= 1)) {
      throw new Failure(ExitStatus.USAGE, option + " " + share.get() + ": 0 to 1 expected");
    }
  }

  private void report(List<String> labels, Calibration calibration) {
    double temperature = calibration.temperature();
    ObjectNode tree =
        Json.object()
            .put("model", model.toString())
            .put("rows", calibration.wanted().length)
            .put("accuracy", calibration.accuracy(temperature))
            .put("macro_f1", calibration.macroF1(temperature))
            .put("temperature", temperature)
            .put("ece", calibration.error(temperature))
            .put("ece_uncalibrated", calibration.error(1));
    List<Calibration.Bin> bins = calibration.reliability(temperature);
    ArrayNode reliability = tree.putArray("reliability");
    bins.forEach(bin -> reliability.add(tree(bin)));
    ObjectNode thresholds = tree.putObject("thresholds");
    for (int label = 0; label < labels.size(); label++) {
      ArrayNode ofLabel = thresholds.putArray(labels.get(label));
      thresholds(calibration, label, temperature, ofLabel);
    }
    plot.ifPresent(file -> write(file, ReliabilityPlot.svg(bins, model.toString())));
    if (input.json()) {
      console.json(tree);
    } else {
      print(tree, bins);
    }
  }

  private void thresholds(Calibration calibration, int label, double temperature, ArrayNode into) {
    precision.ifPresent(
        p -> into.add(tree("precision", p, calibration.atPrecision(label, p, temperature))));
    double[] rates =
        rate.map(r -> new double[] {r}).orElse(precision.isPresent() ? new double[0] : RATES);
    for (double r : rates) {
      into.add(
          tree("false_positive_rate", r, calibration.atFalsePositiveRate(label, r, temperature)));
    }
  }

  private static ObjectNode tree(String kind, double wanted, Optional<Operating> found) {
    ObjectNode tree = Json.object().put("wanted", kind).put("at", wanted);
    found.ifPresentOrElse(
        o ->
            tree.put("threshold", o.threshold())
                .put("precision", o.precision())
                .put("recall", o.recall())
                .put("false_positive_rate", o.falsePositiveRate()),
        () -> tree.putNull("threshold"));
    return tree;
  }

  private static ObjectNode tree(Calibration.Bin bin) {
    return Json.object()
        .put("low", bin.low())
        .put("high", bin.high())
        .put("count", bin.count())
        .put("confidence", bin.confidence())
        .put("accuracy", bin.accuracy());
  }

  private void print(ObjectNode tree, List<Calibration.Bin> bins) {
    console.line(
        String.format(
            Locale.ROOT,
            "%,d rows: accuracy %.3f, macro-F1 %.3f",
            tree.path("rows").asInt(),
            tree.path("accuracy").asDouble(),
            tree.path("macro_f1").asDouble()));
    console.line(
        String.format(
            Locale.ROOT,
            "temperature %.3f; calibration error %.3f with it, %.3f without",
            tree.path("temperature").asDouble(),
            tree.path("ece").asDouble(),
            tree.path("ece_uncalibrated").asDouble()));
    console.line("");
    console.line("confidence    rows   mean   right");
    ReliabilityPlot.lines(bins).forEach(console::line);
    console.line("");
    console.line(
        "label                    wanted                       " + "threshold  precision  recall");
    tree.path("thresholds")
        .properties()
        .forEach(label ->
            label
                .getValue()
                .forEach(o ->
                    console.line(
                        String.format(
                            Locale.ROOT,
                            "%-24.24s %-20s %6.3f  %9s  %9s  %6s",
                            label.getKey(),
                            o.path("wanted").asText(),
                            o.path("at").asDouble(),
                            number(o.path("threshold")),
                            number(o.path("precision")),
                            number(o.path("recall"))))));
  }

  private static String number(JsonNode value) {
    return value.isNumber() ? String.format(Locale.ROOT, "%.4f", value.asDouble()) : "none";
  }

  private static void write(Path file, String text) {
    try {
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new Failure(ExitStatus.FAILED, file + " cannot be written: " + e.getMessage(), e);
    }
  }
}
