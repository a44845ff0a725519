package dev.gatun.server.cli;

import dev.gatun.router.config.CompatibilityTable;
import dev.gatun.router.config.JsonSchema;
import dev.gatun.server.wire.Json;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code gatun config schema}: every key a configuration file may have, from the loader's own. */
@Command(
    name = "schema",
    description = {
      "Print the JSON Schema of configuration files, by which editors complete and check them;",
      "or, as Markdown, what this build does with every key."
    })
final class ConfigSchema implements Runnable {
  private final Console console;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      defaultValue = "json",
      description = "${COMPLETION-CANDIDATES} (default: json).")
  private Format format = Format.json;

  ConfigSchema(Console console) {
    this.console = console;
  }

  /** What to print; the names are those of the option. */
  private enum Format {
    json,
    markdown
  }

  @Override
  public void run() {
    console
        .out()
        .print(
            switch (format) {
              case json -> Json.pretty(Json.tree(JsonSchema.tree()));
              case markdown -> CompatibilityTable.markdown();
            });
  }
}
