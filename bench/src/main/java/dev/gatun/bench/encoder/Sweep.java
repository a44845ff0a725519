package dev.gatun.bench.encoder;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.bench.measure.Shape;
import dev.gatun.bench.report.Report;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Measures cases in rounds: in each round every case, for each case every variant one after the
 * other, so that a slow spell of the machine hits all alike. The order of the variants rotates.
 */
final class Sweep {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Longest call that is worth waiting for. */
  private static final int LIMIT_SECONDS = 60;

  /** How much longer a call of twice the length takes at most: a little less than quadratic. */
  private static final double GROWTH = 3.5;

  private final Path launcher;
  private final Effort effort;
  private final Report report;
  private final Peaks peaks;
  private final Consumer<String> progress;
  private final Map<Variant, WorkerProcess> workers = new HashMap<>();
  private final Map<Case, Map<Variant, Samples>> samples = new HashMap<>();
  private final Set<Object> given = new HashSet<>();

  /**
   * How much to measure.
   *
   * @param rounds of cases that share a process
   * @param longRounds of cases with a process of their own
   * @param budgetSeconds per case, variant and round
   * @param callsMax timed calls per case, variant and round
   */
  record Effort(int rounds, int longRounds, double budgetSeconds, int callsMax) {}

  /** A case that one variant has given up, or is done with. */
  private record Given(Case subject, Variant variant) {}

  Sweep(Path launcher, Effort effort, Report report, Peaks peaks, Consumer<String> progress) {
    this.launcher = launcher;
    this.effort = effort;
    this.report = report;
    this.peaks = peaks;
    this.progress = progress;
  }

  /** Measures the cases of one model; the report has a row per case and variant after each. */
  void run(List<Case> cases, List<Variant> variants, Shape shape) throws IOException {
    try {
      rounds(cases.stream().filter(one -> !one.fresh()).toList(), variants, shape, effort.rounds());
      stop();
      rounds(cases.stream().filter(Case::fresh).toList(), variants, shape, effort.longRounds());
    } finally {
      stop();
    }
  }

  /** Says that a variant need not measure a case. */
  void leaveOut(Case subject, Variant variant) {
    given.add(new Given(subject, variant));
  }

  private void rounds(List<Case> cases, List<Variant> variants, Shape shape, int rounds)
      throws IOException {
    List<Variant> order = new ArrayList<>(variants);
    for (int round = 0; round < rounds; round++) {
      int number = 0;
      for (Case subject : cases) {
        number++;
        progress.accept(
            String.format(
                Locale.ROOT,
                "round %d of %d, case %d of %d: %s",
                round + 1,
                rounds,
                number,
                cases.size(),
                subject));
        for (Variant variant : order) {
          measure(subject, variant, shape);
        }
        report.write();
      }
      Collections.rotate(order, 1);
    }
  }

  private void measure(Case subject, Variant variant, Shape shape) throws IOException {
    if (given.contains(new Given(subject, variant)) || given.contains(variant)) {
      return;
    }
    Samples mine =
        samples
            .computeIfAbsent(subject, _ -> new HashMap<>())
            .computeIfAbsent(variant, _ -> new Samples(subject, variant));
    Optional<Double> expected = mine.cost().or(() -> guess(subject, variant));
    if (mine.cost().isEmpty() && expected.orElse(0.0) > LIMIT_SECONDS * 1e3) {
      given.add(new Given(subject, variant));
      progress.accept("  " + variant + ": left out, a call would take too long");
      return;
    }
    JsonNode reply =
        subject.fresh()
            ? alone(subject, variant, shape, expected)
            : shared(subject, variant, shape, mine);
    if (reply.has("error")) {
      String what = subject.name() + ", " + variant + ": " + reply.get("error").asText();
      progress.accept("  " + what);
      report.note(what);
      // A variant that never answered is not there at all; one that did gives up this case only.
      given.add(answered(variant) ? new Given(subject, variant) : variant);
      return;
    }
    add(mine, reply);
    mine.memory(reply.path("rss_mb").asLong());
    var row = mine.row(shape, peaks.of(variant));
    report.put(row);
    progress.accept(
        String.format(
            Locale.ROOT, "  %-24s %10.2f ms x %d", variant, row.p50Millis(), row.calls()));
  }

