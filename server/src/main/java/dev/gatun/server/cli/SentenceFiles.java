package dev.gatun.server.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.gatun.server.classify.Row;
import dev.gatun.server.wire.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What the sentence-transformers files of a model folder say about its input.
 *
 * @param prompts text to put before an input, by name of the prompt
 * @param tokensMax longest input in tokens, {@link Integer#MAX_VALUE} when no file says
 */
record SentenceFiles(Map<String, String> prompts, int tokensMax) {
  SentenceFiles {
    prompts = Map.copyOf(prompts);
  }

  static SentenceFiles read(Path folder) {
    Map<String, String> prompts = new LinkedHashMap<>();
    JsonNode named = tree(folder.resolve("config_sentence_transformers.json")).path("prompts");
    named.properties().forEach(entry -> prompts.put(entry.getKey(), entry.getValue().asText()));
    int tokensMax =
        tree(folder.resolve("sentence_bert_config.json"))
            .path("max_seq_length")
            .asInt(Integer.MAX_VALUE);
    return new SentenceFiles(prompts, tokensMax);
  }

  /** The text of a prompt; a name the model does not know is the row's mistake. */
  String prompt(String name) {
    String prompt = prompts.get(name);
    if (prompt == null) {
      throw new Row.Bad(
          "the model has no prompt \""
              + name
              + "\", only "
              + prompts.keySet().stream().sorted().toList());
    }
    return prompt;
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
