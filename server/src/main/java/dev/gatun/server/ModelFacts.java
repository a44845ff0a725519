package dev.gatun.server;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.inference.ModelInfo;
import dev.gatun.inference.RuntimeInfo;
import dev.gatun.inference.WeightOrigin;
import dev.gatun.server.inference.ModelStore;
import dev.gatun.server.inference.Trunk;
import dev.gatun.server.models.ModelBuildException;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What {@code GET /info/models} says about loaded models and the machine. */
final class ModelFacts {
  private static final Logger LOG = System.getLogger(ModelFacts.class.getName());
  private static final String WEIGHTS = "model.safetensors";

  private ModelFacts() {}

  /** Adds the facts of a loaded model; one that is no encoder has none but its digest. */
  static void of(
      String name, ModelNeeds needs, ModelStore store, LoadedModels loaded, ObjectNode model) {
    needs.tasks().stream()
        .filter(task -> needs.model(task).equals(name))
        .findFirst()
        .ifPresent(
            task -> loaded.encoders().labels(task).forEach(model.withArray("categories")::add));
    loaded
        .engine()
        .ifPresent(
            engine -> engine.trunk(needs, name).ifPresent(trunk -> encoder(engine, trunk, model)));
    needs.folders(store.directory()).stream()
        .filter(needed -> needed.name().equals(name))
        .findFirst()
        .ifPresent(needed -> digest(needed.folder(), model));
  }

  /** An adapter is told by its own weights, not by those of the encoder that it is over. */
  private static void digest(Path folder, ObjectNode model) {
    if (Files.notExists(folder.resolve(WEIGHTS))) {
      model.remove("digest");
    }
    try {
      ModelStore.weights(folder).ifPresent(digest -> model.put("digest", "sha256:" + digest));
    } catch (IOException | ModelBuildException e) {
      LOG.log(Level.DEBUG, folder + " states no digest: " + e.getMessage());
    }
  }

  private static void encoder(LoadedModels.Engine engine, Trunk trunk, ObjectNode model) {
    ModelInfo info = trunk.info();
    model
        .putObject("metadata")
        .put("parameters", info.parameters())
        .put("hidden_size", info.hiddenSize())
        .put("layers", info.layers())
        .put("positions_max", info.positionsMax());
    model.put("memory_usage", info.weightBytes());
    model
        .putObject("memory")
        .put("resident", info.residentBytes())
        .put("mapped", info.mappedBytes());
    model.put("precision", info.precision().word());
    model.put("backend", engine.inference().runtime().backend());
    model.put("isa", engine.inference().runtime().isa());
    WeightOrigin origin = trunk.origin();
    Optional.ofNullable(origin.digests().get(WEIGHTS))
        .ifPresent(digest -> model.put("digest", "sha256:" + digest));
    model.put("weight_cache", origin.state().name().toLowerCase(Locale.ROOT));
    origin.file().ifPresent(file -> model.put("weight_cache_file", file.toString()));
  }

  /** Adds the facts of the process. */
  static void system(Optional<LoadedModels.Engine> engine, ObjectNode system) {
    Runtime runtime = Runtime.getRuntime();
    system.put("java_version", Runtime.version().toString());
    system.put("architecture", System.getProperty("os.arch"));
    system.put("os", System.getProperty("os.name"));
    system.put("gpu_available", false);
    engine.ifPresent(e -> {
      RuntimeInfo facts = e.inference().runtime();
      system
          .put("native_version", facts.version())
          .put("native_abi", facts.abi())
          .put("device", facts.backend())
          .put("isa", facts.isa())
          .put("isa_detected", facts.isaDetected())
          .put("threads", facts.cpus());
    });
    List<ModelInfo> models = engine.map(e -> e.trunks().infos()).orElse(List.of());
    system
        .putObject("memory")
        .put("heap", runtime.totalMemory() - runtime.freeMemory())
        .put("native", models.stream().mapToLong(ModelInfo::residentBytes).sum())
        .put("mapped", models.stream().mapToLong(ModelInfo::mappedBytes).sum())
        .put("workspace", engine.map(e -> e.inference().workspaceBytes()).orElse(0L));
  }
}
