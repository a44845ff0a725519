package dev.gatun.router;

import static dev.gatun.router.Cases.at;
import static dev.gatun.router.Cases.has;
import static dev.gatun.router.Cases.number;
import static dev.gatun.router.Cases.text;
import static dev.gatun.router.Cases.texts;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gatun.router.Cases.Case;
import dev.gatun.router.config.Node;
import dev.gatun.router.model.Compatibility;
import dev.gatun.router.text.Bm25;
import dev.gatun.router.text.Chunks;
import dev.gatun.router.text.Fusion;
import dev.gatun.router.text.Fusion.Found;
import dev.gatun.router.text.Fusion.Mode;
import dev.gatun.router.text.Fusion.Ranked;
import dev.gatun.router.text.NgramOverlap;
import dev.gatun.router.text.TokenEstimate;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The cases of v0.3 for finding chunks of documents. */
class RetrievalConformanceTest {
  private static final double TOLERANCE = 1e-9;

  @TestFactory
  Stream<DynamicTest> retrieval() throws IOException {
    return Cases.of("cases/unit/retrieval.jsonl").stream()
        .map(c -> DynamicTest.dynamicTest(c.id(), () -> check(c)));
  }

  private static void check(Case c) {
    switch (c.kind()) {
      case "retrieval.chunk" -> assertEquals(texts(at(c.expect(), "chunks")), chunks(c));
      case "retrieval.bm25" -> assertScores(c, "scores", bm25(c));
      case "retrieval.ngram" -> assertScores(c, "scores", ngram(c));
      case "retrieval.fuse" -> fuse(c);
      default -> throw new AssertionError("no such kind: " + c.kind());
    }
  }

  private static List<String> chunks(Case c) {
    Node strategy = at(c.input(), "strategy");
    boolean isStatic = text(strategy, "type").equals("static");
    Node sizes = at(strategy, "static");
    Chunks chunks =
        Chunks.of(
            isStatic ? (long) number(sizes, "max_chunk_size_tokens") : 0,
            isStatic ? (long) number(sizes, "chunk_overlap_tokens") : 0,
            TokenEstimate.UNCALIBRATED,
            Compatibility.UPSTREAM_0_3);
    String text = text(c.input(), "text");
    return isStatic ? chunks.windows(text) : chunks.paragraphs(text);
  }

  private static Map<String, Double> bm25(Case c) {
    Map<String, String> chunks = chunksByName(c);
    List<String> names = List.copyOf(chunks.keySet());
    Map<String, Double> scores = new TreeMap<>();
    Bm25.ofWords(List.copyOf(chunks.values()), number(c.input(), "k1"), number(c.input(), "b"))
        .search(text(c.input(), "query"))
        .forEach(hit -> scores.put(names.get(hit.document()), hit.score()));
    return scores;
  }

  private static Map<String, Double> ngram(Case c) {
    Map<String, String> chunks = chunksByName(c);
    double[] found =
        new NgramOverlap(List.copyOf(chunks.values()), (int) number(c.input(), "n"))
            .scores(text(c.input(), "query"));
    Map<String, Double> scores = new TreeMap<>();
    int i = 0;
    for (String name : chunks.keySet()) {
      scores.put(name, found[i++]);
    }
    scores.values().removeIf(score -> score == 0);
    return scores;
  }

  private static Map<String, String> chunksByName(Case c) {
    Map<String, String> chunks = new LinkedHashMap<>();
    if (at(c.input(), "chunks") instanceof Node.Mapping mapping) {
      mapping.entries().forEach(e -> chunks.put(e.key(), ((Node.Scalar) e.value()).text()));
    }
    return chunks;
  }

  private static void fuse(Case c) {
    Node config = at(c.input(), "config");
    List<Ranked> ranked =
        Fusion.of(
                text(config, "mode").equals("rrf") ? Mode.RRF : Mode.WEIGHTED,
                number(config, "vector_weight"),
                number(config, "bm25_weight"),
                number(config, "ngram_weight"),
                (int) number(config, "rrf_constant"))
            .rank(
                new Found(
                    scores(at(c.input(), "vector")),
                    scores(at(c.input(), "bm25")),
                    scores(at(c.input(), "ngram"))));
    Map<String, Double> results = new TreeMap<>();
    ranked.forEach(one -> results.put(one.name(), one.score()));
    assertScores(c, "results", results);
    if (!ranked.isEmpty()) {
      assertEquals(text(c.expect(), "best"), ranked.getFirst().name());
    }
  }

  private static Map<String, Double> scores(Node node) {
    Map<String, Double> scores = new LinkedHashMap<>();
    if (node instanceof Node.Mapping mapping) {
      mapping.entries().forEach(e -> scores.put(e.key(), number(mapping, e.key())));
    }
    return scores;
  }

  private static void assertScores(Case c, String key, Map<String, Double> found) {
    Node expected = at(c.expect(), key);
    Map<String, Double> wanted = scores(has(expected, "$same") ? at(expected, "$same") : expected);
    assertEquals(wanted.keySet(), new LinkedHashMap<>(found).keySet());
    wanted.forEach((name, score) ->
        assertEquals(score, found.getOrDefault(name, Double.NaN), TOLERANCE, name));
  }
}
