package dev.gatun.router.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.router.model.Compatibility;
import dev.gatun.router.text.Compressed.Sentence;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CompressorTest {
  private static final TokenEstimate FOUR = TokenEstimate.UNCALIBRATED;

  @Test
  void layoutEndsSentencesToo() {
    String text =
        """
        Look at this code
        ```python
        def f(x):
            return x
        ```
        and at these
        - one thing
        2. another thing

        the end
        """;
    assertEquals(
        List.of(
            "Look at this code",
            "```python",
            "def f(x):\nreturn x",
            "```",
            "and at these",
            "- one thing",
            "2. another thing",
            "the end"),
        Sentences.of(text, Compatibility.GATUN));
    assertEquals(2, Sentences.of(text, Compatibility.UPSTREAM_0_3).size());
  }

  @Test
  void aPromptThatIsOneBlockOfCodeIsCutToTheBudget() {
    String code = "let v = compute(arg)\n".repeat(200);
    for (String text : List.of("```\n" + code + "```", "```js\n" + code, "~~~\n" + code + "~~~")) {
      String kept =
          new Compressor(CompressionProfile.CODING.weights(), 100, Compatibility.GATUN)
              .compress(text, FOUR)
              .orElseThrow()
              .text();
      assertTrue(FOUR.tokens(kept) <= 100 && FOUR.tokens(kept) > 90, kept);
      assertTrue(kept.contains("let v = compute(arg)"), kept);
    }
  }

  /** Sentences that fill their tokens to the last byte leave no room for the spaces between. */
  @Test
  void theSpacesBetweenSentencesCount() {
    String text = "Abcdefg. ".repeat(60);
    String kept =
        new Compressor(CompressionProfile.DEFAULT.weights(), 20, Compatibility.GATUN)
            .compress(text, FOUR)
            .orElseThrow()
            .text();
    assertTrue(FOUR.tokens(kept) <= 20, kept);
    assertEquals(7 * 9 - 1, kept.length());
  }

  @Test
  void aLineBreakAloneEndsNothing() {
    assertEquals(
        List.of("a long line\nthat goes on"),
        Sentences.of("a long line\nthat goes on", Compatibility.GATUN));
  }

  @Test
  void numbersAndInitialsEndNothing() {
    for (Compatibility compatibility : Compatibility.values()) {
      assertEquals(
          List.of("It is 3.14.", "Ask J. Bach?!", "这是。", "Not b.", "c"),
          Sentences.of(" It is 3.14. Ask J. Bach?! 这是。Not b. c", compatibility));
    }
  }

  @Test
  void anOversizedFirstSentenceIsCutToTheBudget() {
    String first = "word ".repeat(200).strip() + ".";
    Compressed compressed = compress(first + " Short middle. What is asked?", 30);

    assertTrue(compressed.text().startsWith("word word"), compressed.text());
    assertTrue(compressed.text().endsWith("Short middle. What is asked?"), compressed.text());
    assertTrue(compressed.tokens() <= 30 && compressed.tokens() >= 28, compressed.toString());
  }

  @Test
  void anOversizedLastSentenceKeepsItsEnd() {
    String last = "log ".repeat(200) + "and why is that?";
    Compressed compressed = compress("Hello there. " + last, 20);

    assertTrue(compressed.text().startsWith("Hello there. log"), compressed.text());
    assertTrue(compressed.text().endsWith("and why is that?"), compressed.text());
  }

  @Test
  void theVeryLastSentenceGoesBeforeThoseInFrontOfIt() {
    String text = "One. Two. Three. " + "Some filler here. ".repeat(9) + "Now what?";
    assertEquals("One. Two. Three. Some filler here. Now what?", compress(text, 13).text());
  }

  /** Only what no budget holds is cut: the rest is kept whole or weighed with the others. */
  @Test
  void anOrdinarySentenceIsNeverCut() {
    String text =
        "The alpha case is about alpha things and their number. ".repeat(12)
            + "My number is 123-45-6789 zulu. Please write the final answer now.";
    for (int budget = 20; budget < 90; budget += 7) {
      for (String kept : Sentences.of(compress(text, budget).text(), Compatibility.GATUN)) {
        assertTrue(text.contains(kept) && Character.isUpperCase(kept.charAt(0)), kept);
      }
    }
  }

  @Test
  void v03DropsWhatDoesNotFit() {
    Compressed compressed =
        new Compressor(CompressionProfile.DEFAULT.weights(), 5, Compatibility.UPSTREAM_0_3)
            .compress("word ".repeat(20) + "end. " + "more ".repeat(20) + "end.", FOUR)
            .orElseThrow();
    assertEquals("", compressed.text());
    assertEquals(0, compressed.tokens());
  }

  @Test
  void oneSentenceStaysAsItIs() {
    assertTrue(
        new Compressor(CompressionProfile.DEFAULT.weights(), 5, Compatibility.GATUN)
            .compress("word ".repeat(100), FOUR)
            .isEmpty());
  }

  @Test
  void aLearnedRatioDecidesHowMuchFits() {
    String text =
        IntStream.range(0, 40)
            .mapToObj(i -> "Fact " + i + " is so.")
            .collect(Collectors.joining(" "));
    Compressor compressor =
        new Compressor(CompressionProfile.DEFAULT.weights(), 50, Compatibility.GATUN);
    long dense = compressor.compress(text, new TokenEstimate(2)).orElseThrow().text().length();
    long loose = compressor.compress(text, new TokenEstimate(8)).orElseThrow().text().length();

    assertTrue(dense <= 100, () -> "kept " + dense);
    assertTrue(loose > 300, () -> "kept " + loose);
  }

  @Test
  void ofManySentencesASampleIsWeighed() {
    String text =
        IntStream.range(0, 2_000)
            .mapToObj(i -> "Line " + i + " here.")
            .collect(Collectors.joining(" "));
    Compressed compressed = compress(text, 100);

    assertEquals(500, compressed.sentences().size());
    assertEquals(0, compressed.sentences().getFirst().index());
    assertEquals(1_999, compressed.sentences().getLast().index());
    assertEquals(500, compressed.sentences().stream().map(Sentence::index).distinct().count());
  }

  @Test
  void whatIsKeptFitsAndComesFromTheText() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    String[] words = {"alpha", "beta", "γράμμα", "数据", "x.", "y!\n\n", "- z", "```\n", "🙂", "3.5"};
    for (int round = 0; round < 500; round++) {
      String text =
          random
              .ints(random.nextInt(200), 0, words.length)
              .mapToObj(i -> words[i])
              .collect(Collectors.joining(" "));
      int budget = 1 + random.nextInt(60);
      TokenEstimate estimate = new TokenEstimate(1 + random.nextDouble() * 6);
      CompressionProfile profile = List.of(CompressionProfile.values()).get(random.nextInt(5));
      new Compressor(profile.weights(), budget, Compatibility.GATUN)
          .compress(text, estimate)
          .ifPresent(c -> assertFits(c, budget, "seed " + seed));
    }
  }

  private static void assertFits(Compressed compressed, long budget, String seed) {
    assertTrue(compressed.tokens() <= budget, seed);
    for (Sentence sentence : compressed.sentences()) {
      assertTrue(sentence.text().contains(sentence.kept()), seed);
      double composite = sentence.scores().composite();
      assertTrue(composite >= 0 && composite <= 1 + 1e-9, seed);
    }
    assertFalse(compressed.text().contains("  "), seed);
  }

  private static Compressed compress(String text, long budget) {
    return new Compressor(CompressionProfile.DEFAULT.weights(), budget, Compatibility.GATUN)
        .compress(text, FOUR)
        .orElseThrow();
  }
}
