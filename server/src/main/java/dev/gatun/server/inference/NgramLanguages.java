package dev.gatun.server.inference;

import dev.gatun.inference.InferenceException;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.zip.CRC32;
import java.util.zip.GZIPInputStream;

/**
 * Naive Bayes over runs of letters: how likely a text is in each of 75 languages, from counts that
 * {@code model-cards/language/train.py} made, whose features these are. Immutable; six megabytes.
 */
final class NgramLanguages {
  private static final String FILE = "ngrams.gz";
  private static final int BUCKETS = 1 << 17;
  private static final int LONGEST = 5;
  private static final int WORD_WEIGHT = 3;
  private static final double SMOOTHING = 0.03;

  private final List<String> labels;
  private final double[] floor;
  private final int[] starts;
  private final byte[] places;
  private final float[] gains;

  private NgramLanguages(List<String> labels, double[] floor, Cells cells) {
    this.labels = List.copyOf(labels);
    this.floor = floor;
    this.starts = cells.starts;
    this.places = Arrays.copyOf(cells.places, cells.count);
    this.gains = Arrays.copyOf(cells.gains, cells.count);
  }

  /** What the table says of one text. */
  static final class Scores {
    private final double[] means;
    private final int features;

    private Scores(double[] means, int features) {
      this.means = means;
      this.features = features;
    }

    /** Mean log probability of a feature in each language; a copy. */
    double[] means() {
      return means.clone();
    }

    /** Features of the text; 0 when it has no letters. */
    int features() {
      return features;
    }
  }

  /** Cells as they are read. */
  private static final class Cells {
    private final int[] starts = new int[BUCKETS + 1];
    private byte[] places = new byte[1 << 16];
    private float[] gains = new float[1 << 16];
    private int count;

    void add(int place, int times) {
      if (count == places.length) {
        places = Arrays.copyOf(places, 2 * count);
        gains = Arrays.copyOf(gains, 2 * count);
      }
      places[count] = (byte) place;
      gains[count] = (float) Math.log1p(times / SMOOTHING);
      count++;
    }
  }

  /** Reads the table of a folder. */
  static NgramLanguages read(Path folder) {
    Path file = folder.resolve(FILE);
    try (InputStream in =
        new BufferedInputStream(new GZIPInputStream(Files.newInputStream(file)), 1 << 16)) {
      return read(in);
    } catch (IOException e) {
      throw new InferenceException.Refused(file, "cannot be read; run ./gatun build", e);
    }
  }

  private static NgramLanguages read(InputStream in) throws IOException {
    List<String> labels = labels(in);
    long[] totals = new long[labels.size()];
    Varints numbers = new Varints(in);
    Cells cells = new Cells();
    int bucket = 0;
    int next = 0;
    for (int step = numbers.next(); step >= 0; step = numbers.next()) {
      bucket += step;
      while (next <= bucket) {
        cells.starts[next++] = cells.count;
      }
      for (int left = numbers.next(); left > 0; left--) {
        int place = numbers.next();
        int times = numbers.next();
        cells.add(place, times);
        totals[place] += times;
      }
    }
    Arrays.fill(cells.starts, next, BUCKETS + 1, cells.count);
    double[] floor = new double[totals.length];
    for (int i = 0; i < floor.length; i++) {
      floor[i] = Math.log(SMOOTHING / (totals[i] + SMOOTHING * BUCKETS));
    }
    return new NgramLanguages(labels, floor, cells);
  }

  private static List<String> labels(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new EOFException("no labels");
      }
      line.append((char) c);
    }
    return List.of(line.toString().split(" ", -1));
  }

  /** ISO 639-1 codes in the order of the scores. */
  List<String> labels() {
    return labels;
  }

  Scores scores(String text) {
    double[] sums = new double[labels.size()];
    int features = 0;
    for (String word : words(text)) {
      String framed = "^" + word + "$";
      int[] points = framed.codePoints().toArray();
      for (int size = 1; size <= LONGEST; size++) {
        for (int at = 0; at + size <= points.length; at++) {
          add(sums, new String(points, at, size), 1);
          features++;
        }
      }
      add(sums, "#" + word, WORD_WEIGHT);
      features += WORD_WEIGHT;
    }
    for (int i = 0; i < sums.length; i++) {
      sums[i] = floor[i] + sums[i] / Math.max(1, features);
    }
    return new Scores(sums, features);
  }

  private void add(double[] sums, String feature, int times) {
    CRC32 crc = new CRC32();
    crc.update(feature.getBytes(StandardCharsets.UTF_8));
    int bucket = (int) (crc.getValue() % BUCKETS);
    for (int i = starts[bucket]; i < starts[bucket + 1]; i++) {
      sums[places[i]] += times * gains[i];
    }
  }

  /** Runs of letters, marks and apostrophes, in lower case. */
  private static List<String> words(String text) {
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    text.toLowerCase(Locale.ROOT)
        .codePoints()
        .forEach(c -> {
          if (inWord(c)) {
            word.appendCodePoint(c);
          } else if (!word.isEmpty()) {
            words.add(word.toString());
            word.setLength(0);
          }
        });
    if (!word.isEmpty()) {
      words.add(word.toString());
    }
    return words;
  }

  private static boolean inWord(int c) {
    return switch (Character.getType(c)) {
      case Character.NON_SPACING_MARK, Character.ENCLOSING_MARK, Character.COMBINING_SPACING_MARK ->
          true;
      default -> Character.isLetter(c) || c == '\'' || c == 0x2019 || c == 0x2bb;
    };
  }
}
