package dev.gatun.server.config;

import dev.gatun.router.config.Node;
import dev.gatun.router.config.Position;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/** Configuration text from disk or from the built-in starter. */
public final class ConfigFile {
  /** Name of the starter configuration in positions and messages. */
  public static final String STARTER = "(built-in starter)";

  private ConfigFile() {}

  /** Reads a file; every problem, also that it is missing, comes back as a diagnostic. */
  public static YamlReader.Result read(Path path) {
    String file = path.toString();
    Position start = new Position(file, 1, 1);
    try {
      return YamlReader.read(file, ConfigText.read(path).text());
    } catch (ConfigText.TooLargeException e) {
      return YamlReader.Result.problem(
          start, String.valueOf(e.getMessage()), "is this the right file?");
    } catch (NoSuchFileException e) {
      return YamlReader.Result.problem(
          start, "there is no such file", "check the path given with --config");
    } catch (AccessDeniedException e) {
      return YamlReader.Result.problem(start, "the file may not be read", "check its permissions");
    } catch (CharacterCodingException e) {
      return YamlReader.Result.problem(
          start, "the file is not UTF-8 text", "save it with UTF-8 encoding");
    } catch (IOException e) {
      return YamlReader.Result.problem(
          start, "the file cannot be read: " + e.getMessage(), "is it a regular file?");
    }
  }

  /**
   * The text of a file that {@link #read} has read.
   *
   * @throws UncheckedIOException when it has gone since
   */
  public static String text(Path path) {
    try {
      return ConfigText.read(path).text();
    } catch (IOException e) {
      throw new UncheckedIOException(path + " cannot be read again", e);
    }
  }

  /** The configuration used when none is given. */
  public static YamlReader.Result starter() {
    return YamlReader.read(STARTER, starterText());
  }

  /** Text of the starter configuration, for printing or saving. */
  public static String starterText() {
    return resource("starter.yaml");
  }

  /** The section {@code global} of a file that says nothing. */
  public static Node defaults() {
    YamlReader.Result read = YamlReader.read("(defaults)", resource("defaults.yaml"));
    return read.root()
        .orElseThrow(() -> new IllegalStateException("defaults.yaml: " + read.diagnostics()));
  }

  private static String resource(String name) {
    try (InputStream in = ConfigFile.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException(name + " is missing from the server module");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(name + " cannot be read", e);
    }
  }

  /** A variable of the process environment. */
  public static Optional<String> environment(String name) {
    return Optional.ofNullable(System.getenv(name));
  }
}
