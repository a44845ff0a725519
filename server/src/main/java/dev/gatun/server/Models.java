package dev.gatun.server;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.inference.Inference;
import dev.gatun.inference.InferenceException;
import dev.gatun.inference.LoadWatch;
import dev.gatun.inference.ModelInfo;
import dev.gatun.inference.RuntimeInfo;
import dev.gatun.inference.WeightOrigin;
import dev.gatun.router.config.RouterConfig;
import dev.gatun.router.port.Encoders;
import dev.gatun.router.signal.Family;
import dev.gatun.server.inference.ModelStore;
import dev.gatun.server.inference.NativeEncoders;
import dev.gatun.server.wire.Json;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The native engine and the models that a configuration needs; nothing is loaded that no rule uses.
 * Owns both.
 */
final class Models implements AutoCloseable {
  /** What was loaded. */
  private record Loaded(Inference inference, NativeEncoders encoders) {}

  private static final Logger LOG = System.getLogger(Models.class.getName());

  private final Optional<Loaded> loaded;
  private final List<String> degraded;

  private Models(Optional<Loaded> loaded, List<String> degraded) {
    this.loaded = loaded;
    this.degraded = List.copyOf(degraded);
  }

  /** Names of the models that a configuration needs. */
  static List<String> needed(RouterConfig config) {
    boolean domain =
        config.routing().decisions().stream()
            .flatMap(decision -> decision.rule().keys())
            .anyMatch(key -> key.family() == Family.DOMAIN);
    return domain ? List.of(NativeEncoders.DOMAIN_MODEL) : List.of();
  }

  /** Loads what is needed; what cannot be loaded is fatal unless a degraded start is allowed. */
  static Models load(RouterConfig config, Path models) throws StartException {
    return load(config, models, LoadWatch.start());
  }

  /** As {@link #load(RouterConfig, Path)}, and tells how far it is. */
  static Models load(RouterConfig config, Path models, LoadWatch watch) throws StartException {
    if (needed(config).isEmpty()) {
      return new Models(Optional.empty(), List.of());
    }
    try {
      EngineSettings settings = EngineSettings.of(config.global().nativeSettings(), models);
      config
          .global()
          .nativeSettings()
          .isaMax()
          .ifPresent(isa -> Inference.limitIsa(settings.inference().library(), isa));
      Inference inference = Inference.open(settings.inference());
      try {
        NativeEncoders encoders =
            NativeEncoders.open(
                inference, new ModelStore(settings.models()), settings.load().with(watch));
        encoders.domainOrigin().warnings().forEach(text -> LOG.log(Level.WARNING, text));
        return new Models(Optional.of(new Loaded(inference, encoders)), List.of());
      } catch (InferenceException e) {
        inference.close();
        throw e;
      }
    } catch (InferenceException e) {
      if (config.global().router().degradedStart()) {
        return new Models(Optional.empty(), List.of(Family.DOMAIN.type()));
      }
      throw new StartException.NoModel(
          "domain signals need the model "
              + NativeEncoders.DOMAIN_MODEL
              + ": "
              + e.getMessage()
              + " (global.router.degraded_start: true starts without it)");
    }
  }

  Encoders encoders() {
    return loaded.<Encoders>map(Loaded::encoders).orElse(Encoders.none());
  }

  int count() {
    return loaded.isPresent() ? 1 : 0;
  }

  /** Signal families that cannot be evaluated. */
  List<String> degraded() {
    return degraded;
  }

  /** The answer of {@code GET /info/models}. */
  ObjectNode info(RouterConfig config) {
    ObjectNode root = Json.object();
    ArrayNode list = root.putArray("models");
    for (String name : needed(config)) {
      ObjectNode model = list.addObject();
      model.put("name", name).put("type", "domain");
      model.put("loaded", loaded.isPresent());
      model.put("state", loaded.isPresent() ? "ready" : "not_loaded");
      loaded.ifPresent(l -> facts(l.encoders.domainModel(), l, model));
    }
    root.putObject("summary")
        .put("ready", degraded.isEmpty())
        .put("loaded_models", count())
        .put("total_models", list.size());
    system(root.putObject("system"));
    return root;
  }

  private static void facts(ModelInfo info, Loaded loaded, ObjectNode model) {
    loaded.encoders.domainLabels().forEach(model.withArray("categories")::add);
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
    model.put("backend", loaded.inference.runtime().backend());
    model.put("isa", loaded.inference.runtime().isa());
    WeightOrigin origin = loaded.encoders.domainOrigin();
    Optional.ofNullable(origin.digests().get("model.safetensors"))
        .ifPresent(digest -> model.put("digest", "sha256:" + digest));
    model.put("weight_cache", origin.state().name().toLowerCase(Locale.ROOT));
    origin.file().ifPresent(file -> model.put("weight_cache_file", file.toString()));
  }

  private void system(ObjectNode system) {
    Runtime runtime = Runtime.getRuntime();
    system.put("java_version", Runtime.version().toString());
    system.put("architecture", System.getProperty("os.arch"));
    system.put("os", System.getProperty("os.name"));
    system.put("gpu_available", false);
    loaded.ifPresent(l -> {
      RuntimeInfo facts = l.inference.runtime();
      system
          .put("native_version", facts.version())
          .put("native_abi", facts.abi())
          .put("device", facts.backend())
          .put("isa", facts.isa())
          .put("isa_detected", facts.isaDetected())
          .put("threads", facts.cpus());
    });
    Optional<ModelInfo> model = loaded.map(l -> l.encoders.domainModel());
    system
        .putObject("memory")
        .put("heap", runtime.totalMemory() - runtime.freeMemory())
        .put("native", model.map(ModelInfo::residentBytes).orElse(0L))
        .put("mapped", model.map(ModelInfo::mappedBytes).orElse(0L))
        .put("workspace", loaded.map(l -> l.inference.workspaceBytes()).orElse(0L));
  }

  @Override
  public void close() {
    loaded.ifPresent(l -> {
      l.encoders.close();
      l.inference.close();
    });
  }
}
