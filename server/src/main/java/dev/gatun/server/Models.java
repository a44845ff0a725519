package dev.gatun.server;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.inference.InferenceException;
import dev.gatun.inference.LoadWatch;
import dev.gatun.router.config.GlobalSettings.NativeSettings;
import dev.gatun.router.config.RouterConfig;
import dev.gatun.router.port.Embeddings;
import dev.gatun.router.port.EncoderPlan;
import dev.gatun.router.port.Ports;
import dev.gatun.router.signal.Family;
import dev.gatun.server.external.OtherProcesses;
import dev.gatun.server.http.ModelStates;
import dev.gatun.server.inference.LinguaLanguages;
import dev.gatun.server.inference.ModelStore;
import dev.gatun.server.inference.OwnFolders;
import dev.gatun.server.inference.QuestionThreads;
import dev.gatun.server.inference.TurnCache;
import dev.gatun.server.inference.VectorFiles;
import dev.gatun.server.wire.Json;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The native engine and the models that a configuration needs; nothing is loaded that no rule uses.
 * They are loaded at start, or with {@code global.native.load: lazy} when one is first asked. Owns
 * all of them. Safe for use by many threads.
 */
final class Models implements AutoCloseable {
  /** After a load on demand failed, requests are answered without it for so long. */
  private static final Duration RETRY = Duration.ofSeconds(10);

  /** What became of the models. */
  private sealed interface State {
    /** Nobody has asked yet. */
    record Waiting() implements State {}

    /** Loaded, as far as they could be. */
    record Ready(LoadedModels loaded) implements State {}

    /** None could be loaded. */
    record Missing(Map<String, String> reasons, long atNanos) implements State {}
  }

  private final ModelNeeds needs;
  private final List<Optional<String>> files;
  private final NativeSettings settings;
  private final Path directory;
  private final LoadWatch watch;
  private final TurnCache turns;
  private final VectorFiles vectors;
  private final QuestionThreads questions = new QuestionThreads(QuestionThreads.AT_ONCE);
  private final ReentrantLock loading = new ReentrantLock();
  private final AtomicReference<State> state = new AtomicReference<>(new State.Waiting());
  private volatile boolean closed;

  private Models(RouterConfig config, Path directory, LoadWatch watch) {
    this.needs = ModelNeeds.of(config);
    this.settings = config.global().nativeSettings();
    this.turns = new TurnCache(config.global().router().reuseBytesMax());
    this.vectors = EngineSettings.vectors(settings);
    this.directory = directory;
    this.watch = watch;
    this.files = files();
  }

  /** What the files of the user's models are now: those of a replaced one are loaded again. */
  private List<Optional<String>> files() {
    return needs.own().all().stream().map(model -> OwnModels.version(model, store())).toList();
  }

  /** Names of the models that a configuration needs. */
  static List<String> needed(RouterConfig config) {
    return ModelNeeds.of(config).names();
  }

  /** Loads what is needed; what cannot be loaded is fatal unless a degraded start is allowed. */
  static Models load(RouterConfig config, Path models) throws StartException {
    return load(config, models, LoadWatch.start());
  }

  /** As {@link #load(RouterConfig, Path)}, and tells how far it is. */
  static Models load(RouterConfig config, Path directory, LoadWatch watch) throws StartException {
    Models models = new Models(config, directory, watch);
    if (!models.needs.names().isEmpty()) {
      models.start(models.settings.lazy());
    }
    Map<String, String> missing = models.missing();
    if (!missing.isEmpty() && !config.global().router().degradedStart()) {
      models.close();
      throw new StartException.NoModel(models.needs.without(missing));
    }
    return models;
  }

  /** Whether these are the models that a configuration needs, loaded as it wants them. */
  boolean fit(RouterConfig config) {
    return needs.equals(ModelNeeds.of(config))
        && files.equals(files())
        && settings.equals(config.global().nativeSettings())
        && missing().isEmpty();
  }

