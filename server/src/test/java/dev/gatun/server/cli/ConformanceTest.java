package dev.gatun.server.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConformanceTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @Test
  void everyLineIsAnsweredInOrder() {
    int status =
        answer(
            """
            {"id":1,"kind":"text.levenshtein","input":{"a":"kitten","b":"sitting"}}

            {"id":"z","kind":"nobody.knows","input":{}}
            """);

    assertEquals(ExitStatus.OK, status);
    assertEquals(
        List.of("{\"id\":1,\"output\":{\"distance\":3}}", "{\"id\":\"z\",\"unsupported\":true}"),
        out.toString(StandardCharsets.UTF_8).lines().toList());
    assertEquals("", err.toString(StandardCharsets.UTF_8));
  }

  @Test
  void aLineThatIsNoCaseIsAnsweredAndCounts() {
    int status = answer("[1]\nnothing\n{\"id\":2,\"kind\":\"x\"}\n");

    assertEquals(ExitStatus.FAILED, status);
    List<String> lines = out.toString(StandardCharsets.UTF_8).lines().toList();
    assertEquals(3, lines.size());
    assertTrue(lines.get(0).contains("not a JSON object"), lines.get(0));
    assertTrue(lines.get(1).contains("not JSON"), lines.get(1));
    assertEquals("{\"id\":2,\"unsupported\":true}", lines.get(2));
  }

  private int answer(String lines) {
    Console console =
        new Console(
            new PrintStream(out, false, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            false);
    return new Conformance(console)
        .answer(new ByteArrayInputStream(lines.getBytes(StandardCharsets.UTF_8)));
  }
}
