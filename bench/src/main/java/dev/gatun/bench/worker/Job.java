package dev.gatun.bench.worker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gatun.inference.TokenBatch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One request file: a model and what to measure with it.
 *
 * @param tasks classifiers to answer per request
 * @param warmup untimed runs of each request
 * @param repeat timed runs of each request (and caller)
 * @param timeLimitSeconds stop repeating a request when its runs have taken this long
 * @param concurrency callers that run a request at the same time; a field of our own, 1 when absent
 */
record Job(
    Path model,
    Kind kind,
    int threads,
    int tasks,
    int warmup,
    int repeat,
    double timeLimitSeconds,
    boolean wantOutputs,
    int concurrency,
    List<TokenBatch> requests) {

  /** The version of request files this code reads. */
  private static final int VERSION = 1;

  /** What a model is asked for. */
  enum Kind {
    SEQUENCE_CLASSIFICATION("sequence-classification", "logits"),
    SENTENCE_EMBEDDING("sentence-embedding", "embedding");

    private final String word;
    private final String output;

    Kind(String word, String output) {
      this.word = word;
      this.output = output;
    }

    /** The word of {@code output_kind} in a reply. */
    String output() {
      return output;
    }

    static Kind of(String word) {
      for (Kind kind : values()) {
        if (kind.word.equals(word)) {
          return kind;
        }
      }
      throw new IllegalArgumentException(
          "kind '" + word + "': sequence-classification or sentence-embedding expected");
    }
  }

  Job {
    requests = List.copyOf(requests);
    positive("threads", threads);
    positive("tasks", tasks);
    positive("repeat", repeat);
    positive("concurrency", concurrency);
    if (warmup < 0) {
      throw new IllegalArgumentException("warmup is " + warmup + ": 0 or more expected");
    }
    if (!(timeLimitSeconds > 0)) {
      throw new IllegalArgumentException("time_limit_s is " + timeLimitSeconds + ": above 0");
    }
    if (requests.isEmpty()) {
      throw new IllegalArgumentException("requests is empty: at least one expected");
    }
    if (kind == Kind.SENTENCE_EMBEDDING && tasks > 1) {
      throw new IllegalArgumentException("tasks is " + tasks + ": embeddings have one task");
    }
  }

  /**
   * Reads a request file.
   *
   * @throws IOException when it cannot be read or is not JSON
   * @throws IllegalArgumentException naming the first field that is wrong
   */
  static Job read(Path file) throws IOException {
    JsonNode root = new ObjectMapper().readTree(file.toFile());
    if (root.path("version").asInt() != VERSION) {
      throw new IllegalArgumentException("version is " + root.path("version") + ": 1 expected");
    }
    if (root.path("model").asText().isEmpty()) {
      throw new IllegalArgumentException("model is missing: the path of a model folder expected");
    }
    List<TokenBatch> requests = new ArrayList<>();
    for (JsonNode request : root.path("requests")) {
      requests.add(batch(request, requests.size()));
    }
    return new Job(
        Path.of(root.path("model").asText()),
        Kind.of(root.path("kind").asText()),
        root.path("threads").asInt(Runtime.getRuntime().availableProcessors()),
        root.path("tasks").asInt(1),
        root.path("warmup").asInt(0),
        root.path("repeat").asInt(1),
        root.path("time_limit_s").asDouble(Double.MAX_VALUE),
        root.path("want_outputs").asBoolean(false),
        root.path("concurrency").asInt(1),
        requests);
  }

  /** The valid tokens of every row: padding ends a row whose length is stated. */
  private static TokenBatch batch(JsonNode request, int number) {
    JsonNode rows = request.path("batch");
    JsonNode lengths = request.path("lengths");
    if (!lengths.isMissingNode() && !lengths.isNull() && lengths.size() != rows.size()) {
      throw new IllegalArgumentException(
          "request " + number + ": " + lengths.size() + " lengths for " + rows.size() + " rows");
    }
    List<int[]> sequences = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      int[] row = ids(rows.get(i), number);
      int length = lengths.has(i) ? lengths.get(i).asInt(-1) : row.length;
      if (length < 1 || length > row.length) {
        throw new IllegalArgumentException(
            "request " + number + ", row " + i + ": length " + length + " of " + row.length);
      }
      sequences.add(Arrays.copyOf(row, length));
    }
    return TokenBatch.of(sequences);
  }

  private static int[] ids(JsonNode row, int number) {
    int[] ids = new int[row.size()];
    for (int i = 0; i < ids.length; i++) {
      if (!row.get(i).canConvertToInt()) {
        throw new IllegalArgumentException(
            "request " + number + ": " + row.get(i) + " is no token id");
      }
      ids[i] = row.get(i).intValue();
    }
    return ids;
  }

  private static void positive(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " is " + value + ": at least 1 expected");
    }
  }
}
