package dev.gatun.server.models;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The files by which sentence-transformers says how token vectors become one of a text. */
final class SentenceModules {
  /** Says which modules follow each other; without it a folder is a trunk, not an embedder. */
  static final String MODULES = "modules.json";

  /** How tokens are pooled. */
  static final String POOLING = "1_Pooling/config.json";

  /** How long a text may be. */
  static final String SENTENCE = "sentence_bert_config.json";

  private SentenceModules() {}

  /**
   * Writes them for: encode, mean over tokens, unit length.
   *
   * @param maxTokens longest text, special tokens included
   */
  static void writeMean(Path folder, int hiddenSize, int maxTokens) throws IOException {
    var modules =
        List.of(
            module(0, "", "Transformer"),
            module(1, "1_Pooling", "Pooling"),
            module(2, "2_Normalize", "Normalize"));
    ModelOutput.json(folder.resolve(MODULES), modules);
    var pooling = new LinkedHashMap<String, Object>();
    pooling.put("word_embedding_dimension", hiddenSize);
    pooling.put("pooling_mode_cls_token", false);
    pooling.put("pooling_mode_mean_tokens", true);
    for (String other : List.of("max_tokens", "mean_sqrt_len_tokens", "lasttoken")) {
      pooling.put("pooling_mode_" + other, false);
    }
    ModelOutput.json(folder.resolve(POOLING), pooling);
    var sentence = new LinkedHashMap<String, Object>();
    sentence.put("max_seq_length", maxTokens);
    sentence.put("do_lower_case", false);
    ModelOutput.json(folder.resolve(SENTENCE), sentence);
  }

  private static Map<String, Object> module(int index, String path, String type) {
    var module = new LinkedHashMap<String, Object>();
    module.put("idx", index);
    module.put("name", Integer.toString(index));
    module.put("path", path);
    module.put("type", "sentence_transformers.models." + type);
    return module;
  }
}
