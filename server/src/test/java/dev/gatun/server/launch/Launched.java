package dev.gatun.server.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Processes started as a user starts them, through the launcher script. */
final class Launched {
  private static final long PATIENCE_SECONDS = 300;
  private static final Pattern READY =
      Pattern.compile("ready data=(http://\\S+) management=(http://\\S+)");

  private Launched() {}

  static Path root() {
    return Path.of(System.getProperty("gatun.home")).toAbsolutePath().normalize();
  }

  /** What a process came to. */
  record Ended(int status, String out, String err) {}

  /** How to start processes: where, and with which variables instead of this process's own. */
  record Place(Path folder, Map<String, String> environment, boolean inherit) {
    /** This process's variables; the launcher must not build while a build runs its tests. */
    static Place of(Path folder) {
      return new Place(folder, Map.of("GATUN_NO_BUILD", "1"), true);
    }

    ProcessBuilder prepare(List<String> command) {
      ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
      if (!inherit) {
        builder.environment().clear();
      }
      builder.environment().putAll(environment);
      return builder;
    }

    Ended run(String... command) {
      try {
        Path out = Files.createTempFile("out", ".txt");
        Path err = Files.createTempFile("err", ".txt");
        Process process =
            prepare(List.of(command))
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        assertTrue(
            process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS),
            () -> "still running: " + String.join(" ", command));
        Ended ended = new Ended(process.exitValue(), Files.readString(out), Files.readString(err));
        Files.delete(out);
        Files.delete(err);
        return ended;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    }

    Running serve(String... command) {
      try {
        Process process =
            prepare(List.of(command)).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        BufferedReader lines = process.inputReader(StandardCharsets.UTF_8);
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          Matcher ready = READY.matcher(line);
          if (ready.matches()) {
            return new Running(process, ready.group(1), ready.group(2));
          }
        }
        throw new IllegalStateException("ended before it was ready: " + String.join(" ", command));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** A server that is ready. */
  record Running(Process process, String data, String management) implements AutoCloseable {
    /** Asks it to stop with SIGTERM and checks that it ends with status 0. */
    @Override
    public void close() {
      process.destroy();
      try {
        assertTrue(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS), "does not stop");
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
      assertEquals(0, process.exitValue(), "status after SIGTERM");
    }
  }
}
