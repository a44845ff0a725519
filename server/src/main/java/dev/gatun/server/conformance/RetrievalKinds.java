package dev.gatun.server.conformance;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.router.model.Compatibility;
import dev.gatun.router.text.Bm25;
import dev.gatun.router.text.Chunks;
import dev.gatun.router.text.Fusion;
import dev.gatun.router.text.Fusion.Found;
import dev.gatun.router.text.Fusion.Mode;
import dev.gatun.router.text.Fusion.Ranked;
import dev.gatun.router.text.NgramOverlap;
import dev.gatun.router.text.TokenEstimate;
import dev.gatun.server.wire.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Documents cut into chunks, and chunks found by a query. */
final class RetrievalKinds {
  private final Compatibility compatibility;

  private RetrievalKinds(Compatibility compatibility) {
    this.compatibility = compatibility;
  }

  static Map<String, Kind> of(Compatibility compatibility) {
    return Map.of(
        "retrieval.chunk", new RetrievalKinds(compatibility)::chunk,
        "retrieval.bm25", RetrievalKinds::bm25,
        "retrieval.ngram", RetrievalKinds::ngram,
        "retrieval.fuse", RetrievalKinds::fuse);
  }

  private ObjectNode chunk(Input input) {
    Input strategy = input.at("strategy");
    boolean isStatic = strategy.text("type").equals("static");
    Input sizes = isStatic ? strategy.at("static") : new Input(Json.object());
    Chunks chunks =
        Chunks.of(
            sizes.whole("max_chunk_size_tokens"),
            sizes.whole("chunk_overlap_tokens"),
            TokenEstimate.UNCALIBRATED,
            compatibility);
    String text = input.text("text");
    List<String> found = isStatic ? chunks.windows(text) : chunks.paragraphs(text);
    ObjectNode output = Json.object();
    found.forEach(output.putArray("chunks")::add);
    return output;
  }

  private static ObjectNode bm25(Input input) {
    Map<String, String> chunks = texts(input);
    List<String> names = List.copyOf(chunks.keySet());
    Bm25 index = Bm25.ofWords(List.copyOf(chunks.values()), input.number("k1"), input.number("b"));
    ObjectNode output = Json.object();
    ObjectNode scores = output.putObject("scores");
    for (Bm25.Hit hit : index.search(input.text("query"))) {
      scores.put(names.get(hit.document()), hit.score());
    }
    return output;
  }

  private static ObjectNode ngram(Input input) {
    Map<String, String> chunks = texts(input);
    List<String> names = List.copyOf(chunks.keySet());
    double[] found =
        new NgramOverlap(List.copyOf(chunks.values()), input.whole("n"))
            .scores(input.text("query"));
    ObjectNode output = Json.object();
    ObjectNode scores = output.putObject("scores");
    for (int i = 0; i < found.length; i++) {
      if (found[i] > 0) {
        scores.put(names.get(i), found[i]);
      }
    }
    return output;
  }

  private static ObjectNode fuse(Input input) {
    Input config = input.at("config");
    Fusion fusion =
        Fusion.of(
            config.text("mode").equals("rrf") ? Mode.RRF : Mode.WEIGHTED,
            config.number("vector_weight"),
            config.number("bm25_weight"),
            config.number("ngram_weight"),
            config.whole("rrf_constant"));
    List<Ranked> ranked =
        fusion.rank(
            new Found(scores(input, "vector"), scores(input, "bm25"), scores(input, "ngram")));
    ObjectNode output = Json.object();
    ObjectNode results = output.putObject("results");
    ranked.forEach(one -> results.put(one.name(), one.score()));
    return output.put("best", ranked.isEmpty() ? "" : ranked.getFirst().name());
  }

  private static Map<String, String> texts(Input input) {
    Map<String, String> texts = new LinkedHashMap<>();
    input.members("chunks").forEach((name, text) -> texts.put(name, text.json().asText()));
    return texts;
  }

  private static Map<String, Double> scores(Input input, String key) {
    Map<String, Double> scores = new LinkedHashMap<>();
    input.members(key).forEach((name, score) -> scores.put(name, score.json().asDouble()));
    return scores;
  }
}
