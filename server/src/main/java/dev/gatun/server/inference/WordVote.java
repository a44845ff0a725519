package dev.gatun.server.inference;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gatun.inference.InferenceException;
import dev.gatun.server.learn.Probability;
import dev.gatun.server.wire.Json;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPInputStream;

/**
 * What the words of a text say of its label, beside an encoder: a linear classifier over {@link
 * WordFeatures}, fitted by {@code model-cards/training/words.py}. It counts as a second expert: the
 * probabilities of both are multiplied, its own to the power of a share (product of experts, Hinton
 * 2002). Immutable; two bytes for every weight that is not 0.
 */
final class WordVote {
  /** In a model's folder. */
  static final String FILE = "words.gz";

  private static final int HEADER_MAX = 1 << 16;
  private static final int LABELS_MAX = 255;
  private static final int BLOCK = 32;

  private final double share;
  private final double[] scales;
  private final double[] added;

  /** Of every bucket; where its cells begin follows from {@link #starts} and those before it. */
  private final byte[] counts = new byte[WordFeatures.BUCKETS];

  /**
   * Where the cells of every {@value #BLOCK} buckets begin: an int for each would be a megabyte.
   */
  private final int[] starts = new int[WordFeatures.BUCKETS / BLOCK];

  private final byte[] places;
  private final byte[] weights;

  private WordVote(double share, double[] scales, double[] added, int cells) {
    this.share = share;
    this.scales = scales;
    this.added = added;
    this.places = new byte[cells];
    this.weights = new byte[cells];
  }

  /**
   * Reads the classifier of a folder.
   *
   * @param share 0 to 1, how much it counts beside the encoder
   * @param labels in the order of the encoder's classifier
   * @throws InferenceException.Refused when it is missing, damaged or has other labels
   */
  static WordVote read(Path folder, double share, List<String> labels) {
    Path file = folder.resolve(FILE);
    try (InputStream in =
        new BufferedInputStream(new GZIPInputStream(Files.newInputStream(file)), 1 << 16)) {
      JsonNode head = Json.read(line(in));
      if (labels.size() > LABELS_MAX || !labels.equals(names(head.path("labels")))) {
        throw new InferenceException.Refused(file, "has other labels than the model");
      }
      var vote = new WordVote(share, numbers(head, "scales"), numbers(head, "added"), cells(head));
      vote.fill(new Varints(in));
      return vote;
    } catch (IOException e) {
      throw new InferenceException.Refused(
          file, "cannot be read (" + e.getMessage() + "); run ./gatun build", e);
    }
  }

  private static byte[] line(InputStream in) throws IOException {
    var line = new ByteArrayOutputStream();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0 || line.size() == HEADER_MAX) {
        throw new IOException("no first line");
      }
      line.write(c);
    }
    return line.toByteArray();
  }

  private static List<String> names(JsonNode array) {
    return array.valueStream().map(JsonNode::asText).toList();
  }

  private static double[] numbers(JsonNode head, String key) throws IOException {
    double[] numbers = head.path(key).valueStream().mapToDouble(JsonNode::asDouble).toArray();
    if (numbers.length != head.path("labels").size()) {
      throw new IOException(key + " are " + numbers.length);
    }
    return numbers;
  }

  /** So many weights are not 0: told beforehand, so that no more memory is taken than that. */
  private static int cells(JsonNode head) throws IOException {
    int cells = head.path("cells").asInt(-1);
    if (cells < 0 || cells > head.path("labels").size() * WordFeatures.BUCKETS) {
      throw new IOException("cells are " + head.path("cells"));
    }
    return cells;
  }

  private void fill(Varints numbers) throws IOException {
    int count = 0;
    int bucket = 0;
    for (int step = numbers.next(); step >= 0; step = numbers.next()) {
      int here = numbers.next();
      if (step >= WordFeatures.BUCKETS - bucket || here < 1 || here > LABELS_MAX) {
        throw new IOException(here + " cells " + step + " buckets after " + bucket);
      }
      bucket += step;
      if (counts[bucket] != 0) {
        throw new IOException("bucket " + bucket + " twice");
      }
      counts[bucket] = (byte) here;
      for (int left = here; left > 0; left--) {
        add(count++, numbers.next(), numbers.next());
      }
    }
    if (count != places.length) {
      throw new IOException(count + " cells of " + places.length);
    }
    for (int block = 1; block < starts.length; block++) {
      starts[block] = first(block * BLOCK - 1) + (counts[block * BLOCK - 1] & 255);
    }
  }

  /** Where the cells of a bucket begin. */
  private int first(int bucket) {
    int at = starts[bucket / BLOCK];
    for (int before = bucket - bucket % BLOCK; before < bucket; before++) {
      at += counts[before] & 255;
    }
    return at;
  }

  private void add(int at, int place, int zigzag) throws IOException {
    if (at == places.length || place < 0 || place >= scales.length || zigzag < 0 || zigzag > 255) {
      throw new IOException("cell " + at + ": label " + place + ", weight " + zigzag);
    }
    places[at] = (byte) place;
    weights[at] = (byte) ((zigzag >>> 1) ^ -(zigzag & 1));
  }

  /** Probabilities of the labels by both: the encoder's, and those of the words. */
  double[] mixed(double[] encoder, WordFeatures features) {
    double[] logs = said(features);
    for (int i = 0; i < logs.length; i++) {
      logs[i] += log(encoder[i]);
    }
    return Probability.softmax(logs);
  }

  /** What is added to the logarithms of the encoder's probabilities, before they sum to 1 again. */
  double[] said(WordFeatures features) {
    double[] words = Probability.softmax(logits(features));
    return Arrays.stream(words).map(p -> share * log(p)).toArray();
  }

  private static double log(double probability) {
    return Math.log(Math.max(probability, Double.MIN_NORMAL));
  }

  private double[] logits(WordFeatures features) {
    double[] sums = new double[scales.length];
    for (int f = 0; f < features.size(); f++) {
      int bucket = features.bucket(f);
      int first = first(bucket);
      int end = first + (counts[bucket] & 255);
      for (int i = first; i < end; i++) {
        sums[places[i] & 255] += features.value(f) * weights[i];
      }
    }
    for (int i = 0; i < sums.length; i++) {
      sums[i] = sums[i] * scales[i] + added[i];
    }
    return sums;
  }
}
