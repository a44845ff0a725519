package dev.gatun.server.inference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.inference.Inference;
import dev.gatun.inference.InferenceOptions;
import dev.gatun.inference.LoadOptions;
import dev.gatun.router.pii.Mention;
import dev.gatun.router.port.Mentions;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The classifier that ships, with the engine. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PersonalDataFinderTest {
  private static final String FILLER = "The harvest was late and the roads were wet. ";

  private Inference inference;
  private PersonalDataFinder finder;

  @BeforeAll
  void open() {
    Path library = Path.of(System.getProperty("gatun.library"));
    inference = Inference.open(InferenceOptions.defaults(library));
    ModelStore store = new ModelStore(Path.of(System.getProperty("gatun.models")));
    finder = PersonalDataFinder.open(inference, store, LoadOptions.defaults());
  }

  @AfterAll
  void close() {
    finder.close();
    inference.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          My name is Marta Kowalczyk and I live in Toronto. | PERSON Marta Kowalczyk, GPE Toronto
          Ask Dr. Okafor about it.                          | TITLE Dr., PERSON Okafor
          Ich heiße Jürgen Vogel.                           | PERSON Jürgen Vogel
          How do I sort a list in Python?                   | ''
          """)
  void findsNamesAndPlaces(String text, String wanted) {
    assertEquals(wanted, shown(text, found(text)));
  }

  /** Wherever it stands, in whichever window, at a seam or away from one. */
  @Test
  void aNameInALongTextIsFoundOnceAndInItsPlace() {
    String sentence = "Please call Marta Kowalczyk tomorrow. ";
    for (int before = 0; before < 48; before += 3) {
      String text = FILLER.repeat(before) + sentence + FILLER.repeat(40);
      List<Mention> people = found(text).stream().filter(m -> m.type().equals("PERSON")).toList();
      assertEquals("PERSON Marta Kowalczyk", shown(text, people), before + " sentences before");
    }
  }

  @Test
  void aModelsMentionHasAScoreAndALeastScore() {
    Mention name = found("I am Marta Kowalczyk.").getFirst();

    assertEquals(Mention.Evidence.MODEL, name.evidence());
    assertTrue(name.scoreMin() <= name.score() && name.score() < 1, name.toString());
  }

  @Test
  void anEmptyTextHasNone() {
    assertEquals(List.of(), found(""));
  }

  private List<Mention> found(String text) {
    return finder.find(text).fold(Mentions.Found::mentions, Assertions::fail);
  }

  private static String shown(String text, List<Mention> mentions) {
    return String.join(
        ", ",
        mentions.stream()
            .map(m ->
                String.format(Locale.ROOT, "%s %s", m.type(), text.substring(m.start(), m.end())))
            .toList());
  }
}
