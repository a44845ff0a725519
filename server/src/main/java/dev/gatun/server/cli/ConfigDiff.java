package dev.gatun.server.cli;

import dev.gatun.router.config.Difference;
import dev.gatun.router.config.Node;
import dev.gatun.router.config.Node.Mapping;
import dev.gatun.router.config.Node.Scalar;
import dev.gatun.router.config.Node.Sequence;
import dev.gatun.server.config.ConfigFile;
import dev.gatun.server.config.NodeJson;
import dev.gatun.server.config.YamlReader;
import java.nio.file.Path;
import java.util.List;
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
        console.json(NodeJson.of(difference));
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
      case Scalar scalar -> scalar.quoted() ? NodeJson.of(scalar).toString() : scalar.text();
    };
  }
}
