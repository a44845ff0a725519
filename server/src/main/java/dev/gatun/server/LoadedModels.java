package dev.gatun.server;

import dev.gatun.inference.Inference;
import dev.gatun.inference.InferenceException;
import dev.gatun.inference.LoadWatch;
import dev.gatun.inference.RuntimeInfo;
import dev.gatun.router.config.GlobalSettings.NativeSettings;
import dev.gatun.router.config.Profile;
import dev.gatun.router.config.RouterConfig;
import dev.gatun.router.port.Embeddings;
import dev.gatun.router.port.EncoderPlan;
import dev.gatun.router.port.Encoders;
import dev.gatun.router.port.Languages;
import dev.gatun.router.port.Mentions;
import dev.gatun.router.signal.Language;
import dev.gatun.server.inference.DetectedLanguages;
import dev.gatun.server.inference.LastingEmbeddings;
import dev.gatun.server.inference.LinguaLanguages;
import dev.gatun.server.inference.ModelStore;
import dev.gatun.server.inference.NativeEncoders;
import dev.gatun.server.inference.PersonalDataFinder;
import dev.gatun.server.inference.SentenceEmbedder;
import dev.gatun.server.inference.Trunk;
import dev.gatun.server.inference.Trunks;
import dev.gatun.server.inference.VectorFiles;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Those of the needed models that could be loaded. Owns them. Safe for use by many threads.
 *
 * @param missing names of the others, with why
 */
