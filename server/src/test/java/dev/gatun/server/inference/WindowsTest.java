package dev.gatun.server.inference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.inference.Matrix;
import dev.gatun.inference.tokenize.Tokens;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Long texts are read whole. */
class WindowsTest {
  private static final int BEGIN = 1_000_001;
  private static final int END = 1_000_002;

  @Test
  void aShortTextIsOneWindow() {
    assertArrayEquals(new int[] {BEGIN, 0, 1, END}, Windows.of(tokens(2), 4).getFirst());
    assertEquals(1, Windows.of(tokens(2), 4).size());
    assertEquals(1, Windows.of(tokens(0), 4).size());
  }

  @Test
  void everyTokenIsInAWindowAndEveryWindowIsWellFormed() {
    for (int text = 0; text < 60; text++) {
      for (int length : new int[] {3, 4, 10, 32}) {
        List<int[]> windows = Windows.of(tokens(text), length);
        Set<Integer> seen = new HashSet<>();
        for (int[] window : windows) {
          assertTrue(window.length <= length && window.length >= 2);
          assertEquals(BEGIN, window[0]);
          assertEquals(END, window[window.length - 1]);
          IntStream.of(window).filter(id -> id < BEGIN).forEach(seen::add);
        }
        assertEquals(text, seen.size(), text + " tokens in windows of " + length);
      }
    }
  }

  @Test
  void windowsBeginThreeQuartersApart() {
    List<int[]> windows = Windows.of(tokens(20), 10);
    assertEquals(0, windows.get(0)[1]);
    assertEquals(6, windows.get(1)[1]);
    assertEquals(12, windows.get(2)[1]);
    assertEquals(3, windows.size());
  }

  @Test
  void everyTokenHasOneSeamAndStandsInItsWindow() {
    for (int text = 1; text < 80; text++) {
      for (int length : new int[] {3, 4, 10, 32}) {
        Tokens tokens = tokens(text);
        List<Windows.Window> windows = Windows.cut(tokens, length);
        int next = windows.getFirst().from();
        for (int i = 0; i < windows.size(); i++) {
          int from = TokenClassifier.seam(windows, i);
          int to = TokenClassifier.seam(windows, i + 1);
          assertEquals(next, from);
          for (int token = from; token < to; token++) {
            Windows.Window window = windows.get(i);
            assertEquals(tokens.ids()[token], window.of(tokens.ids())[window.row(token)]);
          }
          next = to;
        }
        assertEquals(text + 1, next, text + " tokens in windows of " + length);
      }
    }
  }

  /** Each token is a letter, a blank between two. */
  @Test
  void theTextOfAWindowIsThatOfItsTokens() {
    Tokens tokens = letters(tokens(8));
    String text = " a b c d e f g h ";
    assertEquals(text, Windows.cut(tokens, 10).getFirst().text(tokens, text));
    List<String> texts =
        Windows.cut(tokens, 6).stream().map(window -> window.text(tokens, text)).toList();
    assertEquals(List.of("a b c d", "d e f g", "g h"), texts);
  }

  private static Tokens letters(Tokens tokens) {
    int all = tokens.length();
    int[] starts = IntStream.range(0, all).map(i -> Math.max(0, 2 * i - 1)).toArray();
    int[] ends = IntStream.range(0, all).map(i -> 2 * i).toArray();
    return new Tokens(tokens.ids(), tokens.typeIds(), starts, ends, tokens.sequence(), false, all);
  }

  @Test
  void spreadKeepsBothEndsAndEvenDistances() {
    List<int[]> windows = Windows.of(tokens(2_000), 10);
    List<int[]> chosen = Windows.spread(windows, 7);
    assertEquals(7, chosen.size());
    assertArrayEquals(windows.getFirst(), chosen.getFirst());
    assertArrayEquals(windows.getLast(), chosen.getLast());
    int step = (windows.size() - 1) / 6;
    for (int i = 1; i < chosen.size(); i++) {
      int distance = windows.indexOf(chosen.get(i)) - windows.indexOf(chosen.get(i - 1));
      assertTrue(distance == step || distance == step + 1, "a gap of " + distance);
    }
    assertEquals(windows, Windows.spread(windows, windows.size()));
  }

  @Test
  void aWindowMustHoldText() {
    assertThrows(IllegalArgumentException.class, () -> Windows.of(tokens(5), 2));
  }

  @Test
  void softmaxWithTemperature() {
    Matrix logits = new Matrix(2, 2, new float[] {0, 0, 2, 0});
    assertArrayEquals(new double[] {0.5, 0.5}, Softmax.of(logits, 0, 1), 1e-12);
    double expected = 1 / (1 + Math.exp(-1));
    assertEquals(expected, Softmax.of(logits, 1, 2)[0], 1e-12);
    Matrix large = new Matrix(1, 2, new float[] {3e38f, -3e38f});
    assertArrayEquals(new double[] {1, 0}, Softmax.of(large, 0, 1), 1e-12);
  }

  private static Tokens tokens(int text) {
    int[] ids = new int[text + 2];
    int[] sequence = new int[text + 2];
    for (int i = 0; i < text; i++) {
      ids[i + 1] = i;
    }
    ids[0] = BEGIN;
    ids[text + 1] = END;
    sequence[0] = Tokens.SPECIAL;
    sequence[text + 1] = Tokens.SPECIAL;
    int[] zero = new int[text + 2];
    return new Tokens(ids, zero, zero, zero, sequence, false, text + 2);
  }
}
