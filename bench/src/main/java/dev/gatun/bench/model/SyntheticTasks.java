package dev.gatun.bench.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Tasks with random weights over a BERT or ModernBERT folder: what they cost is what trained ones
 * cost. Each is a whole sequence classifier (dense layer and classifier of its own), with LoRA
 * adapters of all linear layers in some of the top layers.
 *
 * @param adapted layers from the top that are adapted; 0: a head alone
 * @param rank of the adapters
 * @param labels of each classifier
 */
public record SyntheticTasks(int adapted, int rank, int labels) {

  private static final long SEED = 20_261_122;

  public SyntheticTasks {
    if (adapted < 0 || rank < 1 || labels < 1) {
      throw new IllegalArgumentException("adapted layers, rank and labels are positive numbers");
    }
  }

  /**
   * Writes task folders.
   *
   * @param model folder of the trunk
   * @param folder where they go, one folder per task; those that are there are written again
   */
  public List<Path> in(Path folder, Path model, int count) throws IOException {
    JsonNode trunk = new ObjectMapper().readTree(model.resolve("config.json").toFile());
    List<Path> tasks = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Path task = folder.resolve("task-" + adapted + "-" + rank + "-" + i);
      Files.createDirectories(task);
      write(task, trunk, SEED + i);
      tasks.add(task);
    }
    return tasks;
  }

  private void write(Path task, JsonNode trunk, long seed) throws IOException {
    boolean modern = trunk.path("model_type").asText().equals("modernbert");
    ObjectNode config = new ObjectMapper().createObjectNode();
    SortedMap<String, int[]> shapes = new TreeMap<>();
    head(trunk, modern, adapted == 0 ? "" : "base_model.model.", shapes);
    if (adapted == 0) {
      config
          .putArray("architectures")
          .add(modern ? "ModernBertForSequenceClassification" : "BertForSequenceClassification");
      text(task.resolve("config.json"), config);
      RandomTensors.write(task.resolve("head.safetensors"), seed, shapes, _ -> {});
      return;
    }
    int layers = trunk.path("num_hidden_layers").asInt();
    for (int layer = Math.max(0, layers - adapted); layer < layers; layer++) {
      adapters(trunk, modern, layer, shapes);
    }
    config.put("peft_type", "LORA").put("task_type", "SEQ_CLS");
    config.put("r", rank).put("lora_alpha", 2 * rank);
    config.putArray("modules_to_save").add("classifier").add(modern ? "head" : "pooler");
    text(task.resolve("adapter_config.json"), config);
    RandomTensors.write(task.resolve("adapter_model.safetensors"), seed, shapes, _ -> {});
  }

  private static void text(Path file, ObjectNode json) throws IOException {
    Files.write(file, json.toString().getBytes(StandardCharsets.UTF_8));
  }

  private void head(
      JsonNode trunk, boolean modern, String prefix, SortedMap<String, int[]> shapes) {
    int hidden = trunk.path("hidden_size").asInt();
    String dense = prefix + (modern ? "head.dense" : "bert.pooler.dense");
    shapes.put(dense + ".weight", new int[] {hidden, hidden});
    if (modern) {
      shapes.put(prefix + "head.norm.weight", new int[] {hidden});
    } else {
      shapes.put(dense + ".bias", new int[] {hidden});
    }
    shapes.put(prefix + "classifier.weight", new int[] {labels, hidden});
    shapes.put(prefix + "classifier.bias", new int[] {labels});
  }

  private void adapters(
      JsonNode trunk, boolean modern, int layer, SortedMap<String, int[]> shapes) {
    int hidden = trunk.path("hidden_size").asInt();
    int inner = trunk.path("intermediate_size").asInt();
    if (modern) {
      String block = "base_model.model.model.layers." + layer + ".";
      adapter(block + "attn.Wqkv", hidden, 3 * hidden, shapes);
      adapter(block + "attn.Wo", hidden, hidden, shapes);
      adapter(block + "mlp.Wi", hidden, 2 * inner, shapes);
      adapter(block + "mlp.Wo", inner, hidden, shapes);
      return;
    }
    String block = "base_model.model.bert.encoder.layer." + layer + ".";
    for (String part : new String[] {"query", "key", "value"}) {
      adapter(block + "attention.self." + part, hidden, hidden, shapes);
    }
    adapter(block + "attention.output.dense", hidden, hidden, shapes);
    adapter(block + "intermediate.dense", hidden, inner, shapes);
    adapter(block + "output.dense", inner, hidden, shapes);
  }

  private void adapter(String module, int inputs, int outputs, SortedMap<String, int[]> shapes) {
    shapes.put(module + ".lora_A.weight", new int[] {rank, inputs});
    shapes.put(module + ".lora_B.weight", new int[] {outputs, rank});
  }
}
