package dev.gatun.router.grounding;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EvidenceTest {
  /** What the script that trains says of the same texts: presence, frame, kind of every word. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          It opened on 4 May 1,932. |  | It opened on 4 May 1937. | 001 000 000 002 001 532 -
          He was born in Bree, not in Apra. |  | He was born in Apra. | 001 000 000 000 131 -
          It has two sheep. | Whose? Ann's. | 2 sheep, of Ann; no shee | 102 100 500 401 - 500 500
          So Ann Vo left Rome at 3. |  | So Eva Li left Rome at 3. | 231 531 531 000 001 000 002 -
          They won in 1918, he fell. |  | In 1919 he fell there. | 201 542 100 100 500 -
          The old mill burned down. |  | The old red mill burned down. | 101 100 530 000 000 000 -
          The old red mill burned. |  | The old 7 mill burned. | 101 100 522 100 100 -
           |  | No words. | 501 500 -
          """)
  void wordsOfTheAnswerAreToldAsInTraining(
      @Nullable String context, @Nullable String question, String answer, String types) {
    StringJoiner found = new StringJoiner(" ");
    for (int type : evidence(text(context), text(question), answer).types()) {
      found.add(type == Evidence.STOP ? "-" : "" + type / 15 + type / 3 % 5 + type % 3);
    }
    assertEquals(types, found.toString());
  }

  private static String text(@Nullable String cell) {
    return cell == null ? "" : cell;
  }

  private static Evidence evidence(String context, String question, String answer) {
    return Evidence.of(Word.of(context), Word.of(question), Word.of(answer));
  }

  @Test
  void numbersAreComparedInOneForm() {
    List<String> folded =
        Word.of("1,250,000 Córdoba 3rd twelve a,b 12,34").stream().map(Word::folded).toList();

    assertEquals(List.of("1250000", "cordoba", "3", "12", "a", "b", "12", "34"), folded);
  }

  @Test
  void anyTextHasTypesWithinTheTable() {
    Random random = new Random(5);
    for (int round = 0; round < 2_000; round++) {
      String answer = random(random);
      Evidence evidence = evidence(random(random), random(random), answer);
      assertEquals(evidence.words().size(), evidence.types().length);
      for (int type : evidence.types()) {
        assertTrue(type >= 0 && type <= Evidence.STOP, answer);
      }
    }
  }

  private static String random(Random random) {
    String[] parts = {"a", "B", "7", "1,000", ". ", "é", "\uD83D\uDE00", "\uD800", "a7", ";", "\n"};
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(14); i > 0; i--) {
      text.append(parts[random.nextInt(parts.length)]).append(random.nextBoolean() ? " " : "");
    }
    return text.toString();
  }
}
