package dev.gatun.router.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Reports about whole files, as text beside them. To write the texts anew: {@code mvn -pl router
 * test -Dtest=BaselineTest -Dgatun.baselines=write}, then look at the difference.
 */
class BaselineTest {
  private static final Path FOLDER =
      Path.of(System.getProperty("gatun.home", "..")).resolve("router/src/test/baselines/config");

  @TestFactory
  Stream<DynamicTest> reports() throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.list(FOLDER)) {
      files = all.filter(file -> file.toString().endsWith(".yaml")).sorted().toList();
    }
    assertFalse(files.isEmpty());
    return files.stream()
        .map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> check(file)));
  }

  private static void check(Path file) throws IOException {
    Decoded decoded =
        ConfigDecoder.decode(
            Documents.yaml(Files.readString(file)),
            new DecodeOptions(
                false, name -> Optional.of("key").filter(key -> name.endsWith("_KEY"))));
    String report =
        Documents.render(decoded.diagnostics())
            + (decoded.config().isPresent() ? "usable\n" : "not usable\n");
    Path baseline = Path.of(file.toString().replace(".yaml", ".txt"));
    if (System.getProperty("gatun.baselines", "").equals("write")) {
      Files.writeString(baseline, report);
    }
    assertEquals(Files.readString(baseline), report);
  }
}
