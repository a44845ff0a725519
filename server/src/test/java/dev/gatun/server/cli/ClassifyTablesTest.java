package dev.gatun.server.cli;

import static dev.gatun.server.cli.CommandLineFixture.file;
import static dev.gatun.server.cli.CommandLineFixture.run;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.server.cli.CommandLineFixture.Ran;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClassifyTablesTest {
  private static final String ROWS =
      """
      {"id":"a","text":"mail a@b.example","weight":0.5}
      {"id":"b","weight":1}
      {"id":"c","text":"nothing here"}
      """;

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"t.arrow", "t.arrows", "t.feather", "t.parquet"})
  void aTableIsAnsweredAsItsLinesAre(String name) {
    Path lines = file(folder, "in.jsonl", ROWS);
    Path table = folder.resolve(name);
    Ran made = classify(lines, "--output", table.toString());
    assertEquals(ExitStatus.FAILED, made.status());
    assertTrue(made.err().contains("in.jsonl:2: \"text\" is missing"), made.err());
    assertEquals("", made.out());

    Ran asLines = classify(lines);
    Ran asTable = classify(table);
    assertEquals(asLines.json(), asTable.json());
    assertTrue(asTable.err().contains(name + ":2: \"text\" is missing"), asTable.err());

    Path again = folder.resolve("again.jsonl");
    classify(table, "--output", again.toString());
    assertEquals(asLines.out(), read(again));
  }

  @Test
  void theFormatIsWhatIsSaidElseWhatTheEndingSays() throws IOException {
    Path lines = file(folder, "in.jsonl", ROWS);
    Path table = folder.resolve("t.parquet");
    classify(lines, "--output", table.toString());
    Path odd = Files.move(table, folder.resolve("t.data"));
    assertEquals(2, classify(odd, "--format", "parquet").json().size());

    Ran wrong = classify(lines, "--format", "parquet");
    assertEquals(ExitStatus.FAILED, wrong.status());
    assertTrue(wrong.err().contains("in.jsonl is no Parquet file"), wrong.err());
    assertEquals(ExitStatus.FAILED, classify(folder.resolve("absent.arrow")).status());
    assertEquals(ExitStatus.USAGE, classify(lines, "--format", "csv").status());
    assertEquals(ExitStatus.USAGE, classify(lines, "--output", "out.csv").status());
    for (String format : List.of("parquet", "jsonl")) {
      Ran ran = classify(Path.of("-"), "--format", format, "--output", "x.arrow");
      assertEquals(ExitStatus.USAGE, ran.status(), format);
    }
    assertFalse(Files.exists(Path.of("x.arrow")));
  }

  @Test
  void anEmptyTableHasTheColumnsOfTheTask() {
    Path lines = file(folder, "in.jsonl", "");
    Path table = folder.resolve("t.arrow");
    assertEquals(0, classify(lines, "--output", table.toString()).status());
    Ran again = classify(table, "--output", folder.resolve("u.arrow").toString());
    assertTrue(again.err().contains("predicted_spans"), again.err());
    assertFalse(again.err().contains("predicted_label"), again.err());
  }

  @Test
  void aColumnOfTheSameNameIsKept() {
    Path lines = file(folder, "in.jsonl", "{\"text\":\"a\",\"spans\":\"gold\"}\n");
    Ran ran = classify(lines, "--output", folder.resolve("t.arrow").toString());
    assertEquals(0, ran.status(), ran.err());
    assertTrue(ran.err().contains("predicted_spans"), ran.err());
  }

  private static Ran classify(Path input, String... options) {
    String[] words = {"classify", "--task", "pii", "--json", "--input", input.toString()};
    String[] all = java.util.Arrays.copyOf(words, words.length + options.length);
    System.arraycopy(options, 0, all, words.length, options.length);
    return run(all);
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
