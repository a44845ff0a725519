package dev.gatun.server.inference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.inference.Inference;
import dev.gatun.inference.InferenceOptions;
import dev.gatun.inference.LoadOptions;
import dev.gatun.router.grounding.Grounding;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The models that ship. */
class GroundingCheckerTest {
  private static final String CONTEXT =
      "The harbour bridge was opened in May 1932 by the mayor of Lisbon, Ana Prado. "
          + "It carries 11,000 cars a day and was painted green in 1978 after a storm.";
  private static final String FILLER =
      "\n\nThe museum shows maps, coins and letters of the sailors who lived beside the river.";

  private static Inference inference;
  private static GroundingChecker checker;

  @BeforeAll
  static void open() {
    ModelStore store = new ModelStore(Path.of(System.getProperty("gatun.models")));
    inference = Inference.open(InferenceOptions.defaults());
    checker = GroundingChecker.open(inference, store, LoadOptions.defaults());
  }

  @AfterAll
  static void close() {
    checker.close();
    inference.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          The harbour bridge was opened in May 1937 by the mayor of Lisbon, Ana Prado.   | 1937
          It carries 11,000 cars a day and was painted green in 1968 after a storm.      | 1968
          The harbour bridge was opened in May 1932 by the mayor of Lisbon, \
          Marta Vogel. | Marta Vogel
          """)
  void whatWasExchangedIsFound(String answer, String wanted) {
    assertEquals(List.of(wanted), spans(answer, checker.check(CONTEXT, "", answer)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          The harbour bridge was opened in May 1932 by the mayor of Lisbon, Ana Prado.
          It carries 11000 cars a day. It was painted green in 1978 after a storm.
          The harbour bridge was opened in May 1932.
          """)
  void whatTheContextSaysIsSupported(String answer) {
    assertInstanceOf(Grounding.Supported.class, checker.check(CONTEXT, "", answer), answer);
  }

  /** The whole context counts, wherever in it the support stands. */
  @Test
  void aLongContextSupportsWithAnyOfItsParagraphs() {
    String right = "It carries 11,000 cars a day and was painted green in 1978 after a storm.";
    String wrong = right.replace("1978", "1968");
    for (int before : new int[] {0, 40, 400}) {
      String context = FILLER.repeat(before) + "\n\n" + CONTEXT + FILLER.repeat(400 - before);

      assertInstanceOf(Grounding.Supported.class, checker.check(context, "", right));
      assertEquals(List.of("1968"), spans(wrong, checker.check(context, "", wrong)));
    }
  }

  @Test
  void aLongAnswerIsCheckedToItsEnd() {
    String answer = CONTEXT + " " + CONTEXT + " " + CONTEXT.replace("1978", "1999");

    assertTrue(spans(answer, checker.check(CONTEXT, "When?", answer)).contains("1999"));
  }

  @Test
  void whatCannotBeComparedIsNotChecked() {
    String answer = "It was opened in 1932.";

    assertEquals(
        new Grounding.NotChecked("there is no context to compare with"),
        checker.check(" \n", "", answer));
    assertEquals(
        new Grounding.NotChecked("the answer has no words"), checker.check(CONTEXT, "", " ."));
    assertInstanceOf(
        Grounding.NotChecked.class, checker.check("a ".repeat(30_000), "", "b ".repeat(30_000)));
  }

  private static List<String> spans(String answer, Grounding grounding) {
    return switch (grounding) {
      case Grounding.Unsupported(double _, List<Grounding.Span> spans) ->
          spans.stream().map(span -> answer.substring(span.start(), span.end())).toList();
      case Grounding.Supported _ -> List.of();
      case Grounding.NotChecked(String reason) -> List.of("not checked: " + reason);
    };
  }
}
