package dev.gatun.server.exchange;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.server.wire.Json;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A leak of memory off the heap fails each of these: the table's allocator refuses to close. */
class TableTest {
  private static final ObjectNode ANSWER =
      json(
          "{\"id\":1,\"label\":\"math\",\"scores\":{\"math\":0.75,\"law\":0.25},\"spans\":["
              + "{\"start\":1,\"end\":4,\"start_cp\":1,\"end_cp\":3,"
              + "\"type\":\"AGE\",\"score\":1.0},"
              + "{\"start\":5,\"end\":6}],\"ranking\":[\"a\",\"b\"]}");

  private static final Set<AnswerColumn> ALL = EnumSet.allOf(AnswerColumn.class);

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"out.arrow", "out.arrows", "out.feather", "out.parquet"})
  void columnsAndAnswersComeBack(String name) throws IOException {
    List<ObjectNode> rows = rows(3000);
    Path output = answered(lines(rows), name);

    List<ObjectNode> read = read(output);
    assertEquals(rows.size(), read.size());
    for (int i = 0; i < rows.size(); i++) {
      ObjectNode expected = rows.get(i);
      if (i % 7 != 0) {
        for (String member : List.of("label", "scores", "ranking")) {
          expected.set(member, ANSWER.get(member));
        }
        assertEquals(2, read.get(i).path("spans").size());
        assertEquals("AGE", read.get(i).at("/spans/0/type").asText());
        assertEquals(6, read.get(i).at("/spans/1/end").asInt());
        read.get(i).remove("spans");
      }
      assertEquals(expected, read.get(i), "row " + i);
    }
    assertFalse(Files.exists(folder.resolve(name + ".partial")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"again.arrow", "again.parquet"})
  void whatWasWrittenCanBeAnsweredAgain(String name) throws IOException {
    Path first = answered(lines(rows(50)), "first.parquet");
    Path second = answered(first, name);
    ObjectNode row = read(second).get(1);
    assertEquals(row.get("label"), row.get("predicted_label"));
    assertEquals(row.get("scores"), row.get("predicted_scores"));
    assertEquals(row.get("spans"), row.get("predicted_spans"));
  }

  @Test
  void membersThatDifferAreKeptAsText() throws IOException {
    Path input = folder.resolve("in.jsonl");
    Files.writeString(
        input,
        """
        {"n":1,"x":1,"mixed":"a","list":[1,2],"none":null}
        {"n":2.5,"x":null,"mixed":3,"late":true}

        not json
        """);
    Path output = folder.resolve("out.arrow");
    try (Table table = Table.open(input, TableFormat.JSONL);
        AnswerTable answers = table.answers(output, TableFormat.ARROW_FILE, ALL)) {
      assertTrue(table.next());
      assertEquals(3, table.rows());
      assertTrue(table.row(0).get("list").isArray(), "a row is what the line says");
      assertThrows(IllegalArgumentException.class, () -> table.row(2));
      answers.endBatch();
      assertFalse(table.next());
      answers.finish();
    }
    List<ObjectNode> read = read(output);
    assertEquals(
        json("{\"n\":1.0,\"x\":1,\"mixed\":\"\\\"a\\\"\",\"list\":\"[1,2]\"}"), read.get(0));
    assertEquals(json("{\"n\":2.5,\"mixed\":\"3\",\"late\":true}"), read.get(1));
    assertEquals(Json.object(), read.get(2));
  }

  @ParameterizedTest
  @ValueSource(strings = {"empty.arrow", "empty.arrows", "empty.parquet"})
  void aTableWithoutRowsIsATable(String name) throws IOException {
    assertEquals(List.of(), read(answered(lines(List.of()), name)));
  }

  /** Also where no row of the first batch, or no row at all, has an answer. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1500})
  void theColumnsAreThoseThatWereAskedFor(int rows) throws IOException {
    Path output = folder.resolve("spans.arrow");
    try (Table table = Table.open(lines(rows(rows)), TableFormat.JSONL);
        AnswerTable answers =
            table.answers(output, TableFormat.ARROW_FILE, EnumSet.of(AnswerColumn.SPANS))) {
      for (int batch = 0; table.next(); batch++) {
        if (batch == 1) {
          answers.put(0, ANSWER);
        }
        answers.endBatch();
      }
      answers.finish();
    }
    try (Table table = Table.open(output, TableFormat.ARROW_FILE);
        AnswerTable again = table.answers(folder.resolve("b.arrow"), TableFormat.ARROW_FILE, ALL)) {
      assertEquals(List.of("predicted_spans"), again.renamed());
    }
    List<ObjectNode> read = read(output);
    assertEquals(rows, read.size());
    assertTrue(rows == 0 || read.get(1024).path("spans").size() == 2);
  }

  /** They are named where they are asked for, and cost nothing where they are not. */
  @Test
  void columnsThatAreNotReadCostTheOthersNothing() throws IOException {
    try (InputStream in = TableTest.class.getResourceAsStream("odd-columns.jsonl")) {
      for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList()) {
        String why = json(line).path("why").asText();
        Path file = folder.resolve("odd.arrows");
        Files.write(file, Base64.getDecoder().decode(json(line).path("base64").asText()));
        try (Table table = Table.open(file, TableFormat.ARROW_STREAM)) {
          assertTrue(table.next());
          assertEquals("a", table.row(0).path("text").asText(), why);
          assertTrue(table.row(0).path("odd").isPojo(), why);
          Path output = folder.resolve("odd.parquet");
          ExchangeException refused =
              assertThrows(
                  ExchangeException.class, () -> table.answers(output, TableFormat.PARQUET, ALL));
          String said = String.valueOf(refused.getMessage());
          assertTrue(said.startsWith("column odd ") && said.contains(why), said);
          assertFalse(Files.exists(folder.resolve("odd.parquet.partial")));
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"few.arrow", "few.parquet", "views.arrow"})
  void halfFloatsUnsignedNumbersAndListsOfOneSizeGoThrough(String name) throws IOException {
    Path input = folder.resolve(name);
    try (InputStream in = TableTest.class.getResourceAsStream("tables.jsonl")) {
      for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList()) {
        if (json(line).path("name").asText().equals(name)) {
          Files.write(input, Base64.getDecoder().decode(json(line).path("base64").asText()));
        }
      }
    }
    for (String output : List.of("out.parquet", "out.arrow")) {
      List<ObjectNode> read = read(answered(input, output));
      List.of("label", "scores", "spans", "ranking").forEach(c -> read.forEach(r -> r.remove(c)));
      assertEquals(read(input), read, output);
    }
  }

  @Test
  void whatFailsLeavesNoFile() throws IOException {
    Path output = folder.resolve("out.parquet");
    try (Table table = Table.open(lines(rows(10)), TableFormat.JSONL);
        AnswerTable answers = table.answers(output, TableFormat.PARQUET, ALL)) {
      assertTrue(table.next());
      answers.endBatch();
    }
    assertFalse(Files.exists(output));
    assertFalse(Files.exists(folder.resolve("out.parquet.partial")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"t.arrow", "t.arrows", "t.parquet"})
  void damageIsSaidOrHarmless(String name) throws IOException {
    byte[] whole = Files.readAllBytes(answered(lines(rows(40)), name));
    SplittableRandom random = new SplittableRandom(11);
    Path damaged = folder.resolve("damaged-" + name);
    int said = 0;
    for (int i = 0; i < 300; i++) {
      byte[] bytes = whole.clone();
      if (i % 3 == 0) {
        bytes = java.util.Arrays.copyOf(bytes, random.nextInt(bytes.length));
      } else {
        for (int flips = 1 + i % 4; flips > 0; flips--) {
          bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        }
      }
      Files.write(damaged, bytes);
      try {
        read(damaged);
      } catch (ExchangeException e) {
        assertTrue(e.getMessage().contains(damaged.toString()), e.getMessage());
        said++;
      }
    }
    assertTrue(said > 90, said + " of 300 were noticed");
  }

  @Test
  void otherFilesAreNamedForWhatTheyAre() throws IOException {
    Path other = Files.writeString(folder.resolve("x.parquet"), "PAR1 but nothing behind");
    assertSays(other, "no Parquet file");
    assertSays(Files.writeString(folder.resolve("x.arrow"), "words"), "no Arrow stream or file");
    assertSays(Files.writeString(folder.resolve("y.arrow"), "FEA1...."), "Feather of version 1");
    assertSays(Files.createDirectory(folder.resolve("z.arrow")), "is a folder");
    assertSays(Files.writeString(folder.resolve("e.parquet"), "PAR1____PARE"), "encrypted");
  }

  private static void assertSays(Path file, String words) {
    ExchangeException said = assertThrows(ExchangeException.class, () -> read(file));
    assertTrue(said.getMessage().contains(words), said.getMessage());
  }

  /** Files that another implementation wrote; make_tables.py beside them tells how. */
  @TestFactory
  Stream<DynamicTest> filesOfOthersAreRead() throws IOException {
    List<DynamicTest> tests = new ArrayList<>();
    try (InputStream in = TableTest.class.getResourceAsStream("tables.jsonl")) {
      for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList()) {
        JsonNode table = json(line);
        String name = table.path("name").asText();
        tests.add(
            DynamicTest.dynamicTest(
                name,
                () -> {
                  Path file = folder.resolve(name);
                  Files.write(file, Base64.getDecoder().decode(table.path("base64").asText()));
                  assertEquals(table.path("rows"), Json.array().addAll(read(file)));
                }));
      }
    }
    return tests.stream();
  }

  private Path answered(Path input, String name) throws IOException {
    Path output = folder.resolve(name);
    try (Table table = Table.open(input, TableFormat.ofFile(input.toString()).orElseThrow());
        AnswerTable answers = table.answers(output, TableFormat.ofFile(name).orElseThrow(), ALL)) {
      int row = 0;
      while (table.next()) {
        for (int i = 0; i < table.rows(); i++) {
          if (row++ % 7 != 0) {
            answers.put(i, ANSWER);
          }
        }
        answers.endBatch();
      }
      answers.finish();
    }
    return output;
  }

  private static List<ObjectNode> read(Path file) throws IOException {
    List<ObjectNode> rows = new ArrayList<>();
    try (Table table = Table.open(file, TableFormat.ofFile(file.toString()).orElseThrow())) {
      while (table.next()) {
        for (int i = 0; i < table.rows(); i++) {
          rows.add(json(table.row(i).toString()));
        }
      }
    }
    return rows;
  }

  private Path lines(List<ObjectNode> rows) throws IOException {
    StringBuilder lines = new StringBuilder();
    rows.forEach(row -> lines.append(row).append('\n'));
    return Files.writeString(folder.resolve("rows.jsonl"), lines);
  }

  private static List<ObjectNode> rows(int count) {
    List<ObjectNode> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ObjectNode row = Json.object().put("id", (long) i).put("text", "wörter 🙂 " + i);
      row.put("weight", i / 8.0).put("odd", i % 2 == 1);
      if (i % 5 == 0) {
        row.remove("text");
      }
      rows.add(json(row.toString()));
    }
    return rows;
  }

  private static ObjectNode json(String text) {
    try {
      return (ObjectNode) Json.read(text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
