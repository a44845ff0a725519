package dev.gatun.router.grounding;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.router.port.Answer;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ComparisonTest {
  private static final String CONTEXT =
      "The harbour bridge was opened in May 1932 by Ana Prado. It is 80 m long.";
  private static final String ANSWER = "It was opened in 1,937 by the Portuguese, unbelievably.";

  private static Comparison compared(String context, String answer) {
    return Comparison.of(context, "", answer)
        .fold(
            known -> known,
            reason -> {
              throw new AssertionError(reason);
            });
  }

  /** What the script that trains makes of the same tokens; 1,937 and some words are several. */
  @Test
  void tokensHaveTheTypesOfTraining() {
    Comparison found = compared(CONTEXT, ANSWER);
    int[] context = {0, 4, 12, 19, 23, 30, 33, 37, 42, 45, 49, 51, 54, 56, 59, 62, 65, 67, 71};
    int[] answer = {0, 3, 7, 14, 17, 18, 19, 21, 23, 26, 30, 40, 42, 44, 47, 49, 51, 54};

    assertArrayEquals(
        new int[] {1, 0, 0, 1, 1, 1, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0},
        found.contextTypes(context));
    assertArrayEquals(
        new int[] {34, 3, 3, 3, 92, 92, 92, 92, 33, 33, 79, 93, 78, 78, 78, 78, 78, 93},
        found.answerTypes(answer));
    assertArrayEquals(
        new int[] {0, 1, 2, 3, 4, -1, -1, -1, 5, 6, 7, -1, 8, -1, -1, -1, -1, -1},
        found.begins(answer));
    assertEquals(10, found.words(), "with the stop at the end");
  }

  @Test
  void wordsOfTheContextInAnyFormAreNotMissing() {
    Map<String, Integer> frequent = Map.of("it", 1, "in", 2, "by", 3, "the", 4, "was", 5);

    assertEquals(0, compared("Bridges opened.", "It bridged it").missing(Map.of("it", 1)), 0);
    assertEquals(3 / 4.0, compared(CONTEXT, ANSWER).missing(frequent), 1e-9);
    assertEquals(0, compared(CONTEXT, "It was.").missing(frequent), 0, "nothing rare in it");
  }

  @Test
  void whatIsTooMuchIsNotCompared() {
    Answer<Comparison> answer = Comparison.of("a ".repeat(30_000), "", "b ".repeat(30_000));

    String reason = answer.fold(_ -> "", text -> text);
    assertTrue(reason.endsWith("30000 words and a context of 30000 are too much to compare"));
  }

  @Test
  void anAnswerIsJudgedByBothAndByWhatIsMissing() {
    float[][] features = new float[GroundingNetwork.FEATURES][GroundingNetwork.HIDDEN];
    float[][] whole = new float[GroundingNetwork.HIDDEN][GroundingNetwork.WHOLE];
    float[] zeros = new float[GroundingNetwork.HIDDEN];
    float[] answer = new float[GroundingNetwork.HIDDEN + GroundingNetwork.WHOLE];
    GroundingNetwork even =
        new GroundingNetwork(
            new GroundingNetwork.Weights(features, whole, zeros, zeros, 0, answer, 0),
            IntStream.range(0, GroundingNetwork.FREQUENT).mapToObj(i -> "w" + i).toList());
    Verdict verdict = new Verdict(0.5, 0.6, 0.3);
    Comparison comparison = compared("The mill is red.", "The mill burned.");
    PairChances sure = new PairChances(new double[] {0.01, 0.01, 0.9, 0}, 0.9);
    PairChances calm = new PairChances(new double[] {0.01, Double.NaN, 0.02, 0}, 0.02);

    Grounding found =
        new GroundingJudge(even, new GroundingJudge.Joint(1, 1, 0, 0), verdict)
            .judge(comparison, sure);
    // Chances of 0.9 and 0.5 meet at 0.75; the network has 0.5 for the whole.
    Grounding.Unsupported wrong = (Grounding.Unsupported) found;
    assertEquals(0.9, wrong.score(), 1e-9);
    assertEquals(0.75, wrong.spans().getFirst().score(), 1e-9);
    assertEquals(9, wrong.spans().getFirst().start());

    GroundingJudge byMissing =
        new GroundingJudge(even, new GroundingJudge.Joint(0, 0, 3, -0.9), verdict);
    Grounding.Unsupported third = (Grounding.Unsupported) byMissing.judge(comparison, calm);
    assertEquals(GroundingJudge.sigmoid(3 * (1 / 3.0) - 0.9), third.score(), 1e-9);
  }
}
