package dev.gatun.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.router.config.GlobalSettings.NativeSettings;
import dev.gatun.router.config.RouterConfig;
import dev.gatun.server.GatunServer;
import dev.gatun.server.NeededModel;
import dev.gatun.server.models.KnownModels;
import dev.gatun.server.wire.Json;
import java.nio.file.Files;
import java.nio.file.Path;
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
      "router says: ready, not_loaded. Precision and backend are what a router computes in: of the",
      "running one, by the configuration, or when nothing is said. Without tasks, labels."
    })
final class ModelList implements Runnable {
  private static final int TASKS_WIDTH = 16;

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
    Optional<RouterConfig> settings =
        config.isWritten() ? Optional.of(config.require(console)) : Optional.empty();
    Here here =
        new Here(
            ModelOptions.builtInNames(),
            ModelOptions.importedNames(),
            settings.map(ModelList::configured).orElse(Map.of()),
            GatunServer.precision(
                settings
                    .map(s -> s.global().nativeSettings())
                    .orElseGet(NativeSettings::byDefault)));
    Map<String, JsonNode> loaded = url.map(this::loaded).orElse(Map.of());
    TreeSet<String> names = new TreeSet<>(here.names());
    names.addAll(loaded.keySet());
    names.addAll(KnownModels.names());
    if (!json) {
      console.line(line("name", "tasks", "MB", "precision", "backend", "state", "score", "digest"));
    }
    for (String name : names) {
      ObjectNode model = here.model(name);
      Optional.ofNullable(loaded.get(name)).ifPresent(facts -> add(model, facts));
      show(model);
    }
  }

  /**
   * What this machine has and a configuration needs.
   *
   * @param configured what a configuration needs, by name; nothing without one
   * @param precision that encoders would be loaded in
   */
  private record Here(
      List<String> builtIn,
      List<String> imported,
      Map<String, NeededModel> configured,
      String precision) {
    TreeSet<String> names() {
      TreeSet<String> names = new TreeSet<>(builtIn);
      names.addAll(imported);
      names.addAll(configured.keySet());
      return names;
    }

    ObjectNode model(String name) {
      boolean isKept = builtIn.contains(name) || imported.contains(name);
      Optional<NeededModel> need = Optional.ofNullable(configured.get(name));
      Optional<Path> folder =
          need.map(NeededModel::folder)
              .filter(Files::isDirectory)
              .or(() -> isKept ? ModelOptions.place(name) : Optional.empty());
      ObjectNode model =
          folder
              .map(at -> ModelFacts.of(name, at))
              .orElseGet(() -> Json.object().put("name", name));
      folder.ifPresent(_ -> ModelFacts.computed(model, precision));
      KnownModels.find(name).ifPresent(known -> ModelFacts.known(known, model));
      String elsewhere = isKept ? "imported" : "known";
      String found = builtIn.contains(name) ? "embedded" : elsewhere;
      model.put("state", need.map(n -> n.isHere() ? "configured" : "missing").orElse(found));
      need.ifPresent(n -> asked(model, n.askedBy()));
      return model;
    }
  }

  /** What the configuration needs, by name. */
  private static Map<String, NeededModel> configured(RouterConfig settings) {
    Map<String, NeededModel> needed = new LinkedHashMap<>();
    GatunServer.needs(settings, ModelOptions.builtIns())
        .forEach(need -> needed.put(need.name(), need));
    return needed;
  }

  /** A model whose folder names no task has those that it is asked. */
  private static void asked(ObjectNode model, List<String> types) {
    if (!model.has("tasks")) {
      types.forEach(model.putArray("tasks")::add);
    }
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
    if (loaded.has("type")) {
      asked(model, List.of(loaded.path("type").asText().split(", ")));
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
            tasks(model),
            model.has("bytes")
                ? String.format(Locale.ROOT, "%.1f", model.path("bytes").asLong() / 1e6)
                : "",
            model.path("precision").asText("-"),
            model.path("backend").asText("-"),
            model.path("state").asText(),
            model.path("score").asText("-"),
            model.path("digest").asText("").replace("sha256:", "")));
  }

  /** The tasks of a model, or for want of any what it tells apart. */
  private static String tasks(ObjectNode model) {
    JsonNode labels = model.path("labels");
    String told = model.path("tasks").isEmpty() ? words(labels) : words(model.path("tasks"));
    return told.length() <= TASKS_WIDTH || !model.path("tasks").isEmpty()
        ? told
        : labels.size() + " labels";
  }

  private static String words(JsonNode words) {
    return String.join(",", words.valueStream().map(JsonNode::asText).toList());
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
            "%-22s %-16s %7s  %-9s %-7s %-10s %-34s %.12s",
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
