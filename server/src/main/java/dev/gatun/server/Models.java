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
import dev.gatun.router.port.Answer;
import dev.gatun.router.port.Distribution;
import dev.gatun.router.port.Embedding;
import dev.gatun.router.port.Embeddings;
import dev.gatun.router.port.EncoderPlan;
import dev.gatun.router.port.Encoders;
import dev.gatun.router.port.Ports;
import dev.gatun.router.signal.Family;
import dev.gatun.router.signal.SignalKey;
import dev.gatun.server.http.ModelStates;
import dev.gatun.server.inference.ModelStore;
import dev.gatun.server.inference.NativeEncoders;
import dev.gatun.server.inference.SentenceEmbedder;
import dev.gatun.server.inference.Trunk;
import dev.gatun.server.models.ModelCard;
import dev.gatun.server.wire.Json;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;

/**
 * The native engine and the models that a configuration needs; nothing is loaded that no rule uses.
 * They are loaded at start, or with {@code global.native.load: lazy} when one is first asked. Owns
 * all of them. Safe for use by many threads.
 */
final class Models implements AutoCloseable {
  /** After a load on demand failed, requests are answered without it for so long. */
  private static final Duration RETRY = Duration.ofSeconds(10);

  private static final Logger LOG = System.getLogger(Models.class.getName());

  /** What was loaded. */
  private record Loaded(Inference inference, NativeEncoders encoders, SentenceEmbedder embedder) {
    void close() {
      embedder.close();
      encoders.close();
      inference.close();
    }
  }

  /** What became of the models. */
  private sealed interface State {
    /** Nobody has asked yet. */
    record Waiting() implements State {}

    record Ready(Loaded loaded) implements State {}

    /** They could not be loaded. */
    record Missing(String reason, long atNanos) implements State {}
  }

  private final List<String> needed;
  private final EngineLoad load;
  private final ReentrantLock loading = new ReentrantLock();
  private final AtomicReference<State> state = new AtomicReference<>(new State.Waiting());
  private volatile boolean closed;

  /** Where the engine and its models come from. */
  private record EngineLoad(RouterConfig config, Path directory, LoadWatch watch) {
    Loaded load() {
      return engine(config, directory, watch);
    }

    ModelCard card() {
      EngineSettings settings = EngineSettings.of(config.global().nativeSettings(), directory);
      return new ModelStore(settings.models()).card(NativeEncoders.DOMAIN_MODEL);
    }
  }

  private Models(List<String> needed, EngineLoad load) {
    this.needed = needed;
    this.load = load;
  }

  /** Names of the models that a configuration needs. */
  static List<String> needed(RouterConfig config) {
    Set<Family> used =
        config.routing().decisions().stream()
            .flatMap(decision -> decision.rule().keys())
            .map(SignalKey::family)
            .collect(Collectors.toSet());
    List<String> models = new ArrayList<>();
    if (used.contains(Family.DOMAIN)) {
      models.add(NativeEncoders.DOMAIN_MODEL);
    }
    boolean compares =
        config.routing().signals().all().stream()
            .anyMatch(rule -> rule.comparesTexts() && used.contains(rule.family()));
    if (compares) {
      models.add(Trunk.MODEL);
    }
    return models;
  }

  /** Loads what is needed; what cannot be loaded is fatal unless a degraded start is allowed. */
  static Models load(RouterConfig config, Path models) throws StartException {
    return load(config, models, LoadWatch.start());
  }

  /** As {@link #load(RouterConfig, Path)}, and tells how far it is. */
  static Models load(RouterConfig config, Path directory, LoadWatch watch) throws StartException {
    Models models = new Models(needed(config), new EngineLoad(config, directory, watch));
    if (!models.needed.isEmpty()) {
      models.start(config.global().nativeSettings().lazy());
    }
    if (models.state.get() instanceof State.Missing(var reason, _)
        && !config.global().router().degradedStart()) {
      throw new StartException.NoModel(
          "the signals need "
              + String.join(" and ", models.needed)
              + ": "
              + reason
              + " (global.router.degraded_start: true starts without it)");
    }
    return models;
  }

  private static Loaded engine(RouterConfig config, Path directory, LoadWatch watch) {
    EngineSettings settings = EngineSettings.of(config.global().nativeSettings(), directory);
    config
        .global()
        .nativeSettings()
        .isaMax()
        .ifPresent(isa -> Inference.limitIsa(settings.inference().library(), isa));
    Inference inference = Inference.open(settings.inference());
    ModelStore store = new ModelStore(settings.models());
    try (Trunk trunk = Trunk.open(inference, store, settings.load().with(watch))) {
      NativeEncoders encoders = NativeEncoders.open(trunk);
      encoders.domainOrigin().warnings().forEach(text -> LOG.log(Level.WARNING, text));
      return new Loaded(inference, encoders, new SentenceEmbedder(trunk));
    } catch (InferenceException e) {
      inference.close();
      throw e;
    }
  }

