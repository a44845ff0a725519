package dev.gatun.server.config;

import dev.gatun.router.config.Diagnostic;
import dev.gatun.router.config.Diagnostic.Severity;
import dev.gatun.router.config.Node;
import dev.gatun.router.config.Position;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/**
 * YAML 1.2 text to a tree of nodes that know their place. No scalar gets a type here: {@code no}
 * stays the text "no" until a Boolean field reads it.
 *
 * <p>Anchors, aliases and merge keys ({@code <<}) are expanded. Bounds: 16 MiB of text, 100 levels,
 * 200 000 nodes after expansion, so an "alias bomb" ends in one diagnostic.
 */
public final class YamlReader {
  /** Largest file read, in bytes. */
  public static final int BYTES_MAX = 16 << 20;

  private YamlReader() {}

  /**
   * What reading came to.
   *
   * @param root present when there is no problem
   */
  public record Result(Optional<Node> root, List<Diagnostic> diagnostics) {
    public Result {
      diagnostics = List.copyOf(diagnostics);
    }

    static Result of(Node root) {
      return new Result(Optional.of(root), List.of());
    }

    static Result problem(Position position, String message, String hint) {
      return new Result(
          Optional.empty(),
          List.of(new Diagnostic(Severity.ERROR, position, "(document)", message, hint)));
    }
  }

  /**
   * Reads one document.
   *
   * @param file name used in positions
   */
  public static Result read(String file, String text) {
    LoadSettings settings =
        LoadSettings.builder().setLabel(file).setCodePointLimit(BYTES_MAX).build();
    String body = text.startsWith("\ufeff") ? text.substring(1) : text;
    try {
      var events = new ParserImpl(settings, new StreamReader(settings, body));
      return Result.of(new TreeBuilder(file, events).document());
    } catch (YamlProblem e) {
      return Result.problem(e.position(), e.what(), e.hint());
    } catch (MarkedYamlEngineException e) {
      Position position =
          e.getProblemMark()
              .map(mark -> new Position(file, mark.getLine() + 1, mark.getColumn() + 1))
              .orElse(new Position(file, 1, 1));
      String context = e.getContext() == null ? "" : e.getContext().strip() + ": ";
      return Result.problem(
          position,
          "not valid YAML: " + context + e.getProblem(),
          "check indentation, colons, brackets and quotes at this place and just before it");
    } catch (ReaderException e) {
      return Result.problem(
          placeOf(file, body, e.getPosition()),
          String.format(Locale.ROOT, "a character that YAML forbids: U+%04X", e.getCodePoint()),
          "remove it, or write it as an escape in double quotes");
    } catch (YamlEngineException e) {
      return Result.problem(
          new Position(file, 1, 1),
          "not readable YAML: " + String.valueOf(e.getMessage()).lines().findFirst().orElse(""),
          "a configuration is one YAML document of at most 16 MiB");
    }
  }

  private static Position placeOf(String file, String text, int index) {
    int end = Math.min(index, text.length());
    int line = 1;
    int lineStart = 0;
    for (int i = 0; i < end; i++) {
      if (text.charAt(i) == '\n') {
        line++;
        lineStart = i + 1;
      }
    }
    return new Position(file, line, end - lineStart + 1);
  }
}
