package dev.gatun.server.cli;

import dev.gatun.server.wire.Json;
import java.nio.file.Path;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code gatun model list}: the models that come with Gatun. */
@Command(name = "list", description = "List the models that come with Gatun.")
final class ModelList implements Runnable {
  private final Console console;

  @Option(names = "--json", description = "One JSON object per line.")
  private boolean json;

  ModelList(Console console) {
    this.console = console;
  }

  @Override
  public void run() {
    for (String name : ModelOptions.builtInNames()) {
      Path folder = ModelOptions.folder(name);
      if (json) {
        console.json(Json.object().put("name", name).put("path", folder.toString()));
      } else {
        console.line(String.format(Locale.ROOT, "%-24s %s", name, folder));
      }
    }
  }
}
