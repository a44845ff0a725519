package dev.gatun.bench.encoder;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gatun.bench.measure.Machine;
import dev.gatun.bench.measure.Shape;
import dev.gatun.bench.model.RandomModernBert;
import dev.gatun.bench.peers.PeerResults;
import dev.gatun.bench.peers.Peers;
import dev.gatun.bench.report.Peak;
import dev.gatun.bench.report.Plots;
import dev.gatun.bench.report.Report;
import dev.gatun.bench.report.Row;
import dev.gatun.bench.report.Table;
import dev.gatun.inference.Inference;
import dev.gatun.inference.InferenceOptions;
import dev.gatun.inference.Precision;
import dev.gatun.inference.RuntimeInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code gatun bench encoder}: encoder models by length, batch, precision, threads and tier. */
@Command(
    name = "encoder",
    description =
        "Measure encoder models: time per call, tokens per second, share of the machine's peak,"
            + " memory and load time.",
    footer = {
      "",
      "Without --model: MiniLM and a random model of ModernBERT-base shape, made once. Each",
      "precision, thread count and tier runs in a process of its own. Batch, concurrency and tasks",
      "vary one at a time. OUT is rewritten after every case; plots are written beside it."
    })
public final class EncoderBench implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Mixin private EncoderOptions options = new EncoderOptions();

  /** For picocli. */
  public EncoderBench() {}

  @Override
  public Integer call() throws IOException, InterruptedException {
    Settings settings;
    try {
      settings = options.settings();
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
    RuntimeInfo runtime = runtime();
    Report report =
        new Report(settings.out(), Machine.here(), runtime.version(), options.typed(spec));
    System.err.println(Machine.here().cpu() + ", " + runtime.isa());
    Peaks peaks = Peaks.measure(settings, report, EncoderBench::say);
    Map<String, Path> models = models(settings);
    Map<String, Shape> shapes = new HashMap<>();
    for (Map.Entry<String, Path> model : models.entrySet()) {
      shapes.put(model.getKey(), Shape.read(model.getValue()));
    }
    if (settings.peers().isPresent()) {
      beside(settings.peers().get(), settings, report, runtime.isa(), shapes, peaks);
    }
    List<Row> covered = report.rows();
    for (Map.Entry<String, Path> model : models.entrySet()) {
      sweep(settings, report, model.getKey(), model.getValue(), covered, peaks);
    }
    report.complete();
    finish(settings, report);
    return report.rows().isEmpty() ? 1 : 0;
  }

  private static RuntimeInfo runtime() {
    try (Inference inference = Inference.open(InferenceOptions.defaults().withThreads(1, 1))) {
      return inference.runtime();
    }
  }

  /** Folders by the names results give them. */
  private static Map<String, Path> models(Settings settings) throws IOException {
    Map<String, Path> models = new LinkedHashMap<>();
    Path builtIn = Path.of(System.getProperty("gatun.models", "models"));
    for (String name : settings.models()) {
      Path folder = Files.isDirectory(Path.of(name)) ? Path.of(name) : builtIn.resolve(name);
      if (!Files.exists(folder.resolve("config.json"))) {
        throw new IOException(folder + " holds no config.json: name a model folder");
      }
      models.put(folder.toAbsolutePath().normalize().getFileName().toString(), folder);
    }
    if (models.isEmpty() && settings.peers().filter(Peers::hasModels).isPresent()) {
      Path work = settings.peers().get().work();
      Peers.MODELS.forEach(name -> models.put(name, work.resolve(name)));
    }
    if (models.isEmpty()) {
      Path random = settings.home().resolve("build/bench/models/modernbert-base");
      models.put("modernbert-base", RandomModernBert.base().in(random, EncoderBench::say));
      models.put("all-MiniLM-L6-v2", builtIn.resolve("all-MiniLM-L6-v2"));
    }
    return models;
  }

  private static void beside(
      Peers peers,
      Settings settings,
      Report report,
      String isa,
      Map<String, Shape> shapes,
      Peaks peaks)
      throws IOException, InterruptedException {
    List<String> missing = peers.missing(settings.peersRun());
    if (!missing.isEmpty()) {
      say("the peers do not take part:");
      missing.forEach(what -> say("  " + what));
      missing.forEach(what -> report.note("no peers: " + what));
      return;
    }
    Peers.Run run = settings.peersRun().in(prepared(peers, settings.peersRun(), settings, report));
    Path results = Files.createTempFile("gatun-peers-", ".json");
    Optional<Peak> peak = peaks.of(settings.variants().getFirst());
    Files.delete(results);
    try {
      int status =
          peers.run(
              run,
              settings.launcher(),
              results,
              line -> {
                say(line);
                if (line.contains(" round ")) {
                  merge(results, report, isa, shapes, peak);
                }
              });
      merge(results, report, isa, shapes, peak);
      if (status != 0) {
        report.note("the peers' bench ended with status " + status);
        say("the peers' bench ended with status " + status + "; going on with what it found");
      }
    } finally {
      Files.deleteIfExists(results);
    }
  }

  /**
   * Packs the weights once, as the peers' models were prepared before they are measured.
   *
   * @return the precisions that every model can be loaded in
   */
  private static List<Precision> prepared(
      Peers peers, Peers.Run run, Settings settings, Report report) throws IOException {
    List<Precision> usable = new ArrayList<>(run.precisions());
    for (String name : run.models()) {
      Path folder = peers.work().resolve(name);
      Shape shape = Shape.read(folder);
      Case first = new Case(folder, name, 32, 1, 1, 1);
      for (Precision precision : run.precisions()) {
        Variant variant = new Variant(precision, run.threads(), "");
        try (WorkerProcess worker = new WorkerProcess(settings.launcher(), variant)) {
          JsonNode reply =
              worker.ask(Sweep.job(first, variant, shape).put("warmup", 0).put("repeat", 1));
          String about = name + ", " + precision.word() + ": ";
          if (reply.has("error")) {
            usable.remove(precision);
            report.note(about + reply.get("error").asText());
            say(about + reply.get("error").asText());
          } else {
            double millis = reply.path("load_ms").asDouble();
            say(about + String.format(Locale.ROOT, "prepared, loaded in %.0f ms", millis));
          }
        }
      }
    }
    return usable;
  }

  private static void merge(
      Path results, Report report, String isa, Map<String, Shape> shapes, Optional<Peak> peak) {
    if (!Files.exists(results)) {
      return;
    }
    try {
      PeerResults found = PeerResults.read(results);
      found.rows(isa, shapes, peak).forEach(report::put);
      report.compared(found.ratios(), found.agreements());
      report.write();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(results + " of the peers' bench cannot be read", e);
    }
  }

  private static void sweep(
      Settings settings, Report report, String name, Path folder, List<Row> covered, Peaks peaks)
      throws IOException {
    Shape shape = Shape.read(folder);
    List<Case> cases =
        Case.all(
            folder,
            name,
            settings.axes(),
            settings.axisLengths(),
            shape.positionsMax(),
            shape.labels() > 0);
    Sweep sweep =
        new Sweep(settings.launcher(), settings.effort(), report, peaks, EncoderBench::say);
    for (Case subject : cases) {
      for (Variant variant : settings.variants()) {
        if (covered.stream().anyMatch(row -> same(row, subject, variant))) {
          sweep.leaveOut(subject, variant);
        }
      }
    }
    sweep.run(cases, settings.variants(), shape);
  }

  /** Whether the run beside the peers has measured it: with the best tier, one caller. */
  private static boolean same(Row row, Case subject, Variant variant) {
    return row.engine().equals("gatun")
        && variant.tier().isEmpty()
        && row.model().equals(subject.name())
        && row.precision().equals(variant.precision().word())
        && row.threads() == variant.threads()
        && row.length() == subject.length()
        && row.batch() == subject.batch()
        && row.concurrency() == subject.concurrency()
        && row.tasks() == subject.tasks();
  }

  private static void finish(Settings settings, Report report) throws IOException {
    report.write();
    if (settings.out().isPresent() && !report.rows().isEmpty()) {
      Plots.write(settings.out().get().toAbsolutePath(), report.rows())
          .forEach(file -> say("wrote " + file));
    }
    System.out.print(Table.of(report.rows()));
    if (!report.ratios().isEmpty()) {
      System.out.println("\npeer / gatun, above 1: gatun is faster (median of ratios per round)\n");
      System.out.print(Table.ofRatios(report.ratios()));
    }
    if (!report.agreements().isEmpty()) {
      System.out.println("\nagreement with fp32 on the bench ids\n");
      System.out.print(Table.ofAgreements(report.agreements()));
    }
  }

  private static void say(String line) {
    System.err.println(line);
  }
}
