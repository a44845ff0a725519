package dev.gatun.server.inference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.inference.InferenceException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WordVoteTest {
  private static final List<String> LABELS = List.of("poem", "sum");

  private static String head(int cells) {
    return "{\"labels\": [\"poem\", \"sum\"], \"scales\": [0.5, 0.25], \"added\": [0, 1],"
        + (" \"cells\": " + cells + "}\n");
  }

  @TempDir Path folder;

  private WordVote written(String head, int... numbers) throws IOException {
    var bytes = new ByteArrayOutputStream();
    bytes.writeBytes(head.getBytes(StandardCharsets.UTF_8));
    for (int number : numbers) {
      for (int left = number; ; left >>>= 7) {
        bytes.write(left > 127 ? (left & 127) | 128 : left);
        if (left <= 127) {
          break;
        }
      }
    }
    try (OutputStream out =
        new GZIPOutputStream(Files.newOutputStream(folder.resolve(WordVote.FILE)))) {
      out.write(bytes.toByteArray());
    }
    return WordVote.read(folder, 0.5, LABELS);
  }

  @Test
  void multipliesTheProbabilitiesOfBoth() throws IOException {
    WordVote vote = written(head(3), 7, 2, 0, 8, 1, 3, 5, 1, 1, 2);
    var features = new WordFeatures(new int[] {7, 12, 99}, new double[] {0.6, 0.8, 1});
    // poem 0.5 * (4 * 0.6) = 1.2; sum 0.25 * (-2 * 0.6 + 1 * 0.8) + 1 = 0.9
    double words = 1 / (1 + Math.exp(0.9 - 1.2));
    double poem = 0.3 * Math.sqrt(words);
    double sum = 0.7 * Math.sqrt(1 - words);
    double[] mixed = vote.mixed(new double[] {0.3, 0.7}, features);
    assertEquals(poem / (poem + sum), mixed[0], 1e-12);
    assertEquals(sum / (poem + sum), mixed[1], 1e-12);
  }

  /** Buckets within a block of those that begin together, and over its borders. */
  @Test
  void findsTheCellsOfEveryBucket() throws IOException {
    int count = 200;
    int[] numbers = new int[4 * count];
    for (int i = 0; i < count; i++) {
      System.arraycopy(new int[] {i % 7, 1, i % 2, i % 100}, 0, numbers, 4 * i, 4);
    }
    numbers[0] = 5;
    for (int i = 7; i < count; i += 7) {
      numbers[4 * i] = 50;
    }
    WordVote vote = written(head(count), numbers);
    int bucket = 0;
    for (int i = 0; i < count; i++) {
      bucket += numbers[4 * i];
      double[] sums = {0, 1};
      int zigzag = i % 100;
      sums[i % 2] += (i % 2 == 0 ? 0.5 : 0.25) * ((zigzag >>> 1) ^ -(zigzag & 1));
      var features = new WordFeatures(new int[] {bucket}, new double[] {1});
      double odds = Math.exp(0.5 * (sums[1] - sums[0]));
      assertEquals(odds / (1 + odds), vote.mixed(new double[] {0.5, 0.5}, features)[1], 1e-12);
    }
  }

  @Test
  void whatTheEncoderRulesOutStaysOut() throws IOException {
    WordVote vote = written(head(1), 7, 1, 0, 254);
    double[] mixed =
        vote.mixed(new double[] {0, 1}, new WordFeatures(new int[] {7}, new double[] {1}));
    assertTrue(mixed[0] < 1e-100 && mixed[1] <= 1, Arrays.toString(mixed));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"labels\": [\"sum\", \"poem\"], \"scales\": [1, 1], \"added\": [0, 1], \"cells\": 1}\n",
        "{\"labels\": [\"poem\", \"sum\"], \"scales\": [1, 1], \"added\": [0, 1]}\n",
        "{\"labels\": [\"poem\", \"sum\"], \"scales\": [1], \"added\": [0, 1]}\n",
        "{\"labels\": [\"poem\", \"sum\"], \"scales\": [1, 1], \"added\": []}\n",
        "{\"labels\":",
        ""
      })
  void anotherHeadIsRefused(String head) {
    var refused = assertThrows(InferenceException.Refused.class, () -> written(head, 7, 1, 0, 2));
    assertTrue(refused.getMessage().contains(WordVote.FILE), refused.getMessage());
  }

  @Test
  void damagedCellsAreRefused() {
    for (int[] numbers :
        List.of(
            new int[] {1 << 18, 1, 0, 2}, // no such bucket
            new int[] {7, 0, Integer.MAX_VALUE, 1, 0, 2}, // nor this one
            new int[] {7, 1, 0, 2, 0, 1, 0, 2}, // a bucket twice
            new int[] {7, 1, 2, 2}, // no such label
            new int[] {7, 1, 0, 256}, // no byte
            new int[] {7, 2, 0, 2}, // one cell is missing
            new int[] {7, 2, 0, 2, 1, 2}, // one cell too many
            new int[] {} // none
            )) {
      assertThrows(InferenceException.Refused.class, () -> written(head(1), numbers));
    }
  }

  @Test
  void aMissingFileIsRefused() {
    assertThrows(
        InferenceException.Refused.class, () -> WordVote.read(folder.resolve("x"), 1, LABELS));
  }
}
