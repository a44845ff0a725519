package dev.gatun.server.models;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Which files of a model folder the engine reads: everything else (other frameworks' weights,
 * training state, pictures) is left where it is.
 */
public final class ModelFiles {
  static final String ADAPTER_CONFIG = "adapter_config.json";
  static final String ADAPTER_WEIGHTS = "adapter_model.safetensors";
  static final String HEAD_WEIGHTS = "head.safetensors";
  private static final String CONFIG = "config.json";
  private static final Set<String> PLAIN =
      Set.of(
          CONFIG,
          "tokenizer.json",
          "tokenizer_config.json",
          "special_tokens_map.json",
          "modules.json",
          "config_sentence_transformers.json",
          "sentence_bert_config.json",
          ADAPTER_CONFIG,
          ADAPTER_WEIGHTS,
          HEAD_WEIGHTS,
          "words.gz",
          "card.yaml",
          "LICENSE",
          "LICENSE.md",
          "LICENSE.txt",
          "NOTICE");

  private static final String SINGLE = "model.safetensors";
  private static final String INDEX = "model.safetensors.index.json";
  private static final String SHARD = "model-[0-9]{5}-of-[0-9]{5}\\.safetensors";
  private static final String LABELS = "[a-z0-9_]{0,64}_mapping\\.json";
  private static final String MODULE = "[0-9]{1,2}_[A-Za-z]{1,64}/(config\\.json|" + SINGLE + ")";

  private ModelFiles() {}

  /**
   * The names to take, sorted. A folder with whole weights and shards gives the whole ones.
   *
   * @param names paths inside the folder, with slashes
   */
  public static List<String> wanted(Collection<String> names) {
    var wanted = new TreeSet<String>();
    boolean sharded = !names.contains(SINGLE) && names.contains(INDEX);
    for (String name : names) {
      if (PLAIN.contains(name)
          || name.equals(sharded ? INDEX : SINGLE)
          || (sharded && name.matches(SHARD))
          || name.matches(LABELS)
          || name.matches(MODULE)) {
        wanted.add(name);
      }
    }
    return List.copyOf(wanted);
  }

  /**
   * Names of the models in a directory, sorted; none where there is no directory.
   *
   * @throws IOException when it cannot be read
   */
  public static List<String> names(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> folders = Files.list(directory)) {
      return folders
          .filter(ModelFiles::isModel)
          .map(folder -> folder.getFileName().toString())
          .filter(name -> !name.startsWith("."))
          .sorted()
          .toList();
    }
  }

  /**
   * Whether files can be a model or an adapter.
   *
   * @param where the folder or repository, for the message
   * @throws ModelBuildException when a part is missing that every model has; says which
   */
  public static void requireModel(String where, Collection<String> names) {
    if (isAdapter(names) || isHead(names)) {
      return;
    }
    var missing = new ArrayList<String>();
    for (String name : List.of(CONFIG, "tokenizer.json")) {
      if (!names.contains(name)) {
        missing.add(name);
      }
    }
    if (!names.contains(SINGLE) && !names.contains(INDEX)) {
      missing.add(SINGLE);
    }
    if (!missing.isEmpty()) {
      throw new ModelBuildException(
          where,
          "has no " + String.join(" and no ", missing),
          "the engine reads safetensors weights with config.json and tokenizer.json; look for a"
              + " conversion of the model, or name an ONNX file of a BERT encoder itself");
    }
  }

  /**
   * Reads an adapter's configuration and every tensor of it. Whether it fits a model shows when it
   * runs over one.
   *
   * @throws ModelBuildException when a file is missing or damaged, or it is no LoRA adapter
   */
  public static void checkAdapter(Path folder) throws IOException {
    Path config = folder.resolve(ADAPTER_CONFIG);
    JsonNode kind = adapterConfig(config).path("peft_type");
    if (!kind.asText().equals("LORA")) {
      throw new ModelBuildException(
          config.toString(), "has peft_type " + kind, "only LORA adapters run here");
    }
    Path weights = folder.resolve(ADAPTER_WEIGHTS);
    if (Files.notExists(weights)) {
      throw new ModelBuildException(weights.toString(), "does not exist", "restore the file");
    }
    Safetensors.read(weights);
  }

  private static JsonNode adapterConfig(Path file) throws IOException {
    try {
      return new ObjectMapper().readTree(file.toFile());
    } catch (JsonProcessingException e) {
      throw new ModelBuildException(
          file.toString(), "is not JSON: " + e.getOriginalMessage(), "restore the file", e);
    }
  }

  /**
   * The last part of what an adapter's configuration calls its base: a name, an id of a repository,
   * or a path.
   *
   * @throws ModelBuildException when it names none
   */
  public static String baseOfAdapter(Path folder) throws IOException {
    Path config = folder.resolve(ADAPTER_CONFIG);
    String base = adapterConfig(config).path("base_model_name_or_path").asText();
    String name = base.substring(base.replace('\\', '/').lastIndexOf('/') + 1);
    if (!name.matches("[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}")) {
      throw new ModelBuildException(
          config.toString(),
          "base_model_name_or_path \"" + base + "\" names no model",
          "name the model that the adapter was trained on");
    }
    return name;
  }

  /** Whether files can be a linear head over the embedded encoder, as training writes it. */
  public static boolean isHead(Collection<String> names) {
    return names.contains(CONFIG) && names.contains(HEAD_WEIGHTS) && !names.contains(SINGLE);
  }

  /** Whether files are a PEFT adapter by itself, which runs over another model. */
  public static boolean isAdapter(Collection<String> names) {
    return names.contains(ADAPTER_CONFIG) && !names.contains(CONFIG);
  }

  /** Whether a folder holds what text runs through: an encoder, or an adapter of one. */
  public static boolean encodes(Path folder) {
    return Files.isRegularFile(folder.resolve(CONFIG)) || isAdapter(folder);
  }

  /** Whether a folder is a model of any kind; what is no encoder has a card. */
  public static boolean isModel(Path folder) {
    return encodes(folder) || Files.isRegularFile(folder.resolve("card.yaml"));
  }

  /** Whether a folder is a PEFT adapter by itself, which runs over another model. */
  public static boolean isAdapter(Path folder) {
    return Files.isRegularFile(folder.resolve(ADAPTER_CONFIG))
        && Files.notExists(folder.resolve(CONFIG));
  }
}
