package dev.gatun.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gatun.router.config.Decoded;
import dev.gatun.server.config.ConfigFile;
import dev.gatun.server.config.ConfigSource;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code gatun config show}: what is in force, defaults filled in and secrets hidden. */
@Command(
    name = "show",
    description = {
      "Show the settings in force: defaults filled in, names resolved, secrets hidden.",
      "Without --config print the built-in starter configuration, ready to be saved and changed."
    })
final class ConfigShow implements Runnable {
  private final Console console;

  @Mixin private ConfigOption config = new ConfigOption();

  @Option(names = "--json", description = "One JSON object instead of YAML.")
  private boolean json;

  ConfigShow(Console console) {
    this.console = console;
  }

  @Override
  public void run() {
    if (config.source() instanceof ConfigSource.Starter && !json) {
      console.out().print(ConfigFile.starterText());
      return;
    }
    Decoded decoded = config.usable(console);
    JsonNode settings = RecordTree.of(decoded.config().orElseThrow());
    JsonNode tree = RecordTree.without(decoded.expanded(), settings);
    if (json) {
      console.json(tree);
    } else {
      console.line("# Settings in force: a report, not a configuration file.");
      console.out().print(RecordTree.yaml(tree));
    }
  }
}