  /** The loaded models, loaded now when they are not; empty when they cannot be. */
  private Optional<Loaded> demand() {
    if (state.get() instanceof State.Ready(var loaded)) {
      return Optional.of(loaded);
    }
    loading.lock();
    try {
      boolean again =
          switch (state.get()) {
            case State.Waiting() -> true;
            case State.Ready _ -> false;
            case State.Missing(_, var at) -> System.nanoTime() - at > RETRY.toNanos();
          };
      if (again && !closed) {
        state.set(attempt());
      }
      return loaded();
    } finally {
      loading.unlock();
    }
  }

  /** Loads everything, or makes sure that it is there to be loaded later. */
  private void start(boolean lazy) {
    if (!lazy) {
      demand();
      return;
    }
    try {
      load.card();
    } catch (InferenceException e) {
      state.set(missing(e));
    }
  }

  private State attempt() {
    try {
      return new State.Ready(load.load());
    } catch (InferenceException e) {
      return missing(e);
    }
  }

  private static State missing(InferenceException e) {
    String reason = String.valueOf(e.getMessage());
    LOG.log(Level.WARNING, "models cannot be loaded: " + reason);
    return new State.Missing(reason, System.nanoTime());
  }

  private Optional<Loaded> loaded() {
    return state.get() instanceof State.Ready(var loaded) ? Optional.of(loaded) : Optional.empty();
  }

  /** What the router asks; a model that is not loaded yet is loaded by the first question. */
  Ports ports() {
    return new Ports(encoders(), embeddings(), System::nanoTime);
  }

  private Embeddings embeddings() {
    return switch (state.get()) {
      case State.Ready(var loaded) -> loaded.embedder()::embed;
      case State.Missing _ -> Embeddings.none();
      case State.Waiting() -> needed.isEmpty() ? Embeddings.none() : new OnDemandEmbeddings();
    };
  }

  /** Loads with the first question. */
  private final class OnDemandEmbeddings implements Embeddings {
    @Override
    public Answer<List<Embedding>> embed(List<String> texts) {
      return demand()
          .map(loaded -> loaded.embedder().embed(texts))
          .orElseGet(() -> Embeddings.none().embed(texts));
    }

    @Override
    public boolean isLoaded() {
      return loaded().isPresent();
    }
  }

  private Encoders encoders() {
    return switch (state.get()) {
      case State.Ready(var loaded) -> loaded.encoders();
      case State.Missing _ -> Encoders.none();
      case State.Waiting() ->
          needed.isEmpty() ? Encoders.none() : new OnDemand(load.card().labels());
    };
  }

  /** Loads with the first question. What the labels are, the card knows. */
  private final class OnDemand implements Encoders {
    private final List<String> domainLabels;

    OnDemand(List<String> domainLabels) {
      this.domainLabels = domainLabels;
    }

    @Override
    public List<String> domainLabels() {
      return domainLabels;
    }

    @Override
    public Answer<Distribution> domain(String text) {
      return now().domain(text);
    }

    @Override
    public List<EncoderPlan> plans(String text) {
      return now().plans(text);
    }

    private Encoders now() {
      return demand().<Encoders>map(Loaded::encoders).orElseGet(Encoders::none);
    }
  }

  /** How far each model is. */
  ModelStates states() {
    return switch (state.get()) {
      case State.Ready _ -> new ModelStates(needed, List.of(), List.of());
      case State.Waiting() -> new ModelStates(List.of(), needed, List.of());
      case State.Missing _ -> new ModelStates(List.of(), List.of(), needed);
    };
  }

  /** The answer of {@code GET /info/models}. */
  ObjectNode info(RouterConfig config) {
    ObjectNode root = Json.object();
    ArrayNode list = root.putArray("models");
    Optional<Loaded> loaded = loaded();
    for (String name : needed(config)) {
      ObjectNode model = list.addObject();
      model.put("name", name).put("type", "domain");
      model.put("loaded", loaded.isPresent());
      model.put("state", word());
      loaded.ifPresent(l -> facts(l.encoders.domainModel(), l, model));
    }
    root.putObject("summary")
        .put("ready", states().missing().isEmpty())
        .put("loaded_models", states().ready().size())
        .put("total_models", list.size());
    system(loaded, root.putObject("system"));
    return root;
  }

  private String word() {
    return switch (state.get()) {
      case State.Ready _ -> "ready";
      case State.Waiting() -> "not_loaded";
      case State.Missing _ -> "missing";
    };
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

  private static void system(Optional<Loaded> loaded, ObjectNode system) {
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

  /** Nothing is loaded any more. */
  @Override
  public void close() {
    loading.lock();
    try {
      closed = true;
      loaded().ifPresent(Loaded::close);
    } finally {
      loading.unlock();
    }
  }
}
