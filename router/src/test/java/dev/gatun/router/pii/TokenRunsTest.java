package dev.gatun.router.pii;

import static dev.gatun.router.model.Compatibility.GATUN;
import static dev.gatun.router.model.Compatibility.UPSTREAM_0_3;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokenRunsTest {
  private static final List<String> NAMES = List.of("O", "B-P", "I-P", "B-Q", "I-Q");

  /** Tokens of one letter with a blank behind each; labels are indexes of {@link #NAMES}. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          0 1 2 2 0 | P2-7
          1 1       | P0-1 P2-3
          0 2 2     | P2-5
          1 4 4     | P0-1 Q2-5
          3 2 4     | Q0-1 P2-3 Q4-5
          1 0 2     | P0-1 P4-5
          0 0 0     | ''
          """)
  void aMentionIsAMaximalRun(String labels, String wanted) {
    int[] best = List.of(labels.split(" ")).stream().mapToInt(Integer::parseInt).toArray();

    List<Mention> mentions = TokenRuns.of(letters(best, new double[] {.9, .8, .7, .6, .5}), GATUN);

    assertEquals(wanted, String.join(" ", mentions.stream().map(TokenRunsTest::shown).toList()));
  }

  @Test
  void theScoreIsTheMeanAndTheLeastIsKept() {
    Mention mention =
        TokenRuns.of(letters(new int[] {1, 2, 2}, new double[] {0.9, 0.6, 0.75}), GATUN).getFirst();

    assertEquals(0.75, mention.score(), 1e-12);
    assertEquals(0.6, mention.scoreMin());
    assertEquals(Mention.Evidence.MODEL, mention.evidence());
  }

  @Test
  void upstreamHalvesTheWayToEveryFurtherToken() {
    TokenLabels three = letters(new int[] {1, 2, 2}, new double[] {0.9, 0.6, 0.75});
    Mention mention = TokenRuns.of(three, UPSTREAM_0_3).getFirst();

    assertEquals(((0.9 + 0.6) / 2 + 0.75) / 2, mention.score(), 1e-12);
    assertEquals(0.6, mention.scoreMin());
    TokenLabels one = letters(new int[] {1}, new double[] {0.9});
    assertEquals(0.9, TokenRuns.of(one, UPSTREAM_0_3).getFirst().score(), 1e-12);
  }

  @Test
  void specialTokensEndARun() {
    var labels =
        new TokenLabels(
            NAMES,
            new int[] {0, 0, 0, 2},
            new int[] {0, 1, 0, 3},
            new int[] {1, 1, 2, 2},
            new double[] {1, 1, 1, 1});

    assertEquals(
        List.of("P0-1", "P2-3"),
        TokenRuns.of(labels, GATUN).stream().map(TokenRunsTest::shown).toList());
  }

  @Test
  void refusesArraysThatDiffer() {
    assertThrows(
        IllegalArgumentException.class,
        () -> new TokenLabels(NAMES, new int[1], new int[1], new int[2], new double[1]));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          meet Annabel now | P5-8          | P5-12
          meet Annabel now | P8-10         | P5-12
          meet Annabel now | P4-12         | P4-12
          O'Neill went     | P2-5          | P2-7
          a 😀Zoë b         | P6-7          | P4-7
          Annabel          | P0-3 P3-7     | P0-7
          Annabel          | P0-3 Q3-7     | P0-7
          Anna Bell        | P0-4 P5-9     | P0-4 P5-9
          """)
  void mentionsGrowToWholeWords(String text, String before, String after) {
    List<Mention> mentions = List.of(before.split(" ")).stream().map(TokenRunsTest::read).toList();

    List<Mention> grown = TokenRuns.toWords(text, mentions);

    assertEquals(after, String.join(" ", grown.stream().map(TokenRunsTest::shown).toList()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          Anna Bell         | PERSON:0-4 PERSON:5-9        | PERSON0-9
          Anna Bell Cho     | PERSON:0-4 PERSON:5-9 PERSON:10-13 | PERSON0-13
          Anna  Bell        | PERSON:0-4 PERSON:6-10       | PERSON0-4 PERSON6-10
          Anna, Bell        | PERSON:0-4 PERSON:6-10       | PERSON0-4 PERSON6-10
          Anna Leeds        | PERSON:0-4 GPE:5-10          | PERSON0-4 GPE5-10
          Welsh Catholic    | NRP:0-5 NRP:6-14             | NRP0-5 NRP6-14
          """)
  void neighboursOfOneTypeBecomeOne(String text, String before, String after) {
    List<Mention> mentions = new ArrayList<>();
    for (String shown : before.split(" ", -1)) {
      String[] parts = shown.split("[:-]", -1);
      double score = 1 - mentions.size() / 10.0;
      mentions.add(
          new Mention(
              Integer.parseInt(parts[1]),
              Integer.parseInt(parts[2]),
              parts[0],
              score,
              score / 2,
              Mention.Evidence.MODEL));
    }

    List<Mention> joined = TokenRuns.joined(text, mentions);

    assertEquals(after, String.join(" ", joined.stream().map(TokenRunsTest::shown).toList()));
    assertEquals(1, joined.getFirst().score(), "that of the surest part");
    boolean all = joined.size() == 1;
    assertEquals(all ? mentions.getLast().scoreMin() : 0.5, joined.getFirst().scoreMin());
  }

  private static TokenLabels letters(int[] best, double[] scores) {
    int[] starts = new int[best.length];
    int[] ends = new int[best.length];
    for (int i = 0; i < best.length; i++) {
      starts[i] = 2 * i;
      ends[i] = 2 * i + 1;
    }
    return new TokenLabels(NAMES, starts, ends, best, Arrays.copyOf(scores, best.length));
  }

  private static String shown(Mention mention) {
    return mention.type() + mention.start() + "-" + mention.end();
  }

  private static Mention read(String shown) {
    String[] ends = shown.substring(1).split("-", -1);
    double score = shown.startsWith("P") ? 0.9 : 0.8;
    return new Mention(
        Integer.parseInt(ends[0]),
        Integer.parseInt(ends[1]),
        shown.substring(0, 1),
        score,
        score,
        Mention.Evidence.MODEL);
  }
}
