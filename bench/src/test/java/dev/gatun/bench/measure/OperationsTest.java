package dev.gatun.bench.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OperationsTest {
  @TempDir private Path folder;

  /** The trunk of ModernBERT-base: 8 global layers, 14 with a window of 64. */
  private static Shape base(int labels) {
    List<Integer> windows = new ArrayList<>();
    for (int i = 0; i < 22; i++) {
      windows.add(i % 3 == 0 ? Shape.GLOBAL : 64);
    }
    return new Shape(768, 1152, true, windows, labels, false, 50_368, 8192);
  }

  /** Linear layers: 5 013 504 weights per layer; attention as written in the literature. */
  @Test
  void theCostOfModernBertBaseIsTheKnownOne() {
    Operations at512 = Operations.of(base(0), 512, 1, 1);
    assertEquals(2.0 * 5_013_504 * 22 * 512, at512.linear());
    double global = 8 * 4.0 * 512 * 512 * 768;
    double local = 14 * 4.0 * 768 * (512 * 129.0 - 64 * 65);
    assertEquals(global + local, at512.attention());
    assertEquals(122e9, at512.total(), 1e9);
    assertEquals(3502e9, Operations.of(base(0), 8192, 1, 1).total(), 5e9);
  }

  @Test
  void aWindowIsCountedQueryByQuery() {
    for (int length = 1; length < 12; length++) {
      for (int window = 0; window < 14; window++) {
        double pairs = 0;
        for (int query = 0; query < length; query++) {
          for (int key = 0; key < length; key++) {
            pairs += Math.abs(query - key) <= window ? 1 : 0;
          }
        }
        assertEquals(pairs, Operations.pairs(length, window), length + " tokens, " + window);
      }
    }
  }

  @Test
  void batchesMultiplyAndTasksAddTheirHeadOnly() {
    Operations one = Operations.of(base(14), 128, 1, 1);
    Operations eight = Operations.of(base(14), 128, 8, 1);
    assertEquals(8 * one.linear(), eight.linear());
    assertEquals(8 * one.attention(), eight.attention());
    Operations tasks = Operations.of(base(14), 128, 1, 6);
    assertEquals(5 * 2.0 * (768 * 768 + 768 * 14), tasks.linear() - one.linear());
    assertEquals(one.attention(), tasks.attention());
  }

  @Test
  void theShortestTimeIsThatOfEachPartAtItsOwnPeak() {
    assertEquals(3, new Operations(4e9, 2e9).seconds(2e9, 2e9));
    assertEquals(6, new Operations(4e9, 2e9).seconds(2e9, 0.5e9));
  }

  @Test
  void shapesAreReadFromTheConfiguration() throws IOException {
    Files.writeString(
        folder.resolve("config.json"),
        """
        {"model_type":"modernbert","architectures":["ModernBertForTokenClassification"],
         "hidden_size":64,"intermediate_size":96,"num_hidden_layers":4,"vocab_size":100,
         "max_position_embeddings":256,"local_attention":32,"id2label":{"0":"a","1":"b","2":"c"},
         "layer_types":["full_attention","sliding_attention","sliding_attention",
           "full_attention"]}
        """);
    Shape shape = Shape.read(folder);
    assertEquals(List.of(Shape.GLOBAL, 16, 16, Shape.GLOBAL), shape.windows());
    assertEquals(3, shape.labels());
    assertEquals(
        2.0 * (64 * 64 + 64 * 3) * 5 * 10,
        Operations.of(shape, 10, 5, 1).linear() - 2.0 * (4 * 64 * 64 + 3 * 64 * 96) * 4 * 50);
  }
}
