package dev.gatun.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.router.config.NamedModel;
import dev.gatun.router.config.RemoteEmbeddings;
import dev.gatun.router.config.RouterConfig;
import dev.gatun.router.signal.Family;
import dev.gatun.server.GatunServer;
import dev.gatun.server.NeededModel;
import dev.gatun.server.models.KnownModel;
import dev.gatun.server.models.KnownModels;
import dev.gatun.server.wire.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
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
    List<NeededModel> needs = GatunServer.needs(settings, ModelOptions.builtIns());
    long total = 0;
    if (!json) {
      console.line(line("model", "MB", "state", "asked by"));
    }
    for (NeededModel need : needs) {
      ObjectNode model = model(need.name(), need.folder());
      need.askedBy().forEach(model.putArray("asked_by")::add);
      model.put("state", need.isHere() ? "here" : "missing");
      total += model.path("bytes").asLong();
      show(model, String.join(", ", need.askedBy()));
    }
    elsewhere(settings);
    settings.global().named().stream().filter(model -> !model.runs()).forEach(this::named);
    if (!json) {
      console.line(line("", megabytes(total), "", "together, on disk"));
    }
    console.flush();
    return needs.stream().allMatch(NeededModel::isHere) ? ExitStatus.OK : ExitStatus.FAILED;
  }

  /** What another process computes: nothing is loaded here for it. */
  private void elsewhere(RouterConfig settings) {
    List<String> askedBy = settings.comparing().stream().map(Family::type).toList();
    Optional<RemoteEmbeddings> remote =
        settings.global().remoteEmbeddings().filter(_ -> !askedBy.isEmpty());
    remote.ifPresent(encoder -> {
      ObjectNode model = Json.object().put("name", encoder.model());
      askedBy.forEach(model.putArray("asked_by")::add);
      model.put("state", "remote").put("address", encoder.address());
      show(model, String.join(", ", askedBy) + " at " + encoder.address());
    });
  }

  /** A model that the file names and nothing asks, because it is not here or by the file. */
  private void named(NamedModel named) {
    Optional<Path> folder = named.folder().map(Path::of);
    ObjectNode model =
        folder
            .map(path -> ModelFacts.of(named.name(), path))
            .orElseGet(() -> Json.object().put("name", named.name()));
    Optional<KnownModel> known = KnownModels.find(named.name());
    known.ifPresent(facts -> ModelFacts.known(facts, model));
    String elsewhere = known.isPresent() ? "known" : "missing";
    model.put("state", folder.isPresent() ? "here" : elsewhere).put("runs", false);
    model.putArray("asked_by").add(named.key());
    show(model, named.key() + (folder.isPresent() ? " (nothing asks it)" : " (not here)"));
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
