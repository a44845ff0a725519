package dev.gatun.server.models;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A BERT encoder exported to ONNX, to be made a model folder. {@code tokenizer.json} lies beside
 * it, or in the folder above when its own is called {@code onnx}; so do {@code config.json} and the
 * files of sentence-transformers, which may be missing.
 */
public record OnnxSource(Path onnx) {
  private static final long BYTES_MAX = 1L << 30;
  private static final String TOKENIZER = "tokenizer.json";
  private static final String CONFIG = "config.json";

  /** Files that go along when they are there. */
  private static final List<String> BESIDE =
      List.of(
          "tokenizer_config.json",
          "special_tokens_map.json",
          SentenceModules.MODULES,
          SentenceModules.POOLING,
          SentenceModules.SENTENCE,
          "config_sentence_transformers.json",
          "LICENSE");

  private static final ObjectMapper JSON = new ObjectMapper();

  /** The folder that the model is named after. */
  public Path home() {
    Path folder = onnx.toAbsolutePath().normalize().resolveSibling("");
    Path above = folder.resolveSibling("");
    return folder.endsWith("onnx") ? above : folder;
  }

  /**
   * Writes the model folder.
   *
   * @return what was assumed because no file beside the weights says it; empty when nothing was
   * @throws ModelBuildException when it is not such an export, or lacks its tokenizer
   */
  public Optional<String> write(Path folder) throws IOException {
    Path tokenizer =
        beside(TOKENIZER)
            .orElseThrow(() ->
                new ModelBuildException(
                    onnx.toString(),
                    "has no " + TOKENIZER + " beside it",
                    "put the tokenizer of the model there"));
    if (Files.size(onnx) > BYTES_MAX) {
      throw new ModelBuildException(
          onnx.toString(), "is larger than 1 GiB", "import the safetensors of the model instead");
    }
    OnnxGraph graph = OnnxGraph.read(Files.readAllBytes(onnx), onnx.toString());
    Optional<Path> stated = beside(CONFIG);
    JsonNode config = stated.isPresent() ? read(stated.orElseThrow()) : inferred(graph);
    BertShape shape = BertShape.of(config, stated.map(Path::toString).orElse(onnx.toString()));
    Files.createDirectories(folder);
    ModelOutput.json(folder.resolve(CONFIG), config);
    Safetensors.write(
        folder.resolve("model.safetensors"), BertWeights.of(graph, shape, onnx.toString()));
    copy(tokenizer, folder.resolve(TOKENIZER));
    for (String name : BESIDE) {
      Optional<Path> file = beside(name);
      if (file.isPresent()) {
        copy(file.orElseThrow(), folder.resolve(name));
      }
    }
    if (beside(SentenceModules.MODULES).isPresent()) {
      return Optional.empty();
    }
    SentenceModules.writeMean(folder, shape.hidden(), shape.positions());
    return Optional.of("mean over tokens, unit length");
  }

  private Optional<Path> beside(String name) {
    Path own = onnx.toAbsolutePath().resolveSibling(name);
    Path above = home().resolve(name);
    return List.of(own, above).stream().filter(Files::isRegularFile).findFirst();
  }

  private static JsonNode read(Path file) throws IOException {
    try {
      return JSON.readTree(file.toFile());
    } catch (JsonProcessingException e) {
      throw new ModelBuildException(
          file.toString(), "is not JSON: " + e.getOriginalMessage(), "restore the file", e);
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to.getParent());
    Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
  }

  /**
   * The configuration that the weights themselves tell. The width of a head, which no weight has,
   * is the square of what attention divides by.
   */
  private ObjectNode inferred(OnnxGraph graph) {
    Map<String, Tensor> tensors = graph.initializers();
    int hidden = size(tensors, "embeddings.word_embeddings.weight", 1);
    Float root = graph.scalars().get("/encoder/layer.0/attention/self/Div");
    int width = root == null ? 0 : Math.round(root * root);
    if (width < 1 || hidden % width != 0) {
      throw new ModelBuildException(
          onnx.toString(),
          "does not tell the number of attention heads",
          "put the config.json of the model beside it");
    }
    int layers = 0;
    while (tensors.containsKey("encoder.layer." + layers + ".output.dense.bias")) {
      layers++;
    }
    Float epsilon = graph.scalars().getOrDefault("/embeddings/LayerNorm/Add", 1e-12f);
    ObjectNode config = JSON.createObjectNode();
    config.putArray("architectures").add("BertModel");
    return config
        .put("model_type", "bert")
        .put("hidden_size", hidden)
        .put("num_hidden_layers", layers)
        .put("num_attention_heads", hidden / width)
        .put("intermediate_size", size(tensors, "encoder.layer.0.intermediate.dense.bias", 0))
        .put("hidden_act", "gelu")
        .put("max_position_embeddings", size(tensors, "embeddings.position_embeddings.weight", 0))
        .put("type_vocab_size", size(tensors, "embeddings.token_type_embeddings.weight", 0))
        .put("vocab_size", size(tensors, "embeddings.word_embeddings.weight", 0))
        .put("layer_norm_eps", Double.parseDouble(Float.toString(epsilon)))
        .put("pad_token_id", 0)
        .put("position_embedding_type", "absolute");
  }

  private int size(Map<String, Tensor> tensors, String name, int dimension) {
    Tensor tensor = tensors.get(name);
    if (tensor == null || tensor.shape().size() <= dimension) {
      throw new ModelBuildException(
          onnx.toString(),
          "has no tensor " + name + ", so it is not a BERT encoder as Hugging Face exports it",
          "import the safetensors of the model instead");
    }
    return tensor.shape().get(dimension);
  }
}
