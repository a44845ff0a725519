package dev.gatun.server.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.server.launch.Launched.Ended;
import dev.gatun.server.launch.Launched.Place;
import dev.gatun.server.launch.Launched.Running;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The archive of {@code ./gatun dist}, on a machine with neither JDK nor Maven nor compiler. */
class DistTest {
  @TempDir private Path temporary;

  @Test
  void anUnpackedArchiveServes() throws IOException {
    Place here = Place.of(Launched.root());
    Ended made = here.run("./gatun", "dist");
    assertEquals(0, made.status(), made.err());
    Path archive = Path.of(made.out().strip());

    Path folder = Files.createDirectory(temporary.resolve("un packed"));
    assertEquals(0, here.run("tar", "-xzf", archive.toString(), "-C", folder.toString()).status());
    Path tree;
    try (Stream<Path> entries = Files.list(folder)) {
      tree = entries.findFirst().orElseThrow();
    }
    for (String part : List.of("LICENSE", "NOTICE", "licenses/THIRD-PARTY.txt", "models", "lib")) {
      assertTrue(Files.exists(tree.resolve(part)), part);
    }
    serve(tree);
  }

  private void serve(Path tree) throws IOException {
    Path tools = Files.createDirectory(temporary.resolve("tools"));
    for (String tool : List.of("dirname", "readlink", "uname")) {
      Path found = Path.of("/usr/bin", tool);
      Files.createSymbolicLink(
          tools.resolve(tool), Files.exists(found) ? found : Path.of("/bin", tool));
    }
    Place bare =
        new Place(temporary, Map.of("PATH", tools.toString(), "HOME", temporary.toString()), false);
    String gatun = tree.resolve("bin/gatun").toString();

    Ended version = bare.run("/bin/sh", gatun, "version");
    assertEquals(0, version.status(), version.err());
    try (Running server =
        bare.serve("/bin/sh", gatun, "serve", "--port", "0", "--management-port", "0")) {
      Ended answer =
          bare.run("/bin/sh", gatun, "chat", "Prove that 17 is prime", "--url", server.data());
      assertEquals(0, answer.status(), answer.err());
      assertTrue(answer.out().contains("demo-expert"), answer.out());
    }
    Ended build = bare.run("/bin/sh", gatun, "build");
    assertEquals(1, build.status());
    assertTrue(build.err().contains("development command"), build.err());
  }
}
