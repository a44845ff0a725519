package dev.gatun.bench.quality;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.server.classify.Predictor;
import dev.gatun.server.classify.Row;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.zip.GZIPInputStream;

/** Labelled rows, and the answers of a task to them. */
final class Examples {
  /** The file of a task's folder that no weight was fitted on. */
  static final String DEV = "dev.jsonl.gz";

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int THREADS = 32;

  private Examples() {}

  /** The rows of a compressed file of JSON lines. */
  static List<ObjectNode> read(Path file) throws IOException {
    List<ObjectNode> rows = new ArrayList<>();
    try (var lines =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (!(JSON.readTree(line) instanceof ObjectNode row)) {
          throw new IOException(file + ":" + (rows.size() + 1) + ": not a JSON object");
        }
        rows.add(row);
      }
    }
    return rows;
  }

  /** The models whose outcomes the rows of {@code selection} hold, in their order. */
  static List<PricedModel> models(Path file) throws IOException {
    List<PricedModel> models = new ArrayList<>();
    for (JsonNode model : JSON.readTree(file.toFile()).path("models")) {
      models.add(
          new PricedModel(
              model.path("model").asText(),
              model.path("usd_per_mtok_in").asDouble(),
              model.path("usd_per_mtok_out").asDouble()));
    }
    return models;
  }

  /** The answers to all rows, in their order; many are worked on at a time. */
  static List<JsonNode> answers(Predictor predictor, List<ObjectNode> rows) throws IOException {
    List<Future<JsonNode>> pending = new ArrayList<>();
    try (ExecutorService threads =
        Executors.newFixedThreadPool(THREADS, Thread.ofPlatform().name("row-", 0).factory())) {
      for (int i = 0; i < rows.size(); i++) {
        Row row = new Row(i + 1, rows.get(i));
        pending.add(threads.submit(() -> predictor.answer(row)));
      }
    }
    List<JsonNode> answers = new ArrayList<>();
    for (Future<JsonNode> answer : pending) {
      try {
        answers.add(answer.get());
      } catch (ExecutionException e) {
        throw new IOException("row " + (answers.size() + 1) + ": " + e.getCause(), e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted", e);
      }
    }
    return answers;
  }
}
