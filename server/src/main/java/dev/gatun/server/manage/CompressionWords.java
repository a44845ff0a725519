package dev.gatun.server.manage;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.router.text.Compressed;
import dev.gatun.router.text.Compressed.Sentence;
import dev.gatun.server.wire.Json;

/** How the management API tells that most signals read a shortened text. */
final class CompressionWords {
  private CompressionWords() {}

  /**
   * What was left out.
   *
   * @param trace whether to add the shortened text, and every sentence with its scores
   */
  static ObjectNode of(Compressed compressed, boolean trace) {
    ObjectNode to =
        Json.object()
            .put("original_tokens", compressed.originalTokens())
            .put("compressed_tokens", compressed.tokens())
            .put("ratio", compressed.ratio())
            .put("sentences", compressed.sentences().size())
            .put("dropped", compressed.sentences().stream().filter(s -> !s.isKept()).count());
    if (trace) {
      to.put("compressed_text", compressed.text());
      compressed.sentences().forEach(s -> to.withArray("sentence_scores").add(sentence(s)));
    }
    return to;
  }

  private static ObjectNode sentence(Sentence sentence) {
    return Json.object()
        .put("index", sentence.index())
        .put("text", sentence.text())
        .put("tokens", sentence.tokens())
        .put("kept", sentence.isKept())
        .put("kept_tokens", sentence.keptTokens())
        .put("text_rank", sentence.scores().textRank())
        .put("position", sentence.scores().position())
        .put("tfidf", sentence.scores().tfidf())
        .put("novelty", sentence.scores().novelty())
        .put("composite", sentence.scores().composite());
  }
}
