package dev.gatun.server.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelOutputTest {
  private static final SortedMap<String, String> SOURCES = new TreeMap<>(Map.of("jar", "1"));

  @TempDir Path directory;

  @Test
  void makesAFolderOnce() throws IOException {
    var output = new ModelOutput(directory);

    assertTrue(output.make("model", SOURCES, folder -> write(folder, "first")));
    assertFalse(output.make("model", SOURCES, folder -> write(folder, "never")));

    assertEquals("first", text());
    assertEquals(
        """
        {
          "sources" : {
            "jar" : "1"
          },
          "files" : {
            "a/weights" : "a7937b64b8caa58f03721bb6bacf5c78cb235febe0e70b1b84cd99541461a08e"
          }
        }
        """,
        Files.readString(directory.resolve("model").resolve(ModelOutput.DIGESTS)));
  }

  @Test
  void makesItAgainForOtherSourcesOrAfterDamage() throws IOException {
    var output = new ModelOutput(directory);
    output.make("model", SOURCES, folder -> write(folder, "first"));

    assertTrue(
        output.make("model", new TreeMap<>(Map.of("jar", "2")), folder -> write(folder, "second")));
    assertEquals("second", text());

    Files.writeString(directory.resolve("model/a/weights"), "damaged");
    assertTrue(output.make("model", SOURCES, folder -> write(folder, "third")));
    assertEquals("third", text());

    Files.writeString(directory.resolve("model").resolve(ModelOutput.DIGESTS), "{");
    assertTrue(output.make("model", SOURCES, folder -> write(folder, "fourth")));
    assertEquals("fourth", text());

    Files.writeString(directory.resolve("model/stray"), "");
    assertTrue(output.make("model", SOURCES, folder -> write(folder, "fifth")));
    assertEquals(List.of(".lock", "model"), children());
  }

  @Test
  void keepsTheOldFolderWhenTheNewOneFails() throws IOException {
    var output = new ModelOutput(directory);
    output.make("model", SOURCES, folder -> write(folder, "first"));

    assertThrows(
        IOException.class,
        () ->
            output.make(
                "model",
                new TreeMap<>(Map.of("jar", "2")),
                folder -> {
                  write(folder, "half");
                  throw new IOException("disk full");
                }));
    assertEquals("first", text());

    assertFalse(output.make("model", SOURCES, folder -> write(folder, "never")));
    assertEquals(List.of(".lock", "model"), children());
  }

  private static void write(Path folder, String text) throws IOException {
    Files.createDirectories(folder.resolve("a"));
    Files.writeString(folder.resolve("a").resolve("weights"), text);
  }

  private String text() throws IOException {
    return Files.readString(directory.resolve("model/a/weights"));
  }

  private List<String> children() throws IOException {
    try (var files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
