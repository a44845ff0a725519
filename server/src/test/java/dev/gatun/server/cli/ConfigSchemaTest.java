package dev.gatun.server.cli;

import static dev.gatun.server.cli.CommandLineFixture.run;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import dev.gatun.router.config.Node;
import dev.gatun.server.config.ConfigFile;
import dev.gatun.server.config.YamlReader;
import dev.gatun.server.wire.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The published schema and table of compatibility, both made from the code. */
class ConfigSchemaTest {
  private static final Path ROOT = Path.of(System.getProperty("gatun.home", "."));

  /** They name types that do not exist: of a condition, and of providers of keys and limits. */
  private static final Set<String> REFUSED =
      Set.of("config/e2e/config.e2e.yaml", "config/examples/config.yaml");

  private final JsonNode schema = parsed(run("config", "schema").out());

  @ParameterizedTest
  @CsvSource({"json, docs/config.schema.json", "markdown, docs/compatibility.md"})
  void theFileInTheRepositoryIsCurrent(String format, String file) throws IOException {
    String printed = run("config", "schema", "--format", format).out();

    assertEquals(
        printed,
        Files.readString(ROOT.resolve(file)),
        () -> "run ./gatun config schema --format " + format + " > " + file);
  }

  @Test
  void theStarterFitsTheSchema() {
    assertEquals(List.of(), problems(ConfigFile.starterText()));
  }

