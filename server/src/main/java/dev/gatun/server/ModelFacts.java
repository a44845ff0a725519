package dev.gatun.server;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.inference.ModelInfo;
import dev.gatun.inference.RuntimeInfo;
import dev.gatun.inference.WeightOrigin;
import dev.gatun.server.inference.DetectedLanguages;
import dev.gatun.server.inference.LinguaLanguages;
import java.util.Locale;
import java.util.Optional;

/** What {@code GET /info/models} says about loaded models and the machine. */
final class ModelFacts {
  private ModelFacts() {}

  /** Adds the facts of a loaded model; one that is no encoder has none. */
  static void of(String name, LoadedModels loaded, ObjectNode model) {
    LoadedModels.task(name)
        .ifPresent(
            task -> loaded.encoders().labels(task).forEach(model.withArray("categories")::add));
    boolean table = name.equals(DetectedLanguages.MODEL) || name.equals(LinguaLanguages.MODEL);
    loaded.engine().filter(_ -> !table).ifPresent(engine -> encoder(engine, model));
  }

  private static void encoder(LoadedModels.Engine engine, ObjectNode model) {
    ModelInfo info = engine.trunk().info();
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
    WeightOrigin origin = engine.trunk().origin();
    Optional.ofNullable(origin.digests().get("model.safetensors"))
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
    Optional<ModelInfo> model = engine.map(e -> e.trunk().info());
    system
        .putObject("memory")
        .put("heap", runtime.totalMemory() - runtime.freeMemory())
        .put("native", model.map(ModelInfo::residentBytes).orElse(0L))
        .put("mapped", model.map(ModelInfo::mappedBytes).orElse(0L))
        .put("workspace", engine.map(e -> e.inference().workspaceBytes()).orElse(0L));
  }
}
