package dev.gatun.server.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.server.launch.Launched.Ended;
import dev.gatun.server.launch.Launched.Place;
import dev.gatun.server.launch.Launched.Running;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LauncherTest {
  /** What the script itself uses; everything else of a machine may be missing. */
  private static final List<String> BASICS =
      List.of(
          "cat",
          "date",
          "dirname",
          "find",
          "getconf",
          "grep",
          "head",
          "ln",
          "mkdir",
          "mv",
          "readlink",
          "rm",
          "sed",
          "sleep",
          "tail",
          "uname");

  @TempDir private Path temporary;

  private Path folder;

  @BeforeEach
  void makeFolderWithSpaces() throws IOException {
    folder = Files.createDirectory(temporary.resolve("a folder with spaces"));
  }

  @Test
  void runsFromAnywhereThroughLinks() throws IOException {
    Path link = folder.resolve("linked gatun");
    Files.createSymbolicLink(link, Launched.root().resolve("gatun"));

    Ended ended = Place.of(folder).run("sh", link.toString(), "version", "--json");

    assertEquals(0, ended.status(), ended.err());
    assertTrue(ended.out().startsWith("{\"version\":\""), ended.out());
  }

  @Test
  void tablesAreReadAndWrittenWhateverTheCaseOfTheirEnding() throws IOException {
    Files.writeString(folder.resolve("texts.jsonl"), "{\"text\":\"my mail is ann@example.com\"}\n");
    String gatun = Launched.root().resolve("gatun").toString();
    Place place = Place.of(folder);

    Ended wrote =
        place.run(
            gatun, "classify", "--task", "pii", "--input", "texts.jsonl", "--output", "A.Parquet");
    Ended read = place.run(gatun, "classify", "--task", "pii", "--input", "A.Parquet", "--json");

    assertEquals(0, wrote.status(), wrote.err());
    assertTrue(read.out().contains("EMAIL_ADDRESS"), read.err());
  }

  @Test
  void passesArgumentsAndStatusesThrough() {
    Path gatun = Launched.root().resolve("gatun");
    assertEquals(2, Place.of(folder).run(gatun.toString(), "no such command").status());
    assertEquals(
        3, Place.of(folder).run(gatun.toString(), "validate", "--config", "no file").status());
    assertEquals(
        4,
        Place.of(folder)
            .run(gatun.toString(), "chat", "hi", "--url", "http://127.0.0.1:9")
            .status());
  }

  @Test
  void aSignalReachesTheServer() {
    String gatun = Launched.root().resolve("gatun").toString();
    try (Running server =
        Place.of(folder).serve(gatun, "serve", "--port", "0", "--management-port", "0")) {
      Ended answer = Place.of(folder).run(gatun, "chat", "refactor this", "--url", server.data());
      assertEquals(0, answer.status(), answer.err());
      assertTrue(answer.err().contains("decision coding"), answer.err());
    }
  }

  @Test
  void aStartWritesNothingOutsideItsFolder() throws IOException {
    // Without a place to write, a tokenizer that unpacks itself at the start cannot be loaded.
    Place place =
        new Place(
            folder,
            Map.of(
                "GATUN_NO_BUILD",
                "1",
                "DJL_CACHE_DIR",
                "/dev/null/nowhere",
                "GATUN_JAVA_OPTS",
                "-Duser.home=?"),
            true);

    Ended ended = place.run(Launched.root().resolve("gatun").toString(), "rehearse");

    assertEquals(0, ended.status(), ended.err());
    try (Stream<Path> left = Files.list(folder)) {
      assertEquals(List.of(), left.toList());
    }
  }

  /** The JVM finds the jars of a start-up cache by where they were, and then has classes twice. */
  @Test
  void aCopyOfACheckoutStarts() throws IOException {
    Path original = Launched.root();
    Files.createDirectories(folder.resolve("build/native"));
    Files.copy(original.resolve("gatun"), folder.resolve("gatun"));
    for (String file : List.of("stamp", "gatun.aot", "gatun.aot.jars")) {
      Files.copy(original.resolve("build").resolve(file), folder.resolve("build").resolve(file));
    }
    Path jars = Files.createDirectory(folder.resolve("build/lib"));
    try (Stream<Path> all = Files.list(original.resolve("build/lib"))) {
      for (Path jar : all.toList()) {
        Files.copy(jar, jars.resolve(jar.getFileName()), StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
    Path config =
        Files.writeString(
            folder.resolve("c.yaml"),
            """
            routing:
              projections:
                partitions:
                  - {name: p, semantics: exclusive, members: [a, b], default: a}
              signals: {keywords: [{name: a, keywords: [a]}, {name: b, keywords: [b]}]}
            """);

    Ended ended =
        Place.of(folder).run("sh", folder.resolve("gatun").toString(), "validate", "" + config);

    assertFalse(ended.err().contains("internal error"), ended.err());
    assertTrue(ended.err().contains("c.yaml"), ended.err());
  }

  @Test
  void everythingMissingIsNamedAtOnce() throws IOException {
    Ended ended = bare(Map.of()).run("/bin/sh", "./gatun", "build");

    assertEquals(1, ended.status());
    for (String name : List.of("CMake", "Ninja or Make", "C++20 compiler", "Maven")) {
      assertTrue(ended.err().contains(name), ended.err());
    }
    for (String command : List.of("apt-get install", "dnf install", "brew install")) {
      assertTrue(ended.err().contains(command), ended.err());
    }
  }

  @Test
  void aWrongJavaHomeIsSaid() throws IOException {
    Ended ended =
        bare(Map.of("GATUN_JAVA_HOME", "/no/such/jdk")).run("/bin/sh", "./gatun", "build");

    assertEquals(1, ended.status());
    assertTrue(ended.err().contains("GATUN_JAVA_HOME=/no/such/jdk is not a JDK 25"), ended.err());
  }

  @Test
  void itsOwnCommandsHaveHelpAndRefuseWhatTheyDoNotKnow() throws IOException {
    Place place = bare(Map.of());
    for (String command : List.of("build", "test", "dist")) {
      Ended help = place.run("/bin/sh", "./gatun", command, "--help");
      assertEquals(0, help.status(), help.err());
      assertTrue(help.out().startsWith("Usage: gatun " + command), help.out());
      assertEquals(2, place.run("/bin/sh", "./gatun", command, "--no-such").status());
    }
  }

  @Test
  void aLockOfADeadProcessHoldsNobodyUp() throws IOException {
    Place place = bare(Map.of());
    Files.createDirectories(folder.resolve("build/log"));
    // Linux and macOS number processes below this.
    Files.createSymbolicLink(folder.resolve("build/lock"), Path.of("99999999"));

    Ended ended = place.run("/bin/sh", "./gatun", "build");

    assertTrue(ended.err().contains("cannot build, missing"), ended.err());
    assertTrue(Files.notExists(folder.resolve("build/lock")));
  }

  /** A copy of the launcher on a machine with nothing installed. */
  private Place bare(Map<String, String> variables) throws IOException {
    Path tools = Files.createDirectory(temporary.resolve("tools"));
    for (String tool : BASICS) {
      for (String place : List.of("/bin", "/usr/bin")) {
        Path found = Path.of(place, tool);
        if (Files.exists(found) && Files.notExists(tools.resolve(tool))) {
          Files.createSymbolicLink(tools.resolve(tool), found);
        }
      }
    }
    Files.copy(Launched.root().resolve("gatun"), folder.resolve("gatun"));
    Map<String, String> environment = new java.util.HashMap<>(variables);
    environment.put("PATH", tools.toString());
    return new Place(folder, environment, false);
  }
}
