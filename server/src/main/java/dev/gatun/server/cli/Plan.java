package dev.gatun.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.router.config.RouterConfig;
import dev.gatun.server.GatunServer;
import dev.gatun.server.wire.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code gatun plan}: the models that a configuration would load, before anything is loaded. */
@Command(
    name = "plan",
    description = {
      "Say which models a configuration needs, how large they are, and what asks for them: its",
      "decisions, and whatever their projections and composers go back to."
    },
    footer = "Exit status 1 when a model is missing, 3 when the configuration is not valid.")
final class Plan implements Callable<Integer> {
  private final Console console;

  @Mixin private ConfigOption config = new ConfigOption();

  @Option(names = "--json", description = "One JSON object per model.")
  private boolean json;

  Plan(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    RouterConfig settings = config.require(console);
    Path models = GatunServer.modelsDirectory(settings, ModelOptions.builtIns());
    List<String> missing = GatunServer.missingModels(settings, ModelOptions.builtIns());
    long total = 0;
    if (!json) {
      console.line(line("model", "MB", "state", "asked by"));
    }
    for (var need : GatunServer.needs(settings).entrySet()) {
      ObjectNode model = model(need.getKey(), models.resolve(need.getKey()));
      need.getValue().forEach(model.putArray("asked_by")::add);
      model.put("state", missing.contains(need.getKey()) ? "missing" : "here");
      total += model.path("bytes").asLong();
      show(model, String.join(", ", need.getValue()));
    }
    if (!json) {
      console.line(line("", megabytes(total), "", "together, on disk"));
    }
    console.flush();
    return missing.isEmpty() ? ExitStatus.OK : ExitStatus.FAILED;
  }

  /** A table inside of a library has no folder, and so no size of its own. */
  private static ObjectNode model(String name, Path folder) {
    return Files.isDirectory(folder)
        ? ModelFacts.of(name, folder)
        : Json.object().put("name", name);
  }

  private void show(ObjectNode model, String askedBy) {
    if (json) {
      console.json(model);
      return;
    }
    JsonNode bytes = model.path("bytes");
    console.line(
        line(
            model.path("name").asText(),
            bytes.isMissingNode() ? "-" : megabytes(bytes.asLong()),
            model.path("state").asText(),
            askedBy));
  }

  private static String megabytes(long bytes) {
    return String.format(Locale.ROOT, "%.1f", bytes / 1e6);
  }

  private static String line(String name, String megabytes, String state, String askedBy) {
    return String.format(Locale.ROOT, "%-22s %7s  %-7s  %s", name, megabytes, state, askedBy)
        .stripTrailing();
  }
}
