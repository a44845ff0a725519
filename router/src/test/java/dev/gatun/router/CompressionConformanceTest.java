package dev.gatun.router;

import static dev.gatun.router.Cases.at;
import static dev.gatun.router.Cases.items;
import static dev.gatun.router.Cases.number;
import static dev.gatun.router.Cases.text;
import static dev.gatun.router.Cases.texts;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gatun.router.Cases.Case;
import dev.gatun.router.config.Node;
import dev.gatun.router.model.Compatibility;
import dev.gatun.router.text.Compressed;
import dev.gatun.router.text.Compressed.Sentence;
import dev.gatun.router.text.CompressionWeights;
import dev.gatun.router.text.Compressor;
import dev.gatun.router.text.SentenceScores;
import dev.gatun.router.text.SentenceWords;
import dev.gatun.router.text.Sentences;
import dev.gatun.router.text.TokenEstimate;
import dev.gatun.router.text.WordTokens;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The cases of v0.3 for shortened texts, under {@code compatibility: upstream-0.3}. */
class CompressionConformanceTest {
  private static final double TOLERANCE = 1e-6;

  @TestFactory
  Stream<DynamicTest> compression() throws IOException {
    return Cases.of("cases/unit/compression.jsonl").stream()
        .filter(c -> !isLeftToChance(c))
        .map(c -> DynamicTest.dynamicTest(c.id(), () -> check(c)));
  }

  /**
   * Of equal sentences v0.3 scores the novelty by rounding errors, whose size depends on the random
   * order of a map.
   */
  private static boolean isLeftToChance(Case c) {
    List<String> sentences = Sentences.of(text(c.input(), "text"), Compatibility.UPSTREAM_0_3);
    return c.kind().equals("compression.compress")
        && sentences.size() > 1
        && sentences.stream().distinct().count() == 1;
  }

  private static void check(Case c) {
    String text = text(c.input(), "text");
    switch (c.kind()) {
      case "compression.sentences" ->
          assertEquals(
              texts(at(c.expect(), "sentences")), Sentences.of(text, Compatibility.UPSTREAM_0_3));
      case "compression.words" ->
          assertEquals(texts(at(c.expect(), "words")), SentenceWords.of(text));
      case "compression.token_estimate" ->
          assertEquals((long) number(c.expect(), "tokens"), WordTokens.count(text));
      case "compression.position_weights" -> positions(c);
      case "compression.compress" -> compress(c, text);
      default -> throw new AssertionError("no such kind: " + c.kind());
    }
  }

  private static void positions(Case c) {
    double[] expected =
        items(at(c.expect(), "weights")).stream()
            .mapToDouble(CompressionConformanceTest::real)
            .toArray();
    double[] found =
        SentenceScores.positions((int) number(c.input(), "n"), number(c.input(), "depth"));
    assertEquals(expected.length, found.length);
    IntStream.range(0, found.length).forEach(i -> assertEquals(expected[i], found[i], TOLERANCE));
  }

  private static double real(Node node) {
    return Double.parseDouble(((Node.Scalar) node).text());
  }

  private static void compress(Case c, String text) {
    Node config = at(c.input(), "config");
    CompressionWeights weights =
        new CompressionWeights(
            number(config, "text_rank_weight"),
            number(config, "position_weight"),
            number(config, "tfidf_weight"),
            number(config, "novelty_weight"),
            number(config, "position_depth"),
            (int) number(config, "preserve_first_n"),
            (int) number(config, "preserve_last_n"));
    long budget = (long) number(config, "max_tokens");
    Optional<Compressed> compressed =
        new Compressor(weights, budget, Compatibility.UPSTREAM_0_3)
            .compress(text, TokenEstimate.UNCALIBRATED);
    List<Sentence> sentences = compressed.map(Compressed::sentences).orElse(List.of());
    assertEquals(text(c.expect(), "compressed"), compressed.map(Compressed::text).orElse(text));
    assertEquals((long) number(c.expect(), "original_tokens"), WordTokens.count(text));
    assertEquals(
        (long) number(c.expect(), "compressed_tokens"),
        (long) compressed.map(Compressed::tokens).orElseGet(() -> WordTokens.count(text)));
    assertEquals(
        number(c.expect(), "ratio"), compressed.map(Compressed::ratio).orElse(1.0), TOLERANCE);
    assertEquals(
        texts(at(c.expect(), "kept_indices")),
        sentences.stream().filter(Sentence::isKept).map(s -> "" + sentences.indexOf(s)).toList());
    List<Node> scores = items(at(c.expect(), "scores"));
    for (int i = 0; i < scores.size(); i++) {
      assertScores(scores.get(i), sentences.get(i));
    }
  }

  private static void assertScores(Node expected, Sentence sentence) {
    assertEquals((long) number(expected, "tokens"), sentence.tokens());
    assertEquals(number(expected, "text_rank"), sentence.scores().textRank(), TOLERANCE);
    assertEquals(number(expected, "position"), sentence.scores().position(), TOLERANCE);
    assertEquals(number(expected, "tfidf"), sentence.scores().tfidf(), TOLERANCE);
    assertEquals(number(expected, "novelty"), sentence.scores().novelty(), TOLERANCE);
    assertEquals(number(expected, "composite"), sentence.scores().composite(), TOLERANCE);
  }
}
