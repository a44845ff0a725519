package dev.gatun.server.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.gatun.server.classify.Row;
import dev.gatun.server.wire.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What the sentence-transformers files of a model folder say about its input; how that framework
 * reads them is in its <a
 * href="https://sbert.net/docs/package_reference/sentence_transformer/">reference</a>.
 *
 * @param prompts text to put before an input, by name of the prompt
 * @param defaultPrompt the prompt of inputs that name none
 * @param poolsPrompts whether the tokens of a prompt count in the vector
 * @param lowerCase whether inputs are made lower case before the tokenizer sees them
 * @param tokensMax longest input in tokens, {@link Integer#MAX_VALUE} when no file says
 */
record SentenceFiles(
    Map<String, String> prompts,
    Optional<String> defaultPrompt,
    boolean poolsPrompts,
    boolean lowerCase,
    int tokensMax) {
  private static final String TRANSFORMER = "sentence_bert_config.json";
  private static final String PROMPTS = "config_sentence_transformers.json";

  SentenceFiles {
    prompts = Map.copyOf(prompts);
  }

  /** Reads the files that are there; a default prompt that is not among the prompts is refused. */
  static SentenceFiles read(Path folder) {
    Map<String, String> prompts = new LinkedHashMap<>();
    JsonNode config = object(folder.resolve(PROMPTS));
    JsonNode named = config.path("prompts");
    require(folder, PROMPTS, "prompts", isUnset(named) || named.isObject(), "an object");
    for (Map.Entry<String, JsonNode> prompt : named.properties()) {
      String key = "prompts." + prompt.getKey();
      require(folder, PROMPTS, key, prompt.getValue().isTextual(), "a string");
      prompts.put(prompt.getKey(), prompt.getValue().textValue());
    }
    JsonNode choice = config.path("default_prompt_name");
    require(
        folder,
        PROMPTS,
        "default_prompt_name",
        isUnset(choice) || choice.isTextual(),
        "a string or null");
    Optional<String> chosen = Optional.ofNullable(choice.textValue());
    if (chosen.isPresent() && !prompts.containsKey(chosen.get())) {
      throw new Failure(
          ExitStatus.FAILED,
          folder.resolve(PROMPTS)
              + ": default_prompt_name is \""
              + chosen.get()
              + "\", which is not among the prompts "
              + names(prompts));
    }
    JsonNode transformer = object(folder.resolve(TRANSFORMER));
    JsonNode lower = transformer.path("do_lower_case");
    require(folder, TRANSFORMER, "do_lower_case", isUnset(lower) || lower.isBoolean(), "a boolean");
    return new SentenceFiles(
        prompts,
        chosen,
        poolsPrompts(folder),
        lower.asBoolean(false),
        tokensMax(folder, transformer));
  }

  /** Two tokens are what nearly every model puts around a text. */
  private static int tokensMax(Path folder, JsonNode transformer) {
    JsonNode max = transformer.path("max_seq_length");
    if (isUnset(max)) {
      return Integer.MAX_VALUE;
    }
    boolean inRange = max.isIntegralNumber() && max.canConvertToInt() && max.intValue() >= 2;
    require(folder, TRANSFORMER, "max_seq_length", inRange, "an integer of 2 or more");
    return max.intValue();
  }

  private static boolean isUnset(JsonNode value) {
    return value.isMissingNode() || value.isNull();
  }

  private static void require(Path folder, String file, String key, boolean met, String expected) {
    if (!met) {
      throw new Failure(
          ExitStatus.FAILED, folder.resolve(file) + ": " + key + ": expected " + expected);
    }
  }

  private static JsonNode object(Path file) {
    JsonNode tree = tree(file);
    if (!tree.isObject()) {
      throw new Failure(ExitStatus.FAILED, file + ": expected a JSON object");
    }
    return tree;
  }

  private static boolean poolsPrompts(Path folder) {
    for (JsonNode module : tree(folder.resolve("modules.json"))) {
      if (module.path("type").asText().endsWith(".Pooling")) {
        Path file = folder.resolve(module.path("path").asText()).resolve("config.json");
        return tree(file).path("include_prompt").asBoolean(true);
      }
    }
    return true;
  }

  /**
   * What the tokenizer reads for a text. A name the model does not know is the row's mistake, and
   * so is a prompt where the model wants its tokens left out of the vector: that is not computed.
   */
  String input(String text, Optional<String> named) {
    String prompt = named.or(() -> defaultPrompt).map(this::prompt).orElse("");
    if (!prompt.isEmpty() && !poolsPrompts) {
      throw new Row.Bad(
          "the model leaves the tokens of its prompts out of the vector (include_prompt is false),"
              + " which is not supported");
    }
    return lowerCase ? (prompt + text).toLowerCase(Locale.ROOT) : prompt + text;
  }

  private String prompt(String name) {
    String prompt = prompts.get(name);
    if (prompt == null) {
      throw new Row.Bad("the model has no prompt \"" + name + "\", only " + names(prompts));
    }
    return prompt;
  }

  private static List<String> names(Map<String, String> prompts) {
    return prompts.keySet().stream().sorted().toList();
  }

  private static JsonNode tree(Path file) {
    if (!Files.exists(file)) {
      return Json.object();
    }
    try {
      return Json.read(Files.readAllBytes(file));
    } catch (JsonProcessingException e) {
      throw new Failure(ExitStatus.FAILED, file + " is not JSON: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new Failure(ExitStatus.FAILED, file + " cannot be read: " + e.getMessage(), e);
    }
  }
}