record LoadedModels(
    Optional<Engine> engine, Optional<Languages> detector, Map<String, String> missing)
    implements AutoCloseable {
  private static final Logger LOG = System.getLogger(LoadedModels.class.getName());

  /**
   * The native engine and what runs on it.
   *
   * @param trunks that the others are over, which they hold
   * @param preferences what compares texts of preference rules, where another encoder does
   */
  record Engine(
      Inference inference,
      Trunks trunks,
      NativeEncoders classifiers,
      Optional<SentenceEmbedder> embedder,
      Optional<SentenceEmbedder> preferences,
      Optional<PersonalDataFinder> finder) {
    private void close() {
      finder.ifPresent(PersonalDataFinder::close);
      preferences.ifPresent(SentenceEmbedder::close);
      embedder.ifPresent(SentenceEmbedder::close);
      classifiers.close();
      trunks.close();
      inference.close();
    }

    /** The encoder that computes for a model; empty for one that is not loaded. */
    Optional<Trunk> trunk(ModelNeeds needs, String model) {
      return Stream.of(
              needs.tasks().stream()
                  .filter(task -> needs.model(task).equals(model))
                  .flatMap(task -> classifiers.trunk(task).stream()),
              embedder.filter(_ -> needs.sentenceModel().equals(model)).stream()
                  .map(SentenceEmbedder::trunk),
              preferences.filter(_ -> needs.isOfPreferences(model)).stream()
                  .map(SentenceEmbedder::trunk),
              finder.filter(_ -> needs.personalDataModel().equals(model)).stream()
                  .map(PersonalDataFinder::trunk))
          .flatMap(found -> found)
          .findFirst();
    }
  }

  LoadedModels {
    missing = Map.copyOf(missing);
  }

  /** Loads what is needed and says what cannot be. */
  static LoadedModels load(
      ModelNeeds needs, NativeSettings settings, Path directory, LoadWatch watch) {
    Map<String, String> missing = new LinkedHashMap<>();
    Optional<Languages> detector =
        needs.languages() ? detector(needs, settings, directory, missing) : Optional.empty();
    Optional<Engine> engine =
        needs.engine() ? engine(needs, settings, directory, watch, missing) : Optional.empty();
    missing.forEach((name, reason) ->
        LOG.log(Level.WARNING, "the model " + name + " cannot be loaded: " + reason));
    missing.keySet().removeAll(needs.optional());
    return new LoadedModels(engine, detector, missing);
  }

  private static Optional<Languages> detector(
      ModelNeeds needs, NativeSettings settings, Path directory, Map<String, String> missing) {
    Path models = settings.modelsDir().map(Path::of).orElse(directory);
    try {
      return Optional.of(
          switch (needs.compatibility()) {
            case GATUN -> DetectedLanguages.open(new ModelStore(models));
            case UPSTREAM_0_3 -> LinguaLanguages.open();
          });
    } catch (InferenceException e) {
      missing.put(needs.languageModel(), String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }

  private static Optional<Engine> engine(
      ModelNeeds needs,
      NativeSettings settings,
      Path directory,
      LoadWatch watch,
      Map<String, String> missing) {
    try {
      return Optional.of(
          engine(needs, EngineSettings.of(settings, directory), settings, watch, missing));
    } catch (InferenceException e) {
      String reason = String.valueOf(e.getMessage());
      needs
          .types()
          .forEach((name, _) -> {
            if (!name.equals(needs.languageModel())) {
              missing.put(name, reason);
            }
          });
      return Optional.empty();
    }
  }

  private static Engine engine(
      ModelNeeds needs,
      EngineSettings engine,
      NativeSettings settings,
      LoadWatch watch,
      Map<String, String> missing) {
    settings.isaMax().ifPresent(isa -> Inference.limitIsa(engine.inference().library(), isa));
    Inference inference = Inference.open(engine.inference());
    Trunks trunks =
        new Trunks(inference, new ModelStore(engine.models()), engine.load().with(watch));
    try {
      NativeEncoders classifiers =
          NativeEncoders.open(
              trunks,
              needs.tasks(),
              needs.own().tasks(),
              needs.compatibility(),
              (task, e) -> missing.put(needs.model(task), String.valueOf(e.getMessage())));
      Optional<SentenceEmbedder> embedder =
          needs.sentences()
              ? tried(needs.sentenceModel(), missing, () -> embedder(trunks, needs))
              : Optional.empty();
      Optional<SentenceEmbedder> preferences =
          needs
              .own()
              .preferences()
              .flatMap(own -> tried(needs.own().name(own), missing, () -> trunks.embedder(own)));
      Optional<PersonalDataFinder> finder =
          needs.personalData()
              ? tried(needs.personalDataModel(), missing, () -> finder(trunks, needs))
              : Optional.empty();
      trunks.warnings().forEach(text -> LOG.log(Level.WARNING, text));
      return new Engine(inference, trunks, classifiers, embedder, preferences, finder);
    } catch (RuntimeException | Error e) {
      trunks.close();
      inference.close();
      throw e;
    }
  }

  private static SentenceEmbedder embedder(Trunks trunks, ModelNeeds needs) {
    return needs
        .own()
        .sentences()
        .map(trunks::embedder)
        .orElseGet(() -> new SentenceEmbedder(trunks.embedded()));
  }

  private static PersonalDataFinder finder(Trunks trunks, ModelNeeds needs) {
    return needs
        .own()
        .personalData()
        .map(own -> PersonalDataFinder.own(trunks, own, needs.compatibility()))
        .orElseGet(() -> PersonalDataFinder.open(trunks.embedded(), needs.compatibility()));
  }

  /** A model that can be opened; why another one cannot is noted. */
  private static <T> Optional<T> tried(
      String name, Map<String, String> missing, Supplier<T> opened) {
    try {
      return Optional.of(opened.get());
    } catch (InferenceException e) {
      missing.put(name, String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }

  Encoders encoders() {
    return engine.<Encoders>map(Engine::classifiers).orElseGet(Encoders::none);
  }

  Embeddings embeddings() {
    return embeddings(engine.flatMap(Engine::embedder));
  }

  /** What compares texts of preference rules alone; none answers where it could not be loaded. */
  Embeddings preferences() {
    return embeddings(engine.flatMap(Engine::preferences));
  }

  private static Embeddings embeddings(Optional<SentenceEmbedder> embedder) {
    return embedder.<Embeddings>map(e -> e::embed).orElseGet(Embeddings::none);
  }

  /**
   * An encoder that keeps the vectors of a configuration's texts.
   *
   * @param encoder one of these
   * @param version of it
   */
  Embeddings lasting(Embeddings encoder, VectorFiles files, String version) {
    return engine
        .<Embeddings>map(e -> {
          RuntimeInfo runtime = e.inference().runtime();
          String computed = String.join(" ", version, runtime.version(), runtime.isa());
          return new LastingEmbeddings(encoder, files, computed);
        })
        .orElse(encoder);
  }

  /** How each model that runs on the engine computes what signals ask about a text. */
  List<EncoderPlan> plans(ModelNeeds needs, String text) {
    List<EncoderPlan> plans = new ArrayList<>(encoders().plans(text, needs.tasks()));
    engine.flatMap(Engine::embedder).flatMap(e -> e.plan(text)).ifPresent(plans::add);
    engine.flatMap(Engine::preferences).flatMap(e -> e.plan(text)).ifPresent(plans::add);
    engine
        .flatMap(Engine::finder)
        .flatMap(finder -> finder.plan(needs.personalDataModel(), text))
        .ifPresent(plans::add);
    return plans;
  }

  Mentions mentions() {
    return engine.flatMap(Engine::finder).<Mentions>map(f -> f).orElseGet(Mentions::none);
  }

  /** Makes ready for the languages that rules ask about, so that no request waits for that. */
  void expect(RouterConfig config) {
    if (detector.orElse(Languages.none()) instanceof DetectedLanguages detected) {
      Set<String> codes = new LinkedHashSet<>();
      for (Profile profile : config.profiles()) {
        profile.routing().signals().of(Language.class).forEach(rule -> codes.add(rule.name()));
      }
      detected.read(codes);
    }
  }

  Languages languages() {
    return detector.orElseGet(Languages::none);
  }

  @Override
  public void close() {
    engine.ifPresent(Engine::close);
    if (detector.orElse(Languages.none()) instanceof LinguaLanguages lingua) {
      lingua.close();
    }
  }
}
