package dev.gatun.server.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.router.config.ConfigDecoder;
import dev.gatun.router.config.DecodeOptions;
import dev.gatun.router.config.Decoded;
import dev.gatun.router.config.Diagnostic;
import dev.gatun.router.config.Effective;
import dev.gatun.router.config.Node;
import dev.gatun.router.config.Node.Entry;
import dev.gatun.router.config.Node.Mapping;
import dev.gatun.router.config.Node.Scalar;
import dev.gatun.router.config.Node.Sequence;
import dev.gatun.router.config.SemanticDifference;
import dev.gatun.router.model.Compatibility;
import dev.gatun.server.wire.Json;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Values of the environment are told nowhere, whatever key they stand under. */
class ExpandedTest {
  private static final Path FOLDER =
      Path.of(System.getProperty("gatun.home", ".")).resolve("docs/reference");
  private static final String VARIABLE = "SECRET_X";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "router.yaml",
        "external.yaml",
        "tool-process.yaml",
        "tool-server.yaml",
        "models.yaml",
        "adapters.yaml"
      })
  void noKeyOfTheReferenceTellsWhatStandsUnderIt(String file) {
    Path path = FOLDER.resolve(file);
    Node document = new ConfigSource.OfFile(path).read().root().orElseThrow();
    List<String> leaks = new ArrayList<>();
    int scalars = count(document);
    for (int i = 0; i < scalars; i++) {
      for (String written : List.of("${SECRET_X}", "x-${SECRET_X}", "${NONE:-hunter2zzz}")) {
        Node changed = new Replacement(i, written).of(document);
        for (String secret : List.of("hunter2zzz", "swordfish", "7qQ")) {
          leaks.addAll(leaks(changed, path, secret));
        }
      }
    }
    assertEquals(List.of(), leaks.stream().distinct().limit(20).toList());
    assertTrue(scalars > 10, "scalars of " + file);
  }

  private static List<String> leaks(Node document, Path path, String secret) {
    DecodeOptions options = options(path, Map.of(VARIABLE, secret));
    Decoded decoded = ConfigDecoder.decode(document, options);
    Stream<String> told =
        Stream.concat(
            decoded.diagnostics().stream().map(Diagnostic::render),
            decoded.differences().stream().map(SemanticDifference::render));
    Stream<String> effective =
        decoded.config().stream()
            .map(config -> Effective.of(document, options, ConfigFile.defaults(), config, true))
            .map(tree -> Json.tree(tree).toString());
    return Stream.concat(told, effective)
        .filter(line -> line.toLowerCase(Locale.ROOT).contains(secret.toLowerCase(Locale.ROOT)))
        .toList();
  }

  @Test
  void theReferenceStandsWhereTheValueWouldBeTold() {
    assertEquals(
        "\"${SEC}\" is neither a model of routing.modelCards nor one of their loras",
        message("hunter2zzz"));
    assertEquals(message("hunter2zzz"), message("1"));
    assertEquals(message("hunter2zzz"), message("model"));
    assertEquals(message("hunter2zzz"), message("say \"so\", twice"));
  }

  private static String message(String value) {
    Node document =
        YamlReader.read(
                "c.yaml",
                "version: v0.3\nproviders: {defaults: {default_model: \"${SEC}\"}}\nrouting: {}\n")
            .root()
            .orElseThrow();
    Decoded decoded =
        ConfigDecoder.decode(document, options(Path.of("c.yaml"), Map.of("SEC", value)));
    return decoded.diagnostics().stream()
        .filter(problem -> problem.key().endsWith("default_model"))
        .findFirst()
        .orElseThrow()
        .message();
  }

  private static DecodeOptions options(Path path, Map<String, String> environment) {
    return new DecodeOptions(
        true,
        Optional.<Compatibility>empty(),
        name -> Optional.ofNullable(environment.get(name)),
        FilesBeside.of(path, Optional.empty()),
        new NamedModels(Optional.of(FOLDER), name -> Optional.empty()),
        true);
  }

  private static int count(Node node) {
    return switch (node) {
      case Mapping mapping -> mapping.entries().stream().mapToInt(e -> count(e.value())).sum();
      case Sequence sequence -> sequence.items().stream().mapToInt(ExpandedTest::count).sum();
      case Scalar _ -> 1;
    };
  }

  /** Puts a text in the place of one scalar. */
  private static final class Replacement {
    private final String text;
    private int left;

    /** Replaces the scalar of this index, in the order of the file. */
    Replacement(int index, String text) {
      this.left = index;
      this.text = text;
    }

    Node of(Node node) {
      return switch (node) {
        case Mapping mapping ->
            new Mapping(
                mapping.position(),
                mapping.entries().stream()
                    .map(e -> new Entry(e.position(), e.key(), of(e.value())))
                    .toList());
        case Sequence sequence ->
            new Sequence(sequence.position(), sequence.items().stream().map(this::of).toList());
        case Scalar scalar ->
            left-- == 0 ? new Scalar(scalar.position(), text, true, false) : scalar;
      };
    }
  }
}
