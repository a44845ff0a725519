package dev.gatun.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.server.GatunServer;
import dev.gatun.server.models.KnownModels;
import dev.gatun.server.wire.Json;
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
    List<String> configured = configured();
    Map<String, JsonNode> loaded = url.map(this::loaded).orElse(Map.of());
    List<String> imported = ModelOptions.importedNames();
    TreeSet<String> names = new TreeSet<>(builtIn);
    names.addAll(imported);
    names.addAll(configured);
    names.addAll(loaded.keySet());
    names.addAll(KnownModels.names());
    if (!json) {
      console.line(line("name", "tasks", "MB", "precision", "backend", "state", "score", "digest"));
    }
    for (String name : names) {
      boolean isHere = builtIn.contains(name) || imported.contains(name);
      ObjectNode model =
          isHere ? ModelFacts.of(name, ModelOptions.folder(name)) : Json.object().put("name", name);
      KnownModels.find(name).ifPresent(known -> ModelFacts.known(known, model));
      String elsewhere = isHere ? "imported" : "known";
      String found = builtIn.contains(name) ? "embedded" : elsewhere;
      model.put("state", configured.contains(name) ? state(builtIn.contains(name)) : found);
      Optional.ofNullable(loaded.get(name)).ifPresent(facts -> add(model, facts));
      show(model);
    }
  }

  /** Of a model that the configuration needs: it takes those that come with Gatun. */
  private static String state(boolean builtIn) {
    return builtIn ? "configured" : "missing";
  }

  /** Names of what the configuration needs; nothing when none is named or lies here. */
  private List<String> configured() {
    return config.isWritten() ? GatunServer.models(config.require(console)) : List.of();
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
