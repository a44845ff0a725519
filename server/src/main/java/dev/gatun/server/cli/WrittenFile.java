package dev.gatun.server.cli;

import dev.gatun.server.config.WholeFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Where a command writes a configuration: to a file, whole or not at all, or to the output. */
final class WrittenFile {
  @Option(
      names = {"--out", "--output"},
      paramLabel = "FILE",
      description = "Write to this file (default: to the output).")
  private Optional<Path> file = Optional.empty();

  @Option(names = "--force", description = "Replace the file when there is one.")
  private boolean force;

  /** The name to use in messages. */
  String name() {
    return file.map(Path::toString).orElse("(output)");
  }

  void write(Console console, String text) {
    if (file.isEmpty()) {
      console.out().print(text);
      console.flush();
      return;
    }
    Path path = file.get();
    if (Files.exists(path) && !force) {
      throw new Failure(ExitStatus.FAILED, path + " is there already; --force replaces it");
    }
    try {
      WholeFile.write(path, text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new Failure(ExitStatus.FAILED, path + " cannot be written: " + e.getMessage(), e);
    }
  }
}
