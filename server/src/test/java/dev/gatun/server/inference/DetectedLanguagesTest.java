package dev.gatun.server.inference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.router.port.Distribution;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DetectedLanguagesTest {
  private static final DetectedLanguages LANGUAGES =
      DetectedLanguages.open(new ModelStore(Path.of(System.getProperty("gatun.models"))));

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          en | How do I reset the password of my account if I lost the telephone?
          de | Wie setze ich das Kennwort zurück, wenn ich das Telefon verloren habe?
          fr | Quel temps fera-t-il demain matin dans le nord de la France ?
          pl | Gdzie mogę kupić bilet na pociąg do Krakowa w niedzielę?
          ja | 明日の天気はどうなりますか
          el | Πού είναι ο πλησιέστερος σταθμός;
          de | zwischen Häuser
          """)
  void namesTheLanguage(String code, String text) {
    Distribution found = detect(text);

    assertEquals(code, found.labels().getFirst());
    assertEquals(1, found.probabilities().stream().mapToDouble(p -> p).sum(), 1e-6);
    assertEquals(75, found.labels().size());
  }

  @Test
  void namesNoneWithoutWords() {
    assertEquals(List.of(), detect("  42 + 1 = ? 😀").labels());
  }

  @Test
  void isSurerOfASentenceThanOfAWord() {
    double sentence = detect("The committee meets again on Thursday.").probabilities().getFirst();
    double word = detect("animal").probabilities().getFirst();
    assertTrue(sentence > word, sentence + " > " + word);
  }

  private static Distribution detect(String text) {
    return LANGUAGES
        .detect(text)
        .fold(found -> found, reason -> Distribution.of(List.of(), List.of()));
  }
}