  /** In the process that this variant shares among cases, warmed up at first contact. */
  private JsonNode shared(Case subject, Variant variant, Shape shape, Samples mine)
      throws IOException {
    WorkerProcess worker = workers.get(variant);
    if (worker == null) {
      worker = new WorkerProcess(launcher, variant);
      workers.put(variant, worker);
    }
    ObjectNode job = job(subject, variant, shape);
    Optional<Double> cost = mine.cost();
    if (cost.isEmpty()) {
      JsonNode first = worker.ask(job.put("warmup", 2).put("repeat", 1));
      if (first.has("error")) {
        worker.close();
        workers.remove(variant);
        return first;
      }
      cost = Optional.of(first.path("latencies_ms").path(0).path(0).asDouble());
    }
    JsonNode reply = worker.ask(job.put("warmup", 1).put("repeat", calls(subject, cost)));
    return withMemory(reply, worker);
  }

  /** In a process of its own, warmed up on a shorter request. */
  private JsonNode alone(Case subject, Variant variant, Shape shape, Optional<Double> expected)
      throws IOException {
    try (WorkerProcess worker = new WorkerProcess(launcher, variant)) {
      ObjectNode job = job(subject, variant, shape);
      job.withArray("requests").insert(0, TokenIds.request(1, 512, shape.vocabulary()));
      job.put("warmup", 0).put("repeat", calls(subject, expected));
      return withMemory(worker.ask(job), worker);
    }
  }

  private static JsonNode withMemory(JsonNode reply, WorkerProcess worker) {
    return ((ObjectNode) reply).put("rss_mb", worker.peakRssMebibytes());
  }

  private int calls(Case subject, Optional<Double> cost) {
    double per = cost.orElse(effort.budgetSeconds() * 1e3);
    long wanted = Math.round(effort.budgetSeconds() * 1e3 / per / subject.concurrency());
    return Math.clamp(wanted, 1, effort.callsMax());
  }

  /** A job of the external protocol, without its numbers of runs. */
  static ObjectNode job(Case subject, Variant variant, Shape shape) {
    ObjectNode job = JSON.createObjectNode().put("version", 1);
    job.put("model", subject.model().toAbsolutePath().toString());
    job.put("kind", shape.labels() > 0 ? "sequence-classification" : "sentence-embedding");
    job.put("threads", variant.threads()).put("tasks", subject.tasks());
    job.put("time_limit_s", LIMIT_SECONDS).put("want_outputs", false);
    job.put("concurrency", subject.concurrency());
    job.putArray("requests")
        .add(TokenIds.request(subject.batch(), subject.length(), shape.vocabulary()));
    return job;
  }

  private static void add(Samples mine, JsonNode reply) {
    JsonNode times = reply.path("latencies_ms");
    List<Double> latencies = new ArrayList<>();
    times.get(times.size() - 1).forEach(time -> latencies.add(time.asDouble()));
    JsonNode elapsed = reply.path("elapsed_ms");
    mine.add(
        latencies,
        elapsed.get(elapsed.size() - 1).asDouble(),
        reply.path("isa").asText(),
        reply.path("load_ms").asDouble());
  }

  /** At most what half the length took, with quadratic growth. */
  private Optional<Double> guess(Case subject, Variant variant) {
    return samples.entrySet().stream()
        .filter(entry -> entry.getKey().tokens() * 2 == subject.tokens())
        .filter(entry -> entry.getKey().name().equals(subject.name()))
        .flatMap(entry -> Optional.ofNullable(entry.getValue().get(variant)).stream())
        .flatMap(half -> half.cost().stream())
        .findFirst()
        .map(half -> half * GROWTH);
  }

  private boolean answered(Variant variant) {
    return samples.values().stream()
        .flatMap(byVariant -> Optional.ofNullable(byVariant.get(variant)).stream())
        .anyMatch(one -> one.cost().isPresent());
  }

  private void stop() {
    workers.values().forEach(WorkerProcess::close);
    workers.clear();
  }
}
