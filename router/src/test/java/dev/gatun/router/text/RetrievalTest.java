package dev.gatun.router.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.router.model.Compatibility;
import dev.gatun.router.text.Fusion.Found;
import dev.gatun.router.text.Fusion.Mode;
import dev.gatun.router.text.Fusion.Ranked;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RetrievalTest {
  @Test
  void chunksAreSizedInTokens() {
    Chunks chunks = Chunks.of(10, 2, new TokenEstimate(2), Compatibility.GATUN);
    List<String> found = chunks.windows("абвгдежзик".repeat(3));
    assertEquals("абвгдежзик", found.getFirst());
    assertEquals("икабвгдежз", found.get(1));
    assertTrue(found.stream().allMatch(chunk -> TokenEstimate.bytes(chunk) <= 20));
  }

  @Test
  void headingsStayWithWhatFollows() {
    Chunks chunks = Chunks.of(0, 0, TokenEstimate.UNCALIBRATED, Compatibility.GATUN);
    assertEquals(
        List.of("intro", "# One\ntext", "## Two", "more\nlines"),
        chunks.paragraphs("intro\n# One\ntext\n## Two\n\n\n\nmore\nlines\n"));
  }

  @Test
  void aCharacterWiderThanAChunkIsOneChunk() {
    Chunks chunks = new Chunks(1, 0, new TokenEstimate(1), Compatibility.GATUN);
    assertEquals(List.of("🙂", "🙂", "a"), chunks.windows("🙂🙂a"));
  }

  @Test
  void sizesThatMakeNoSenseAreRefused() {
    TokenEstimate estimate = TokenEstimate.UNCALIBRATED;
    assertThrows(
        IllegalArgumentException.class, () -> new Chunks(5, 5, estimate, Compatibility.GATUN));
    assertThrows(IllegalArgumentException.class, () -> new Fusion(Mode.RRF, 0, 0, 0, 60));
    assertThrows(IllegalArgumentException.class, () -> new NgramOverlap(List.of(), 0));
  }

  @Test
  void runsOfCharactersAreSets() {
    double[] scores = new NgramOverlap(List.of("AAAA", "aab", "xyz"), 2).scores("aaa");
    assertArrayEquals(new double[] {1, 0.5, 0}, scores, 1e-12);
  }

  @Test
  void equalScoresKeepTheOrderInWhichTheyWereFound() {
    Fusion fusion = Fusion.of(Mode.WEIGHTED, 1, 0, 0, 0);
    List<Ranked> ranked = fusion.rank(new Found(Map.of("a", 0.5), Map.of(), Map.of("b", 1.0)));
    assertEquals(List.of(new Ranked("a", 0.5), new Ranked("b", 0)), ranked);
  }
}
