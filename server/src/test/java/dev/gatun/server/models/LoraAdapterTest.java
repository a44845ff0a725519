package dev.gatun.server.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LoraAdapterTest {
  private static final String QUERY = "encoder.layer.0.attention.self.query";
  private static final String TYPES = "embeddings.token_type_embeddings.weight";
  private static final String PLAIN = "{\"r\": 1, \"lora_alpha\": 2}";

  @TempDir Path folder;

  @Test
  void mergesFactorsAndReplacesSavedModules() throws IOException {
    LoraAdapter adapter = read(PLAIN, adapter());

    SortedMap<String, Tensor> merged = adapter.mergedInto(trunk(), 3);

    // W + 2 · (1, 10)ᵀ (3, 4), by hand.
    assertEquals(Tensor.of(List.of(2, 2), 7, 10, 63, 84), merged.get("bert." + QUERY + ".weight"));
    assertEquals(Tensor.of(List.of(2), 8, 9), merged.get("bert.pooler.dense.bias"));
    assertEquals(Tensor.of(List.of(2), 5, 6), merged.get("bert." + QUERY + ".bias"));
    assertEquals(Tensor.of(List.of(3, 2), 1, 2, 3, 4, 5, 6), merged.get("classifier.weight"));
    assertEquals(6, merged.size());
  }

  @Test
  void aClassifierOfTokensBringsTypesAndHasNoPooler() throws IOException {
    var tensors = adapter();
    tensors.remove("base_model.model.bert.pooler.dense.bias");
    Tensor types = Tensor.of(List.of(3, 2), 1, 2, 3, 4, 5, 6);
    tensors.put("base_model.model.bert." + TYPES, types);
    LoraAdapter adapter =
        read("{\"r\": 1, \"lora_alpha\": 2, \"task_type\": \"TOKEN_CLS\"}", tensors);

    SortedMap<String, Tensor> merged = adapter.mergedInto(trunk(), 3);

    assertTrue(adapter.ofTokens());
    assertEquals(3, adapter.tokenTypes().orElseThrow());
    assertEquals(types, merged.get("bert." + TYPES));
    assertTrue(!merged.containsKey("bert.pooler.dense.bias"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          bert.embeddings.token_type_embeddings.weight | 1,2 | is [1, 2], the trunk has [2, 2]
          bert.embeddings.token_type_embeddings.weight | 3,1 | is [3, 1], the trunk has [2, 2]
          bert.nothing.lora_A.weight       | 1,2 | bert.nothing: no bert.nothing.lora_B.weight
          bert.nothing.lora_B.weight       | 2,1 | factors without a partner
          bert.nothing.weight              | 2,2 | the trunk has no such tensor
          bert.pooler.dense.bias           | 3,1 | is [3, 1], the trunk has [2]
          classifier.weight                | 4,2 | the card lists 3 labels
          """)
  void refusesTensorsThatDoNotFit(String name, String shape, String message) throws IOException {
    var tensors = adapter();
    int rows = Integer.parseInt(shape.substring(0, 1));
    int columns = Integer.parseInt(shape.substring(2));
    tensors.put(
        "base_model.model." + name, Tensor.of(List.of(rows, columns), new float[rows * columns]));
    LoraAdapter adapter = read(PLAIN, tensors);

    var refused = assertThrows(ModelBuildException.class, () -> adapter.mergedInto(trunk(), 3));

    assertTrue(refused.what().contains(message), refused.getMessage());
  }

  @Test
  void refusesAnAdapterWithoutClassifier() throws IOException {
    var tensors = adapter();
    tensors.remove("base_model.model.classifier.bias");
    LoraAdapter adapter = read(PLAIN, tensors);

    var refused = assertThrows(ModelBuildException.class, () -> adapter.mergedInto(trunk(), 3));

    assertEquals("classifier.weight or classifier.bias is missing", refused.what());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"r": 1, "lora_alpha": 2, "use_dora": true}            | use_dora is true
          {"r": 1, "lora_alpha": 2, "use_rslora": true}          | use_rslora is true
          {"r": 1, "lora_alpha": 2, "rank_pattern": {"query": 4}} | rank_pattern is set
          {"r": 0, "lora_alpha": 2}                              | r 0 and lora_alpha 2
          {"r": 8}                                               | r 8 and lora_alpha
          """)
  void refusesKindsItDoesNotMerge(String config, String message) {
    var refused = assertThrows(ModelBuildException.class, () -> read(config, adapter()));

    assertTrue(refused.what().contains(message), refused.getMessage());
  }

  @Test
  void refusesTensorsOutsideThePeftLayout() {
    var tensors = adapter();
    tensors.put("classifier.weight", Tensor.of(List.of(1), 1));

    var refused = assertThrows(ModelBuildException.class, () -> read(PLAIN, tensors));

    assertTrue(refused.what().contains("does not start with base_model.model."));
  }

  private LoraAdapter read(String config, SortedMap<String, Tensor> tensors) throws IOException {
    Files.writeString(folder.resolve(LoraAdapter.CONFIG), config);
    Safetensors.write(folder.resolve(LoraAdapter.WEIGHTS), tensors);
    return LoraAdapter.read(folder);
  }

  private static SortedMap<String, Tensor> trunk() {
    var trunk = new TreeMap<String, Tensor>();
    trunk.put(QUERY + ".weight", Tensor.of(List.of(2, 2), 1, 2, 3, 4));
    trunk.put(QUERY + ".bias", Tensor.of(List.of(2), 5, 6));
    trunk.put("pooler.dense.bias", Tensor.of(List.of(2), 7, 7));
    trunk.put(TYPES, Tensor.of(List.of(2, 2), 1, 1, 1, 1));
    return trunk;
  }

  private static SortedMap<String, Tensor> adapter() {
    String prefix = "base_model.model.";
    var tensors = new TreeMap<String, Tensor>();
    tensors.put(prefix + "bert." + QUERY + ".lora_A.weight", Tensor.of(List.of(1, 2), 3, 4));
    tensors.put(prefix + "bert." + QUERY + ".lora_B.weight", Tensor.of(List.of(2, 1), 1, 10));
    tensors.put(prefix + "bert.pooler.dense.bias", Tensor.of(List.of(2), 8, 9));
    tensors.put(prefix + "classifier.weight", Tensor.of(List.of(3, 2), 1, 2, 3, 4, 5, 6));
    tensors.put(prefix + "classifier.bias", Tensor.of(List.of(3), 0, 0, 1));
    return tensors;
  }
}
