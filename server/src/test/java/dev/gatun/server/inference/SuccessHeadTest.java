package dev.gatun.server.inference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SuccessHeadTest {
  private static final double EXACT = 1e-6;
  private static final double[] MEAN = {2, 0, 0, 0, 0, 0};
  private static final double[] SCALE = {0.5, 1, 1, 1, 1, 1};
  private static final double[] LOOKS = {3, 0, 0, 4, 0, 0};
  private static final float[] VECTOR = {0.6f, 0.8f};

  /** Input: two elements of a vector, two categories, six of the looks, 1. */
  private static final float[][] HIDDEN = {
    {1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, {0, 0, 2, 0, 0, 0, 0, 0, 0, 0, -1}
  };

  @Test
  void chancesAreThoseOfHiddenUnitsAndInput() {
    // "one" reads the first hidden unit and the bias, "two" the looks, "three" the categories.
    SuccessHead head =
        head(
            new float[] {3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0.5f},
            new float[] {0, 0, 0, 0, 0, 0, 2, 0, 0, -1, 0, 0, 0},
            new float[] {0, 1, 0, 0, 1, -1, 0, 0, 0, 0, 0, 0, 0});
    double silu = 0.6 / (1 + Math.exp(-0.6));
    assertArrayEquals(
        new double[] {sigmoid(3 * silu + 0.5), sigmoid(2 * 2 - 4), sigmoid(sigmoid(1) + 1)},
        head.chances(VECTOR, Optional.of("a"), LOOKS),
        EXACT);
  }

  @Test
  void aCategoryThatIsNotKnownIsTheLastAndOneThatIsAbsentIsNone() {
    SuccessHead head = head(new float[] {0, 1, 0, 0, 1, -1, 0, 0, 0, 0, 0, 0, 0});
    double silu = -1 / (1 + Math.exp(1));
    assertEquals(sigmoid(silu - 1), chance(head, Optional.of("b")), EXACT);
    assertEquals(sigmoid(silu - 1), chance(head, Optional.of("astrology")), EXACT);
    assertEquals(sigmoid(silu), chance(head, Optional.empty()), EXACT);
  }

  @Test
  void whatDoesNotFitTogetherIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> head(new float[7]));
    SuccessHead head = head(new float[13]);
    assertThrows(
        IllegalArgumentException.class, () -> head.chances(new float[3], Optional.empty(), LOOKS));
    assertThrows(
        IllegalArgumentException.class,
        () ->
            new SuccessHead(
                List.of("one"), List.of("a", "b"), MEAN, MEAN, HIDDEN, new float[1][13]));
  }

  @Test
  void looksCountOptionsDigitsAndSymbols() {
    String text = "Is 7 = 7\u00b0?\nOr not\nA. yes\n(B) no, never";
    double size = text.length();
    assertArrayEquals(
        new double[] {Math.log(size), Math.log(18), Math.log(10.5), 2, 2 / size, 7 / size},
        QuestionLooks.of(text),
        EXACT);
  }

  @Test
  void aTextWithoutAnythingLooksLikeSomethingAsWell() {
    assertArrayEquals(new double[QuestionLooks.COUNT], QuestionLooks.of(""), EXACT);
    double[] emoji = QuestionLooks.of("\ud83e\udd8a");
    assertEquals(1, emoji[5], EXACT);
    assertTrue(emoji[0] == 0, "one code point");
  }

  private static SuccessHead head(float[]... output) {
    List<String> models = List.of("one", "two", "three").subList(0, output.length);
    return new SuccessHead(models, List.of("a", "b"), MEAN, SCALE, HIDDEN, output);
  }

  private static double chance(SuccessHead head, Optional<String> category) {
    return head.chances(new float[2], category, LOOKS)[0];
  }

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }
}
