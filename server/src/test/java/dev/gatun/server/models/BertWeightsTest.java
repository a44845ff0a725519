package dev.gatun.server.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BertWeightsTest {
  private static final BertShape SHAPE = new BertShape(2, 1, 3, 5, 4, 2);

  @Test
  void findsFoldedWeightsByTheirNodeAndTurnsThem() {
    Map<String, Tensor> initializers = named();
    initializers.remove("encoder.layer.0.intermediate.dense.weight");
    initializers.put("onnx::MatMul_9", Tensor.of(List.of(2, 3), 1, 2, 3, 4, 5, 6));
    var graph =
        new OnnxGraph(
            initializers,
            Map.of("/encoder/layer.0/intermediate/dense/MatMul", "onnx::MatMul_9"),
            Map.of());

    var tensors = BertWeights.of(graph, SHAPE, "test.onnx");

    assertEquals(SHAPE.tensors().keySet(), tensors.keySet());
    assertEquals(
        Tensor.of(List.of(3, 2), 1, 4, 2, 5, 3, 6),
        tensors.get("encoder.layer.0.intermediate.dense.weight"));
  }

  @Test
  void namesEveryTensorThatIsMissingOrOfAnotherShape() {
    Map<String, Tensor> initializers = named();
    initializers.remove("encoder.layer.0.attention.self.query.weight");
    initializers.put("pooler.dense.bias", Tensor.of(List.of(1), 0));

    var refused =
        assertThrows(
            ModelBuildException.class,
            () ->
                BertWeights.of(
                    new OnnxGraph(initializers, Map.of(), Map.of()), SHAPE, "test.onnx"));

    assertEquals(
        "is not the encoder its card describes: encoder.layer.0.attention.self.query.weight missing"
            + " (no MatMul node /encoder/layer.0/attention/self/query/MatMul);"
            + " pooler.dense.bias is [1], expected [2]",
        refused.what());
  }

  @Test
  void refusesConfigsWithoutSizes() throws IOException {
    var config = new ObjectMapper().readTree("{\"hidden_size\": 384, \"num_hidden_layers\": 0}");

    var refused =
        assertThrows(ModelBuildException.class, () -> BertShape.of(config, "card.yaml: config"));

    assertTrue(
        refused.getMessage().startsWith("card.yaml: config.num_hidden_layers — is not a positive"),
        refused.getMessage());
  }

  private static Map<String, Tensor> named() {
    var initializers = new HashMap<String, Tensor>();
    SHAPE
        .tensors()
        .forEach((name, shape) ->
            initializers.put(name, Tensor.of(shape, new float[(int) Tensor.elements(shape)])));
    return initializers;
  }
}
