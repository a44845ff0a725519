package dev.gatun.router.grounding;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.gatun.router.grounding.Grounding.Span;
import dev.gatun.router.grounding.Grounding.Supported;
import dev.gatun.router.grounding.Grounding.Unsupported;
import java.util.List;
import org.junit.jupiter.api.Test;

class VerdictTest {
  private static final List<Word> WORDS = Word.of("He saw old Rome. It fell, twice");

  private final Verdict verdict = new Verdict(0.5, 0.6, 0.3);

  private Grounding of(double score, double... chances) {
    return verdict.of(WORDS, chances, score);
  }

  @Test
  void belowTheThresholdAllIsSupported() {
    assertEquals(new Supported(0.49), of(0.49, 0.9, 0.9, 0.9, 0.9, 0, 0.9, 0.9, 0.9));
  }

  @Test
  void aSpanGoesOnWhereItWouldNotOpenAndEndsWithTheSentence() {
    assertEquals(
        new Unsupported(0.9, List.of(new Span(7, 15, 0.8), new Span(17, 19, 0.7))),
        of(0.9, 0.2, 0.1, 0.3, 0.8, 0.9, 0.7, 0.2, 0.5));
  }

  @Test
  void whatIsUnsupportedHasAPlace() {
    assertEquals(
        new Unsupported(0.9, List.of(new Span(26, 31, 0.2))),
        of(0.9, 0, 0, 0.1, 0.1, 0.9, 0, 0.1, 0.2));
  }

  @Test
  void spansThatCannotOpenAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> new Verdict(0.5, 0.3, 0.6));
  }
}
