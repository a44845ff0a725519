package dev.gatun.inference.ffm;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gatun.inference.Golden;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Generating {@code dev.gatun.inference.abi} again changes nothing. */
class GeneratedCodeTest {

  private static final int NO_JEXTRACT = 3;
  private static final int NO_LIBCLANG = 2;

  @Test
  void isWhatTheHeaderGives(@TempDir Path fresh) throws Exception {
    Path bindings = Golden.home().resolve("bindings");
    ProcessBuilder command =
        new ProcessBuilder(bindings.resolve("jextract.sh").toString(), fresh.toString())
            .redirectErrorStream(true);
    command.environment().put("JAVA_HOME", System.getProperty("java.home"));
    Process process = command.start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int status = process.waitFor();
    if (status == NO_JEXTRACT || status == NO_LIBCLANG) {
      System.out.println("skipped: generated code is compared by AbiTest only (" + said + ")");
      return;
    }
    assertEquals(0, status, said);
    assertEquals(files(bindings.resolve("src/main/java")), files(fresh));
  }

  private static Map<String, String> files(Path root) throws IOException {
    Path generated = root.resolve("dev/gatun/inference/abi");
    Map<String, String> files = new TreeMap<>();
    try (Stream<Path> entries = Files.list(generated)) {
      for (Path file : entries.toList()) {
        files.put(generated.relativize(file).toString(), Files.readString(file));
      }
    }
    return files;
  }
}
