package dev.gatun.router.pii;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokenShapesTest {
  /** The forms as the training script has them; the word in brackets is the token. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          a [,] b            | 10
          say [word] now     | 11
          [Word] now         | 22
          end. [Word] now    | 12
          say [Word] now     | 13
          say [WORD] now     | 14
          say [A] now        | 15
          say [iPhone] now   | 16
          say [42] now       | 17
          say [4b] now       | 18
          say [東京] now       | 19
          say (Wo[rd]) now   | 3
          say [Zoë] now      | 13
          say\\n[Word]        | 22
          say [٤٢] now       | 17
          say "[Word]" now   | 2
          """)
  void theTypeSaysFormAndGap(String marked, int type) {
    String line = marked.replace("\\n", "\n");
    int start = line.indexOf('[');
    int end = line.indexOf(']') - 1;
    String text = line.replace("[", "").replace("]", "");
    int before = start;
    while (before > 0 && Character.isWhitespace(text.charAt(before - 1))) {
      before--;
    }

    int[] types = TokenShapes.of(text, new int[] {0, start}, new int[] {before, end});

    assertEquals(type, types[1]);
  }

  @Test
  void specialTokensHaveTypeZero() {
    assertArrayEquals(
        new int[] {0, 22, 0}, TokenShapes.of("Anna", new int[] {0, 0, 0}, new int[] {0, 4, 0}));
  }

  @Test
  void anyTextHasTypesWithinTheTable() {
    Random random = new Random(7);
    for (int round = 0; round < 500; round++) {
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < 20; i++) {
        text.appendCodePoint(random.nextInt(round % 2 == 0 ? 0x250 : 0x1F700));
      }
      int[] starts = new int[text.length()];
      int[] ends = new int[text.length()];
      for (int i = 0; i < starts.length; i++) {
        starts[i] = i;
        ends[i] = i + 1;
      }
      for (int type : TokenShapes.of(text.toString(), starts, ends)) {
        assertTrue(type >= 0 && type < TokenShapes.COUNT, text.toString());
      }
    }
  }
}
