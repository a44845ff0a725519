package dev.gatun.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.server.GatunServer;
import dev.gatun.server.NeededModel;
import dev.gatun.server.models.KnownModels;
import dev.gatun.server.wire.Json;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code gatun model list}: what there is, what a configuration needs, what a router has loaded.
 */
@Command(
    name = "list",
    description = {
      "List the models that come with Gatun or were imported, with what their cards say; those",
      "that a configuration needs, and those that a running router has loaded."
    },
    footer = {
      "",
      "State: embedded (comes with Gatun), imported, known (gatun model import NAME gets it),",
      "configured (the configuration needs it), missing (configured, and not there), or what the",
      "router says: ready, not_loaded."
    })
final class ModelList implements Runnable {
  private final Console console;

  @Mixin private ConfigOption config = new ConfigOption();

  @Option(
      names = "--url",
      paramLabel = "URL",
      description = "Management address of a running router, to show what it has loaded.")
  private Optional<String> url = Optional.empty();

  @Option(names = "--json", description = "One JSON object per line.")
  private boolean json;

  ModelList(Console console) {
    this.console = console;
  }

  @Override
  public void run() {
    List<String> builtIn = ModelOptions.builtInNames();
    Map<String, NeededModel> configured = configured();
    Map<String, JsonNode> loaded = url.map(this::loaded).orElse(Map.of());
    List<String> imported = ModelOptions.importedNames();
    TreeSet<String> names = new TreeSet<>(builtIn);
    names.addAll(imported);
    names.addAll(configured.keySet());
    names.addAll(loaded.keySet());
    names.addAll(KnownModels.names());
    if (!json) {
      console.line(line("name", "tasks", "MB", "precision", "backend", "state", "score", "digest"));
    }
    for (String name : names) {
      boolean isKept = builtIn.contains(name) || imported.contains(name);
      Optional<NeededModel> need = Optional.ofNullable(configured.get(name));
      ObjectNode model =
          need.filter(n -> Files.isDirectory(n.folder()))
              .map(NeededModel::folder)
              .or(() -> Optional.of(name).filter(_ -> isKept).map(ModelOptions::folder))
              .map(folder -> ModelFacts.of(name, folder))
              .orElseGet(() -> Json.object().put("name", name));
      KnownModels.find(name).ifPresent(known -> ModelFacts.known(known, model));
      String elsewhere = isKept ? "imported" : "known";
      String found = builtIn.contains(name) ? "embedded" : elsewhere;
      model.put("state", need.map(n -> n.isHere() ? "configured" : "missing").orElse(found));
      Optional.ofNullable(loaded.get(name)).ifPresent(facts -> add(model, facts));
      show(model);
    }
  }

  /** What the configuration needs, by name; nothing when none is named or lies here. */
  private Map<String, NeededModel> configured() {
    Map<String, NeededModel> needed = new LinkedHashMap<>();
    if (config.isWritten()) {
      GatunServer.needs(config.require(console), ModelOptions.builtIns())
          .forEach(need -> needed.put(need.name(), need));
    }
    return needed;
  }

  private Map<String, JsonNode> loaded(String base) {
    JsonNode answer = RouterClient.get(base, "--url", "/info/models");
    Map<String, JsonNode> models = new LinkedHashMap<>();
    answer.path("models").forEach(model -> models.put(model.path("name").asText(), model));
    return models;
  }

  /** What a running router says of a model. */
  private static void add(ObjectNode model, JsonNode loaded) {
    for (String key : List.of("state", "precision", "backend", "isa", "digest", "weight_cache")) {
      if (loaded.has(key)) {
        model.set(key, loaded.get(key));
      }
    }
    if (loaded.has("memory")) {
      model.set("memory", loaded.get("memory"));
    }
  }

  private void show(ObjectNode model) {
    if (json) {
      console.json(model);
      return;
    }
    console.line(
        line(
            model.path("name").asText(),
            words(model.path("tasks")),
            model.has("bytes")
                ? String.format(Locale.ROOT, "%.1f", model.path("bytes").asLong() / 1e6)
                : "",
            model.path("precision").asText("-"),
            model.path("backend").asText("-"),
            model.path("state").asText(),
            model.path("score").asText("-"),
            model.path("digest").asText("").replace("sha256:", "")));
  }

  private static String words(JsonNode tasks) {
    return tasks instanceof ArrayNode all
        ? String.join(",", all.valueStream().map(JsonNode::asText).toList())
        : "";
  }

  private static String line(
      String name,
      String tasks,
      String megabytes,
      String precision,
      String backend,
      String state,
      String score,
      String digest) {
    return String.format(
            Locale.ROOT,
            "%-22s %-16s %7s  %-9s %-7s %-10s %-24s %.12s",
            name,
            tasks,
            megabytes,
            precision,
            backend,
            state,
            score,
            digest)
        .stripTrailing();
  }
}
