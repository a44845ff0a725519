package dev.gatun.bench.fidelity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FidelityTest {
  @TempDir private Path folder;

  /** What Python's regular expressions of the peers' bench find in the same text. */
  @Test
  void sentencesAreThoseOfThePeersBench() {
    String text =
        """
        ---
        title: not a sentence of this text at all
        ---
        # A heading is left out whatever it says here
        The *first* sentence has a [link to somewhere](http://example.com/x) in it. Short one.
        Does the second one end with a question mark?

        | tables | are | left | out | of | it |
        - a list item without any full stop at its end
        - another item that is long enough to be taken

        ```sh
        code is no prose and is left out entirely.
        ```
        The `third` sentence runs
        over two lines of the file! Ends here
        """;
    assertEquals(
        List.of(
            "The first sentence has a link to somewhere in it.",
            "Does the second one end with a question mark?",
            "- a list item without any full stop at its end",
            "another item that is long enough to be taken",
            "The third sentence runs over two lines of the file!"),
        Sentences.of(text));
  }

  @Test
  void theyAreTakenAtEvenDistancesInTheOrderOfPaths() throws IOException {
    Files.createDirectories(folder.resolve("a"));
    Files.writeString(folder.resolve("a/z.md"), "Sentence number one of the files. ".repeat(2));
    Files.writeString(folder.resolve("a-b.txt"), "Sentence number two of the files.");
    Files.writeString(folder.resolve("c.rst"), "Sentence number three of the files.\r\n");
    Files.writeString(folder.resolve("d.java"), "Sentence number four of the files.");
    Files.write(folder.resolve("e.TXT"), new byte[] {(byte) 0xff, 'n', 'o'});

    assertEquals(
        List.of("Sentence number one of the files.", "Sentence number three of the files."),
        List.of(Sentences.in(folder, 3).getFirst(), Sentences.in(folder, 3).getLast()));
    assertEquals(
        List.of("Sentence number one of the files.", "Sentence number two of the files."),
        Sentences.in(folder, 2));
    String message = assertThrows(IOException.class, () -> Sentences.in(folder, 4)).getMessage();
    assertTrue(message.startsWith("only 3 sentences"), message);
  }

  @Test
  void driftIsThatOfDirectionsNotLengths() {
    double[] x = {1, 0};
    double[] y = {0, 1};
    Drift none = Drift.between(List.of(x, y), List.of(new double[] {3, 0}, y));
    assertEquals(new Drift(1, 1, 0, 0), none);
    // The second vector turns by 60 degrees: both off-diagonal pairs move by its sine.
    double[] turned = {Math.sqrt(3) / 2, 0.5};
    Drift some = Drift.between(List.of(x, y), List.of(x, turned));
    assertEquals(0.75, some.cosineMean(), 1e-12);
    assertEquals(0.5, some.cosineMin(), 1e-12);
    assertEquals(Math.sqrt(3) / 2, some.pairDriftMax(), 1e-12);
    assertEquals(Math.sqrt(3) / 4, some.pairDriftMean(), 1e-12);
  }
}
