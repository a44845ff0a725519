package dev.gatun.server.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class OnnxGraphTest {
  private static final int INT64 = 7;

  @Test
  void readsWeightsAndWhatMultipliesByThem() {
    byte[] model =
        new OnnxFile()
            .matMul("/layer/MatMul", "hidden", "onnx::MatMul_7")
            .weights("onnx::MatMul_7", new int[] {2, 1}, 3, 4)
            .weights("layer.bias", new int[] {1}, 5)
            .initializer("position_ids", INT64, 0, new byte[8], 1)
            .bytes();

    OnnxGraph graph = OnnxGraph.read(model, "test.onnx");

    assertEquals(Map.of("/layer/MatMul", "onnx::MatMul_7"), graph.factors());
    assertEquals(
        Map.of(
            "onnx::MatMul_7", Tensor.of(List.of(2, 1), 3, 4),
            "layer.bias", Tensor.of(List.of(1), 5)),
        graph.initializers());
  }

  @Test
  void refusesWeightsThatDoNotFillTheirShape() {
    assertRefused(
        new OnnxFile().weights("w", new int[] {2, 2}, 1, 2, 3),
        "initialiser w of shape [2, 2] has 12 bytes, expected 16");
    assertRefused(
        new OnnxFile().weights("w", new int[] {-1}, 1),
        "initialiser w has the impossible shape [-1]");
    assertRefused(
        new OnnxFile().weights("w", new int[] {1 << 30, 1 << 30, 1 << 30, 1 << 30}),
        "has 0 bytes, expected");
  }

  @Test
  void refusesWeightsInAnotherFile() {
    assertRefused(
        new OnnxFile().initializer("w", 1, 1, new byte[0], 4),
        "initialiser w keeps its numbers in another file");
  }

  @Test
  void refusesRepeatedNamesAndModelsWithoutWeights() {
    assertRefused(
        new OnnxFile().weights("w", new int[] {1}, 1).weights("w", new int[] {1}, 2),
        "initialiser w occurs twice");
    assertRefused(new OnnxFile(), "holds no fp32 initialiser");
  }

  /** Whatever the damage, the answer is a message that names the file or a graph; never a crash. */
  @Test
  void damagedModelsAreRefusedOrRead() {
    byte[] whole =
        new OnnxFile()
            .matMul("/layer/MatMul", "hidden", "onnx::MatMul_7")
            .weights("onnx::MatMul_7", new int[] {2, 2}, 1, 2, 3, 4)
            .weights("layer.bias", new int[] {2}, 5, 6)
            .bytes();
    for (int length = 0; length < whole.length; length++) {
      readOrRefuse(Arrays.copyOf(whole, length));
    }
    var random = new SplittableRandom(20261121);
    for (int round = 0; round < 20_000; round++) {
      byte[] damaged = whole.clone();
      for (int i = random.nextInt(1, 5); i > 0; i--) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
      }
      readOrRefuse(damaged);
    }
  }

  private static void readOrRefuse(byte[] model) {
    try {
      assertNotNull(OnnxGraph.read(model, "test.onnx"));
    } catch (ModelBuildException refused) {
      assertEquals("test.onnx", refused.where());
    }
  }

  private static void assertRefused(OnnxFile model, String message) {
    var refused =
        assertThrows(ModelBuildException.class, () -> OnnxGraph.read(model.bytes(), "test.onnx"));
    assertTrue(refused.what().contains(message), refused.getMessage());
  }
}
