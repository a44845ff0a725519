package dev.gatun.server.inference;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.inference.Head;
import dev.gatun.inference.InferenceException;
import dev.gatun.inference.Matrix;
import dev.gatun.inference.ModelInfo;
import dev.gatun.inference.Output;
import dev.gatun.inference.Pooling;
import dev.gatun.inference.Precision;
import dev.gatun.inference.TokenBatch;
import dev.gatun.server.learn.Probability;
import dev.gatun.server.models.EmbeddingHead;
import dev.gatun.server.wire.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Texts whose results another framework computed, or this one when the model was imported, kept in
 * the model's folder as {@value #FILE}: what this engine computes on this machine has to be the
 * same, up to what the precision explains.
 *
 * @param folder it was read from
 * @param texts short ones, each within a window of the model
 * @param values of each text: logits, those of its first token, the elements of an embedding of
 *     unit length, probabilities, scores, or the score and the chances of a checked answer
 */
public record SelfTest(Path folder, Kind kind, List<String> texts, List<double[]> values) {
  /** In a model's folder. */
  public static final String FILE = "probe.json";

  /** Of a folder that has no texts of its own. */
  private static final List<String> TEXTS =
      List.of(
          "The ferry leaves at half past six.",
          "Write a function that reverses a linked list.",
          "Ihre Rechnung vom 3. März liegt bei, Frau Sommer.",
          "Why is the sky blue, and why are sunsets red?",
          "42",
          "Call the desk in Lyon at +33 4 72 00 00 00 and ask for Amélie!");

  /** What was computed. */
  public enum Kind {
    LOGITS,
    /** By a classifier of tokens; token i has type i modulo the number of types. */
    TOKEN_LOGITS,
    EMBEDDING,
    /** Each by itself, whether or not they sum to 1. */
    PROBABILITIES,
    /** Of tools, by which they are ordered. */
    SCORES
  }

  /**
   * The result of a self-test.
   *
   * @param worst largest difference of a probability or score, or the least cosine taken from 1
   * @param bound that it must not exceed
   * @param text where it is the largest
   */
  public record Outcome(double worst, double bound, String text) {
    /** Whether the model computes what it computed elsewhere. */
    public boolean passed() {
      return worst <= bound;
    }

    /** The one of two that is nearer to its bound, or farther beyond it. */
    public Outcome worse(Outcome other) {
      return worst / bound >= other.worst / other.bound ? this : other;
    }
  }

  public SelfTest {
    texts = List.copyOf(texts);
    values = List.copyOf(values);
    if (texts.isEmpty() || texts.size() != values.size()) {
      throw new IllegalArgumentException(texts.size() + " texts with " + values.size() + " values");
    }
  }

  /**
   * The self-test of a folder; empty when it has none.
   *
   * @throws InferenceException.Refused when the file is damaged
   */
  public static Optional<SelfTest> read(Path folder) {
    Path file = folder.resolve(FILE);
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    try {
      JsonNode root = Json.read(Files.readAllBytes(file));
      Kind kind = Kind.valueOf(root.path("output").asText().toUpperCase(Locale.ROOT));
      List<String> texts = new ArrayList<>();
      root.path("texts").forEach(text -> texts.add(text.asText()));
      List<double[]> values = new ArrayList<>();
      root.path("values").forEach(row -> values.add(numbers(row)));
      return Optional.of(new SelfTest(folder, kind, texts, values));
    } catch (IOException | IllegalArgumentException e) {
      throw damaged(folder, e);
    }
  }

  static InferenceException.Refused damaged(Path folder, Exception e) {
    return new InferenceException.Refused(
        folder, FILE + " is damaged (" + e.getMessage() + "): restore it or remove it", e);
  }

  static double[] numbers(JsonNode row) {
    double[] values = new double[row.size()];
    for (int i = 0; i < values.length; i++) {
      if (!row.get(i).isNumber()) {
        throw new IllegalArgumentException("values are numbers");
      }
      values[i] = row.get(i).doubleValue();
    }
    return values;
  }

  /**
   * A self-test of what a model computes here and now, for a folder that has none: what it computes
   * later or elsewhere is compared with that. Empty for a trunk without head and pooling.
   *
   * @param model in fp32
   */
  public static Optional<SelfTest> of(Path folder, FolderModel model) {
    ModelInfo info = model.info();
    if (info.head() == Head.NONE && info.pooling() == Pooling.NONE) {
      return Optional.empty();
    }
    Kind kind =
        switch (info.head()) {
          case NONE -> Kind.EMBEDDING;
          case SEQUENCE -> Kind.LOGITS;
          case TOKEN -> Kind.TOKEN_LOGITS;
        };
    List<double[]> values = compute(model, kind, TEXTS);
    return Optional.of(new SelfTest(folder, kind, TEXTS, values));
  }

  /**
   * The same of a linear head.
   *
   * @param embed the vector of a text
   */
  public static SelfTest of(Path folder, EmbeddingHead head, Function<String, float[]> embed) {
    List<double[]> values = TEXTS.stream().map(embed).map(head::logits).toList();
    return new SelfTest(folder, Kind.LOGITS, TEXTS, values);
  }

  /** Writes it as the folder's file. */
  public void write() throws IOException {
    Files.writeString(folder.resolve(FILE), content());
  }