  @TestFactory
  Stream<DynamicTest> filesWithoutUnknownFieldsFitTheSchema() throws IOException {
    Path folder = ROOT.resolve("../shared/conformance").normalize();
    Path list = folder.resolve("config/files.json");
    if (!Files.exists(list)) {
      System.out.println("skipped: config/files.json (../shared not present)");
      return Stream.empty();
    }
    return parsed(Files.readString(list)).properties().stream()
        .filter(file -> file.getValue().path("loads").asBoolean())
        .filter(file -> file.getValue().path("unknown_fields").asInt() == 0)
        .filter(file -> !REFUSED.contains(file.getKey()))
        .map(file ->
            DynamicTest.dynamicTest(
                file.getKey(),
                () ->
                    assertEquals(
                        List.of(), problems(Files.readString(folder.resolve(file.getKey()))))));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "routing: {decisions: [{priority: '${PRIORITY:-3}'}]}",
        "routing: {decisions: [{rules: {operator: and, conditions: [{type: Keyword, name: a}]}}]}",
        "listeners: [{port: 8899, timeout: 1m30s}, {timeout: 0}]",
        "routing:",
        "global: {router: {include_config_models_in_list: yes, strategy: ''}}"
      })
  void whatTheLoaderAcceptsFits(String yaml) {
    assertEquals(List.of(), problems(yaml));
  }

  /** The router names them once more, because it knows nothing of the library. */
  @Test
  void everyInstructionSetOfTheLibraryCanBeNamed() throws IOException {
    String header = Files.readString(ROOT.resolve("native/include/gatun.h")).replace("\n *", "");
    Matcher named = Pattern.compile("GATUN_ISA \\(([^)]+)\\)").matcher(header);
    assertTrue(named.find(), "gatun.h lists them");
    Set<String> tiers = Set.copyOf(List.of(named.group(1).replace("on AArch64", "").split("\\W+")));
    List<String> words = new ArrayList<>();
    schema.findValue("isa_max").at("/anyOf/0/enum").forEach(word -> words.add(word.asText()));
    assertEquals(tiers, Set.copyOf(words));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "flavour: 1 | /flavour",
        "listeners: [{port: 70000}] | /listeners/0/port",
        "listeners: [{timeout: soon}] | /listeners/0/timeout",
        "routing: {decisions: {}} | /routing/decisions",
        "routing: {models: []} | /routing/models",
        "routing: {projections: {scores: [{inputs: [{type: mood}]}]}} |"
            + " /routing/projections/scores/0/inputs/0/type",
        "routing: {signals: {pii: [{patterns: [{builtin: shoe}]}]}} |"
            + " /routing/signals/pii/0/patterns/0/builtin",
        "providers: {defaults: {reasoning_families: {q: {type: deep}}}} |"
            + " /providers/defaults/reasoning_families/q/type",
        "routing: {decisions: [{rules: {operator: XOR}}]} | /routing/decisions/0/rules/operator",
        "routing: {decisions: [{plugins: [{type: magic}]}]} | /routing/decisions/0/plugins/0/type"
      })
  void whatTheLoaderRefusesDoesNotFit(String yaml, String place) {
    assertEquals(List.of(place), problems(yaml));
  }

  @Test
  void whatIsNotRunYetSaysSo() {
    String table = run("config", "schema", "--format", "markdown").out();

    assertTrue(table.contains("| `keyword` | `routing.signals.keywords` | runs |"), table);
    assertTrue(table.contains("| `static` | runs |"), table);
    assertTrue(table.contains("refused: use algorithm |"), table);
    assertFalse(table.contains("\n\n\n"), table);
  }

  private List<String> problems(String yaml) {
    Node document = YamlReader.read("case.yaml", yaml).root().orElseThrow();
    List<String> places = new ArrayList<>();
    check(schema, value(document), "", places);
    return places;
  }

  /** As much of JSON Schema as the published one uses; names the places that do not fit. */
  private void check(JsonNode rules, JsonNode value, String place, List<String> problems) {
    if (rules.has("$ref")) {
      check(schema.at(rules.path("$ref").asText().substring(1)), value, place, problems);
      return;
    }
    rules.path("allOf").forEach(part -> check(part, value, place, problems));
    boolean fits =
        !rules.has("not")
            && (!rules.has("anyOf") || fitsOne(rules.path("anyOf"), value))
            && (!rules.has("enum") || contains(rules.path("enum"), value))
            && (!rules.has("type") || isOf(rules.path("type"), value))
            && inBounds(rules, value);
    if (!fits) {
      problems.add(place);
      return;
    }
    value
        .properties()
        .forEach(member -> {
          String below = place + "/" + member.getKey();
          JsonNode property = rules.path("properties").path(member.getKey());
          JsonNode others = rules.path("additionalProperties");
          if (!property.isMissingNode()) {
            check(property, member.getValue(), below, problems);
          } else if (others.isObject()) {
            check(others, member.getValue(), below, problems);
          } else if (others.isBoolean()) {
            problems.add(below);
          }
        });
    for (int i = 0; value.isArray() && i < value.size(); i++) {
      check(rules.path("items"), value.path(i), place + "/" + i, problems);
    }
  }

  private boolean fitsOne(JsonNode schemas, JsonNode value) {
    for (JsonNode one : schemas) {
      List<String> problems = new ArrayList<>();
      check(one, value, "", problems);
      if (problems.isEmpty()) {
        return true;
      }
    }
    return false;
  }

  private static boolean contains(JsonNode values, JsonNode value) {
    return stream(values).anyMatch(value::equals);
  }

  private static boolean isOf(JsonNode types, JsonNode value) {
    return stream(types)
        .anyMatch(type ->
            switch (type.asText()) {
              case "object" -> value.isObject();
              case "array" -> value.isArray();
              case "string" -> value.isTextual();
              case "integer" -> value.isIntegralNumber();
              case "number" -> value.isNumber();
              case "boolean" -> value.isBoolean();
              default -> value.isNull();
            });
  }

  private static boolean inBounds(JsonNode rules, JsonNode value) {
    if (value.isTextual() && rules.has("pattern")) {
      return java.util.regex.Pattern.compile(rules.path("pattern").asText())
          .matcher(value.textValue())
          .find();
    }
    return !value.isNumber()
        || (value.asDouble() >= rules.path("minimum").asDouble(-Double.MAX_VALUE)
            && value.asDouble() <= rules.path("maximum").asDouble(Double.MAX_VALUE));
  }

  private static Stream<JsonNode> stream(JsonNode array) {
    List<JsonNode> items = new ArrayList<>();
    array.forEach(items::add);
    return items.stream();
  }

  /** A document as an editor reads it: plain scalars by the core schema of YAML 1.2. */
  private static JsonNode value(Node node) {
    return switch (node) {
      case Node.Mapping mapping -> {
        var object = Json.object();
        mapping.entries().forEach(entry -> object.set(entry.key(), value(entry.value())));
        yield object;
      }
      case Node.Sequence sequence -> {
        var array = Json.array();
        sequence.items().forEach(item -> array.add(value(item)));
        yield array;
      }
      case Node.Scalar scalar -> {
        boolean literal =
            !scalar.quoted()
                && scalar.text().matches("true|false|-?(0|[1-9][0-9]*)(\\.[0-9]+)?(e-?[0-9]+)?");
        if (scalar.isNull()) {
          yield NullNode.getInstance();
        }
        yield literal ? parsed(scalar.text()) : Json.tree(scalar.text());
      }
    };
  }

  private static JsonNode parsed(String json) {
    try {
      return Json.read(json.getBytes(StandardCharsets.UTF_8));
    } catch (JsonProcessingException e) {
      throw new AssertionError(json, e);
    }
  }
}