  /** Types of signals that compare texts and cannot for want of a model, each with why. */
  SortedMap<String, String> incomparable(RouterConfig config) {
    SortedMap<String, String> families = new TreeMap<>();
    Map<String, String> missing = missing();
    String model = needs.sentenceModel();
    if (needs.sentences() && missing.containsKey(model)) {
      config
          .comparing()
          .forEach(family -> families.put(family.type(), model + ": " + missing.get(model)));
    }
    needs
        .own()
        .preferences()
        .map(needs.own()::name)
        .filter(missing::containsKey)
        .ifPresent(own -> families.put(Family.PREFERENCE.type(), own + ": " + missing.get(own)));
    return families;
  }

  /** The loaded models, loaded now when they are not; empty when none can be. */
  private Optional<LoadedModels> demand() {
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
        LoadedModels loaded = loadApart();
        boolean none = loaded.missing().keySet().containsAll(needs.names());
        state.set(
            none
                ? new State.Missing(loaded.missing(), System.nanoTime())
                : new State.Ready(loaded));
      }
      return loaded();
    } finally {
      loading.unlock();
    }
  }

  /**
   * Loads in a thread of its own: a request that is withdrawn meanwhile interrupts the thread that
   * asked, and an interrupted thread cannot read files.
   */
  private LoadedModels loadApart() {
    FutureTask<LoadedModels> load =
        new FutureTask<>(() -> LoadedModels.load(needs, settings, directory, watch));
    Thread.ofPlatform().daemon().name("gatun-load").start(load);
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return load.get();
        } catch (InterruptedException e) {
          interrupted = true;
        } catch (ExecutionException e) {
          throw new IllegalStateException("loading models failed", e.getCause());
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Loads everything, or makes sure that it is there to be loaded later. */
  private void start(boolean lazy) {
    if (!lazy) {
      demand();
      return;
    }
    Map<String, String> missing = new LinkedHashMap<>();
    ModelStore store = store();
    Set<String> own = needs.own().all().stream().map(needs.own()::name).collect(Collectors.toSet());
    needs.names().stream()
        .filter(name -> !name.equals(LinguaLanguages.MODEL) && !own.contains(name))
        .forEach(name -> tried(name, missing, () -> store.card(name)));
    needs
        .own()
        .all()
        .forEach(
            model -> tried(needs.own().name(model), missing, () -> OwnFolders.of(model, store)));
    needs
        .own()
        .tasks()
        .forEach((task, model) ->
            tried(
                needs.own().name(model), missing, () -> OwnFolders.of(model, store).labels(task)));
    missing.keySet().removeAll(needs.optional());
    if (!missing.isEmpty()) {
      state.set(new State.Missing(Map.copyOf(missing), System.nanoTime()));
    }
  }

  /** Reads what is there of a model; why it cannot be read is noted. */
  private static void tried(String name, Map<String, String> missing, Runnable reading) {
    try {
      reading.run();
    } catch (InferenceException e) {
      missing.put(name, String.valueOf(e.getMessage()));
    }
  }

  private ModelVersions versions() {
    return new ModelVersions(store(), settings, needs.own());
  }

  private ModelStore store() {
    return new ModelStore(settings.modelsDir().map(Path::of).orElse(directory));
  }

  private Optional<LoadedModels> loaded() {
    return state.get() instanceof State.Ready(var loaded) ? Optional.of(loaded) : Optional.empty();
  }

  private Map<String, String> missing() {
    return switch (state.get()) {
      case State.Ready(var loaded) -> loaded.missing();
      case State.Missing(var reasons, _) -> reasons;
      case State.Waiting() -> Map.of();
    };
  }

  /**
   * What the router asks; a model that is not loaded yet is loaded by the first question.
   *
   * @param others of the same configuration
   */
  Ports ports(RouterConfig config, OtherProcesses others) {
    loaded().ifPresent(models -> models.expect(config));
    Ports here = ports();
    Optional<Embeddings> own = here.embeddings().ofPreferences();
    return turns
        .over(
            others
                .embeddings()
                .map(remote -> own.map(remote::withPreferences).orElse(remote))
                .map(here::withEmbeddings)
                .orElse(here),
            versions().all(config.global().remoteEmbeddings()))
        .withLanguageModel(turns.over(others.languageModel(), config.global().externals()))
        .withAudio(turns.over(others.audio(), config.global().externals()))
        .withImages(turns.over(others.images(), config.global().externals()))
        .withDomainTool(others.domainTool());
  }

  /** How each model computes what signals ask about a text; loads those that are not yet. */
  List<EncoderPlan> plans(String text) {
    return demand().map(loaded -> loaded.plans(needs, text)).orElse(List.of());
  }

  /** Native calls that run beside one another; none where nothing runs on the engine. */
  OptionalInt lanes() {
    return loaded().flatMap(LoadedModels::engine).isEmpty()
        ? OptionalInt.empty()
        : OptionalInt.of(EngineSettings.of(settings, directory).inference().lanes());
  }

  TurnCache turns() {
    return turns;
  }

  private Ports ports() {
    Ports ports =
        Ports.none()
            .withTicker(System::nanoTime)
            .withClock(InstantSource.system())
            .withTasks(questions);
    return switch (state.get()) {
      case State.Ready(var loaded) ->
          ports
              .withEncoders(loaded.encoders())
              .withEmbeddings(embeddings(loaded))
              .withMentions(loaded.mentions())
              .withLanguages(loaded.languages());
      case State.Missing _ -> ports;
      case State.Waiting() -> onDemand(ports);
    };
  }

  private Ports onDemand(Ports ports) {
    Ports later = ports;
    if (!needs.tasks().isEmpty()) {
      later = later.withEncoders(OnDemand.encoders(needs, store(), this::demand));
    }
    if (needs.sentences()) {
      later = later.withEmbeddings(onDemand(LoadedModels::embeddings));
    }
    if (needs.own().preferences().isPresent()) {
      Embeddings preferences = onDemand(LoadedModels::preferences);
      later = later.withEmbeddings(later.embeddings().withPreferences(preferences));
    }
    if (needs.personalData()) {
      later = later.withMentions(OnDemand.mentions(this::demand));
    }
    if (needs.languages()) {
      later = later.withLanguages(OnDemand.languages(this::demand, this::loaded));
    }
    return later;
  }

  private Embeddings onDemand(Function<LoadedModels, Embeddings> encoder) {
    return OnDemand.embeddings(this::demand, encoder, () -> loaded().isPresent());
  }

  private Embeddings embeddings(LoadedModels loaded) {
    Embeddings all = loaded.lasting(loaded.embeddings(), vectors, versions().sentences());
    return needs.own().preferences().isEmpty()
        ? all
        : all.withPreferences(
            loaded.lasting(loaded.preferences(), vectors, versions().preferences()));
  }

  /** How far each model is. */
  ModelStates states() {
    List<String> names = needs.names();
    Map<String, String> missing = missing();
    List<String> there = names.stream().filter(name -> !missing.containsKey(name)).toList();
    List<String> absent = names.stream().filter(missing::containsKey).toList();
    return loaded().isPresent()
        ? ModelStates.own(there, List.of(), absent)
        : ModelStates.own(List.of(), there, absent);
  }

  /** The answer of {@code GET /info/models}. */
  ObjectNode info(OtherProcesses others) {
    ObjectNode root = Json.object();
    ArrayNode list = root.putArray("models");
    ModelStates states = states();
    Optional<LoadedModels> loaded = loaded();
    needs
        .types()
        .forEach((name, type) -> {
          ObjectNode model = list.addObject().put("name", name).put("type", type);
          model.put("loaded", states.ready().contains(name));
          model.put("state", word(states, name));
          if (states.ready().contains(name)) {
            loaded.ifPresent(l -> ModelFacts.of(name, needs, store(), l, model));
          }
        });
    int own = list.size();
    others.describe(list);
    root.putObject("summary")
        .put("ready", states.missing().isEmpty())
        .put("loaded_models", states.ready().size())
        .put("total_models", own)
        .put("external_models", list.size() - own);
    ModelFacts.system(loaded.flatMap(LoadedModels::engine), root.putObject("system"));
    return root;
  }

  private static String word(ModelStates states, String name) {
    if (states.missing().contains(name)) {
      return "missing";
    }
    return states.ready().contains(name) ? "ready" : "not_loaded";
  }

  /** Nothing is loaded any more. */
  @Override
  public void close() {
    loading.lock();
    try {
      closed = true;
      loaded().ifPresent(LoadedModels::close);
    } finally {
      loading.unlock();
    }
  }
}
