package dev.gatun.bench.peers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gatun.bench.measure.Centred;
import dev.gatun.bench.measure.Operations;
import dev.gatun.bench.measure.Shape;
import dev.gatun.bench.measure.Statistics;
import dev.gatun.bench.report.Agreement;
import dev.gatun.bench.report.Peak;
import dev.gatun.bench.report.Ratio;
import dev.gatun.bench.report.Row;
import dev.gatun.inference.Precision;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The records of the peers' bench as rows, ratios and agreements. */
public final class PeerResults {
  private static final String OWN_ENGINE = "gatun";

  private final List<JsonNode> records = new ArrayList<>();
  private final Map<Cell, List<JsonNode>> cells = new LinkedHashMap<>();
  private final int threads;

  /** One engine and one case. */
  private record Cell(String engine, String model, int length, int batch, int tasks) {
    Cell of(String other) {
      return new Cell(other, model, length, batch, tasks);
    }
  }

  private PeerResults(JsonNode root) {
    threads = root.path("threads").asInt();
    root.path("records").forEach(records::add);
    for (JsonNode record : records) {
      if (record.path("ms").size() > 0) {
        cells.computeIfAbsent(cell(record), _ -> new ArrayList<>()).add(record);
      }
    }
  }

  /** Reads the file their bench writes with {@code --json}. */
  public static PeerResults read(Path file) throws IOException {
    return of(new ObjectMapper().readTree(file.toFile()));
  }

  static PeerResults of(JsonNode root) {
    return new PeerResults(root);
  }

  /**
   * A row per engine and case.
   *
   * @param isa the tier our own engines ran
   * @param shapes by model
   * @param peak of the machine
   */
  public List<Row> rows(String isa, Map<String, Shape> shapes, Optional<Peak> peak) {
    List<Row> rows = new ArrayList<>();
    cells.forEach((cell, samples) -> {
      boolean ours = cell.engine().startsWith(Peers.OURS);
      Precision precision = precision(cell.engine());
      List<Double> millis = millis(samples);
      double p50 = Statistics.median(millis);
      Optional<Operations> operations =
          Optional.ofNullable(shapes.get(cell.model())).map(shape -> cost(cell, shape, ours));
      rows.add(
          new Row(
              ours ? OWN_ENGINE : cell.engine(),
              cell.model(),
              precision.word(),
              ours ? isa : "",
              cell.length(),
              cell.batch(),
              1,
              cell.tasks(),
              threads,
              p50,
              Statistics.percentile(0.99, millis),
              cell.length() * cell.batch() / (p50 / 1e3),
              operations.flatMap(all -> peak.flatMap(known -> known.fraction(all, precision, p50))),
              samples.getFirst().path("rss_mb").asLong(),
              loadMillis(cell),
              millis.size()));
    });
    return rows;
  }

  /** Each peer's time over ours, inside a round, and of those the median. */
  public List<Ratio> ratios() {
    List<Ratio> ratios = new ArrayList<>();
    for (Cell ours : cells.keySet()) {
      if (ours.engine().startsWith(Peers.OURS)) {
        for (Cell peer : cells.keySet()) {
          if (!peer.engine().startsWith(Peers.OURS) && peer.equals(ours.of(peer.engine()))) {
            ratio(peer, ours).ifPresent(ratios::add);
          }
        }
      }
    }
    return ratios;
  }

  private Optional<Ratio> ratio(Cell peer, Cell ours) {
    Map<Integer, Double> base = byRound(ours);
    List<Double> perRound = new ArrayList<>();
    byRound(peer)
        .forEach((round, millis) -> {
          if (base.containsKey(round)) {
            perRound.add(millis / base.get(round));
          }
        });
    return perRound.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Ratio(
                peer.engine(),
                precision(ours.engine()).word(),
                ours.model(),
                ours.length(),
                ours.batch(),
                ours.tasks(),
                Statistics.median(perRound),
                perRound.size()));
  }

  private Map<Integer, Double> byRound(Cell cell) {
    Map<Integer, Double> medians = new TreeMap<>();
    for (JsonNode record : cells.getOrDefault(cell, List.of())) {
      medians.put(record.path("round").asInt(), Statistics.median(millis(List.of(record))));
    }
    return medians;
  }

  /** Cosine of every engine's output with fp32: PyTorch's if it took part, else our own. */
  public List<Agreement> agreements() {
    String reference =
        cells.keySet().stream().anyMatch(cell -> cell.engine().equals("torch-fp32"))
            ? "torch-fp32"
            : Peers.OURS + Precision.FP32.word();
    List<Agreement> agreements = new ArrayList<>();
    for (Cell cell : cells.keySet()) {
      if (cell.batch() == 1 && cell.tasks() == 1 && !cell.engine().equals(reference)) {
        Optional<JsonNode> mine = output(cell);
        Optional<JsonNode> theirs = output(cell.of(reference));
        if (mine.isPresent() && theirs.isPresent()) {
          agreements.add(
              new Agreement(
                  cell.engine(),
                  reference,
                  cell.model(),
                  cell.length(),
                  Centred.cosine(vector(mine.get()), vector(theirs.get()))));
        }
      }
    }
    return agreements;
  }

  private Optional<JsonNode> output(Cell cell) {
    return cells.getOrDefault(cell, List.of()).stream()
        .filter(record -> record.path("output").size() > 0)
        .findFirst();
  }

  private static double[] vector(JsonNode record) {
    JsonNode row = record.path("output").path(0);
    double[] values = new double[row.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = row.get(i).asDouble();
    }
    return record.path("output_kind").asText().equals("embedding")
        ? values
        : Centred.logits(values, record.path("output_kind").asText().equals("probabilities"));
  }

  private double loadMillis(Cell cell) {
    return records.stream()
        .filter(record -> record.path("start_up").asBoolean())
        .filter(record -> record.path("engine").asText().equals(cell.engine()))
        .filter(record -> record.path("model").asText().equals(cell.model()))
        .mapToDouble(record -> record.path("load_ms").asDouble())
        .findFirst()
        .orElse(0);
  }

  /** Ours shares the trunk among tasks; a peer computes one model after the other. */
  private static Operations cost(Cell cell, Shape shape, boolean ours) {
    Operations one = Operations.of(shape, cell.length(), cell.batch(), ours ? cell.tasks() : 1);
    int times = ours ? 1 : cell.tasks();
    return new Operations(one.linear() * times, one.attention() * times);
  }

  private static List<Double> millis(List<JsonNode> samples) {
    List<Double> millis = new ArrayList<>();
    for (JsonNode sample : samples) {
      sample.path("ms").forEach(time -> millis.add(time.asDouble()));
    }
    return millis;
  }

  private static Precision precision(String engine) {
    if (engine.startsWith(Peers.OURS)) {
      return Precision.of(engine.substring(Peers.OURS.length())).orElseThrow();
    }
    return engine.contains("int8")
        ? Precision.INT8
        : engine.contains("bf16") ? Precision.BF16 : Precision.FP32;
  }

  private static Cell cell(JsonNode record) {
    return new Cell(
        record.path("engine").asText(),
        record.path("model").asText(),
        record.path("length").asInt(),
        record.path("rows").asInt(),
        record.path("tasks").asInt(1));
  }
}
