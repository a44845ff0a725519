package dev.gatun.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.router.config.Difference;
import dev.gatun.router.config.Difference.Change;
import dev.gatun.router.config.Node;
import dev.gatun.router.config.Node.Mapping;
import dev.gatun.router.config.Node.Scalar;
import dev.gatun.router.config.Node.Sequence;
import dev.gatun.server.config.ConfigFile;
import dev.gatun.server.config.YamlReader;
import dev.gatun.server.wire.Json;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code gatun config diff}: what two configuration files say differently. */
@Command(
    name = "diff",
    description = {
      "Say what differs between two configuration files: settings, not lines.",
      "The order of keys, comments and spellings of one value do not count."
    },
    footer = "Exit status 0, whether they differ or not.")
final class ConfigDiff implements Callable<Integer> {
  private final Console console;

  @Parameters(index = "0", paramLabel = "A", description = "The file to begin with.")
  private Path before = Path.of("");

  @Parameters(index = "1", paramLabel = "B", description = "The file to compare it with.")
  private Path after = Path.of("");

  @Option(
      names = "--json",
      description = "One object per difference: {\"change\", \"path\", \"before\"?, \"after\"?}.")
  private boolean json;

  ConfigDiff(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    List<Difference> differences =
        dev.gatun.router.config.ConfigDiff.between(read(before), read(after));
    for (Difference difference : differences) {
      if (json) {
        console.json(object(difference));
      } else {
        console.line(line(difference));
      }
    }
    console.flush();
    console.say(
        differences.isEmpty()
            ? "no difference"
            : differences.size() + (differences.size() == 1 ? " difference" : " differences"));
    return ExitStatus.OK;
  }

  private Node read(Path file) {
    YamlReader.Result text = ConfigFile.read(file);
    ConfigOption.tell(console, text.diagnostics());
    return text.root()
        .orElseThrow(() -> new Failure(ExitStatus.CONFIGURATION, file + " cannot be compared"));
  }

  private static String line(Difference difference) {
    String path = difference.path();
    String before = difference.before().map(ConfigDiff::shown).orElse("");
    String after = difference.after().map(ConfigDiff::shown).orElse("");
    return switch (difference.change()) {
      case ADDED -> "+ " + path + ": " + after;
      case REMOVED -> "- " + path + ": " + before;
      case CHANGED -> "~ " + path + ": " + before + " → " + after;
      case REORDERED -> "~ " + path + ": order " + before + " → " + after;
    };
  }

  private static String shown(Node node) {
    return switch (node) {
      case Mapping mapping ->
          mapping.entries().stream()
              .map(entry -> entry.key() + ": " + shown(entry.value()))
              .collect(Collectors.joining(", ", "{", "}"));
      case Sequence sequence ->
          sequence.items().stream()
              .map(ConfigDiff::shown)
              .collect(Collectors.joining(", ", "[", "]"));
      case Scalar scalar -> scalar.quoted() ? value(scalar).toString() : scalar.text();
    };
  }

  private static ObjectNode object(Difference difference) {
    Change change = difference.change();
    ObjectNode object =
        Json.object()
            .put("change", change.name().toLowerCase(Locale.ROOT))
            .put("path", difference.path());
    difference.before().ifPresent(node -> object.set("before", value(node)));
    difference.after().ifPresent(node -> object.set("after", value(node)));
    return object;
  }

  private static JsonNode value(Node node) {
    return switch (node) {
      case Mapping mapping -> {
        ObjectNode object = Json.object();
        mapping.entries().forEach(entry -> object.set(entry.key(), value(entry.value())));
        yield object;
      }
      case Sequence sequence -> {
        ArrayNode array = Json.array();
        sequence.items().forEach(item -> array.add(value(item)));
        yield array;
      }
      case Scalar scalar -> value(scalar);
    };
  }

  /** A plain scalar that looks like a number or a truth value is one. */
  private static JsonNode value(Scalar scalar) {
    JsonNodeFactory nodes = JsonNodeFactory.instance;
    String text = scalar.text();
    if (scalar.quoted()) {
      return nodes.textNode(text);
    }
    if (scalar.isNull()) {
      return nodes.nullNode();
    }
    if (text.equals("true") || text.equals("false")) {
      return BooleanNode.valueOf(text.equals("true"));
    }
    if (text.matches("-?(0|[1-9][0-9]{0,17})")) {
      return nodes.numberNode(Long.parseLong(text));
    }
    return text.matches("-?[0-9]+\\.[0-9]+")
        ? nodes.numberNode(Double.parseDouble(text))
        : nodes.textNode(text);
  }
}