  /** The content of the file. */
  public String content() {
    ObjectNode root = Json.object().put("output", kind.name().toLowerCase(Locale.ROOT));
    ArrayNode lines = root.putArray("texts");
    texts.forEach(lines::add);
    ArrayNode rows = root.putArray("values");
    for (double[] row : values) {
      ArrayNode numbers = rows.addArray();
      Arrays.stream(row).forEach(numbers::add);
    }
    return root + "\n";
  }

  private static double[] doubles(float[] values) {
    return IntStream.range(0, values.length).mapToDouble(i -> values[i]).toArray();
  }

  /** Runs a model and refuses it when the results have drifted from those that are stored. */
  void require(FolderModel model) {
    require(run(model));
  }

  /** The same of what does its own arithmetic. */
  void require(Probed model) {
    require(run(model));
  }

  /** Refuses what drifts. */
  void require(Outcome outcome) {
    drift(outcome)
        .ifPresent(drift -> {
          throw new InferenceException.Refused(folder, drift);
        });
  }

  /** How the results have drifted from those that are stored; empty when they have not. */
  public Optional<String> drift(FolderModel model) {
    return drift(run(model));
  }

  /** The same of what does its own arithmetic. */
  public Optional<String> drift(Probed model) {
    return drift(run(model));
  }

  private static Optional<String> drift(Outcome outcome) {
    if (outcome.passed()) {
      return Optional.empty();
    }
    return Optional.of(
        String.format(
            Locale.ROOT,
            "the self-test fails: \"%.40s\" differs by %.2g from %s, at most %.2g is expected;"
                + " run ./gatun model verify, and ./gatun build if files have changed",
            outcome.text(),
            outcome.worst(),
            FILE,
            outcome.bound()));
  }

  /** Computes what is stored, once more. */
  public Outcome run(FolderModel model) {
    return outcome(compute(model, kind, texts), model.info().precision());
  }

  /** The same of what does its own arithmetic. */
  public Outcome run(Probed model) {
    return outcome(texts.stream().map(model::probe).toList(), model.precision());
  }

  /** What is found of each text, compared with what is stored. */
  Outcome outcome(List<double[]> found, Precision precision) {
    int worst = 0;
    double[] differences = new double[texts.size()];
    for (int i = 0; i < differences.length; i++) {
      differences[i] = difference(found.get(i), values.get(i));
      worst = differences[i] > differences[worst] ? i : worst;
    }
    return new Outcome(differences[worst], bound(precision), texts.get(worst));
  }

  /** What is compared of each text. */
  private static List<double[]> compute(FolderModel model, Kind kind, List<String> texts) {
    List<int[]> sequences =
        texts.stream().map(text -> model.base().tokenizer().encode(text).ids()).toList();
    int types = kind == Kind.TOKEN_LOGITS ? Math.max(1, model.info().tokenTypes()) : 1;
    List<int[]> typeIds = sequences.stream().map(ids -> types(ids.length, types)).toList();
    TokenBatch batch = TokenBatch.of(sequences, typeIds);
    Output plain = kind == Kind.EMBEDDING ? Output.embedding() : Output.logits();
    Matrix result = encode(model, batch, model.output(plain));
    // Behind the special token that every text begins with.
    return IntStream.range(0, texts.size())
        .mapToObj(i -> result.row(kind == Kind.TOKEN_LOGITS ? batch.offsets()[i] + 1 : i))
        .map(SelfTest::doubles)
        .toList();
  }

  private static int[] types(int length, int count) {
    return IntStream.range(0, length).map(token -> token % count).toArray();
  }

  private static Matrix encode(FolderModel model, TokenBatch batch, Output output) {
    try {
      return model.base().encoder().encode(batch, List.of(output)).join().single();
    } catch (CompletionException e) {
      throw e.getCause() instanceof InferenceException known ? known : e;
    }
  }

  /** Not a number counts as the largest difference there is. */
  private double difference(double[] found, double[] stored) {
    if (stored.length != found.length) {
      return Double.POSITIVE_INFINITY;
    }
    double difference =
        switch (kind) {
          case LOGITS, TOKEN_LOGITS ->
              largestDifference(Probability.softmax(found), Probability.softmax(stored));
          case PROBABILITIES, SCORES -> largestDifference(found, stored);
          case EMBEDDING -> 1 - cosine(found, stored);
        };
    return Double.isNaN(difference) ? Double.POSITIVE_INFINITY : difference;
  }

  private static double largestDifference(double[] found, double[] wanted) {
    double largest = 0;
    for (int i = 0; i < found.length; i++) {
      largest = Math.max(largest, Math.abs(found[i] - wanted[i]));
    }
    return largest;
  }

  private static double cosine(double[] found, double[] stored) {
    double product = 0;
    double length = 0;
    double wanted = 0;
    for (int i = 0; i < found.length; i++) {
      product += found[i] * stored[i];
      length += found[i] * found[i];
      wanted += stored[i] * stored[i];
    }
    return product / Math.sqrt(length * wanted);
  }

  /** What rounding explains: several times the largest difference seen over all embedded models. */
  private double bound(Precision precision) {
    return switch (kind) {
      case LOGITS, TOKEN_LOGITS ->
          switch (precision) {
            case FP32 -> 1e-4;
            case BF16 -> 0.08;
            case INT8 -> 0.17;
          };
      case PROBABILITIES, SCORES ->
          switch (precision) {
            case FP32 -> 1e-5;
            case BF16 -> 0.01;
            case INT8 -> 0.05;
          };
      case EMBEDDING ->
          switch (precision) {
            case FP32 -> 1e-6;
            case BF16 -> 3e-4;
            case INT8 -> 0.02;
          };
    };
  }
}
