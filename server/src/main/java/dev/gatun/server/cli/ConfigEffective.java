package dev.gatun.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gatun.router.config.DecodeOptions;
import dev.gatun.router.config.Effective;
import dev.gatun.router.config.Node;
import dev.gatun.router.config.RouterConfig;
import dev.gatun.server.config.ConfigFile;
import dev.gatun.server.wire.Json;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code gatun config effective}: a file with every default filled in, in the file's own keys. */
@Command(
    name = "effective",
    description = {
      "Print a configuration with defaults filled in and secrets hidden, in the keys of the file.",
      "Of what this build does not run only what is written is shown."
    })
final class ConfigEffective implements Runnable {
  private final Console console;

  @Mixin private ConfigOption config = new ConfigOption();

  @Option(names = "--json", description = "One JSON object instead of YAML.")
  private boolean json;

  ConfigEffective(Console console) {
    this.console = console;
  }

  @Override
  public void run() {
    RouterConfig settings = config.require(console);
    Node root =
        config
            .source()
            .read()
            .root()
            .orElseThrow(() -> new Failure(ExitStatus.CONFIGURATION, config.name() + " is gone"));
    DecodeOptions options =
        new DecodeOptions(
            false,
            Optional.of(settings.global().router().compatibility()),
            ConfigFile::environment);
    JsonNode tree = Json.tree(Effective.of(root, options, ConfigFile.defaults(), settings, true));
    if (json) {
      console.json(tree);
    } else {
      console.out().print(RecordTree.yaml(tree));
    }
  }
}
