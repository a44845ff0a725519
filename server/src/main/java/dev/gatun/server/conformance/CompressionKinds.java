package dev.gatun.server.conformance;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.router.model.Compatibility;
import dev.gatun.router.text.Compressed;
import dev.gatun.router.text.Compressed.Sentence;
import dev.gatun.router.text.CompressionWeights;
import dev.gatun.router.text.Compressor;
import dev.gatun.router.text.SentenceScores;
import dev.gatun.router.text.SentenceWords;
import dev.gatun.router.text.Sentences;
import dev.gatun.router.text.TokenEstimate;
import dev.gatun.server.wire.Json;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Texts shortened for signals. */
final class CompressionKinds {
  private final Compatibility compatibility;

  private CompressionKinds(Compatibility compatibility) {
    this.compatibility = compatibility;
  }

  static Map<String, Kind> of(Compatibility compatibility) {
    CompressionKinds kinds = new CompressionKinds(compatibility);
    return Map.of(
        "compression.compress", kinds::compress,
        "compression.sentences", kinds::sentences,
        "compression.token_estimate", kinds::tokens,
        "compression.words", CompressionKinds::words,
        "compression.position_weights", CompressionKinds::positions);
  }

  private ObjectNode compress(Input input) {
    Input config = input.at("config");
    String text = input.text("text");
    Optional<Compressed> compressed =
        new Compressor(weights(config), config.whole("max_tokens"), compatibility)
            .compress(text, TokenEstimate.UNCALIBRATED);
    List<Sentence> sentences = compressed.map(Compressed::sentences).orElse(List.of());
    long tokens = count(text);
    ObjectNode output =
        Json.object()
            .put("compressed", compressed.map(Compressed::text).orElse(text))
            .put("original_tokens", tokens)
            .put("compressed_tokens", compressed.map(Compressed::tokens).orElse(tokens))
            .put("ratio", compressed.map(Compressed::ratio).orElse(1.0));
    ArrayNode kept = output.putArray("kept_indices");
    ArrayNode scores = output.putArray("scores");
    for (int i = 0; i < sentences.size(); i++) {
      if (sentences.get(i).isKept()) {
        kept.add(i);
      }
      score(i, sentences.get(i), scores.addObject());
    }
    return output;
  }

  private static CompressionWeights weights(Input config) {
    return new CompressionWeights(
        config.number("text_rank_weight"),
        config.number("position_weight"),
        config.number("tfidf_weight"),
        config.number("novelty_weight"),
        config.number("position_depth"),
        config.whole("preserve_first_n"),
        config.whole("preserve_last_n"));
  }

  private static void score(int index, Sentence sentence, ObjectNode to) {
    to.put("index", index)
        .put("tokens", sentence.tokens())
        .put("text_rank", sentence.scores().textRank())
        .put("position", sentence.scores().position())
        .put("tfidf", sentence.scores().tfidf())
        .put("novelty", sentence.scores().novelty())
        .put("composite", sentence.scores().composite());
  }

  private ObjectNode sentences(Input input) {
    ObjectNode output = Json.object();
    Sentences.of(input.text("text"), compatibility).forEach(output.putArray("sentences")::add);
    return output;
  }

  private ObjectNode tokens(Input input) {
    return Json.object().put("tokens", count(input.text("text")));
  }

  private long count(String text) {
    return Compressor.counter(TokenEstimate.UNCALIBRATED, compatibility).applyAsLong(text);
  }

  private static ObjectNode words(Input input) {
    ObjectNode output = Json.object();
    SentenceWords.of(input.text("text")).forEach(output.putArray("words")::add);
    return output;
  }

  private static ObjectNode positions(Input input) {
    ObjectNode output = Json.object();
    ArrayNode weights = output.putArray("weights");
    for (double weight : SentenceScores.positions(input.whole("n"), input.number("depth"))) {
      weights.add(weight);
    }
    return output;
  }
}
