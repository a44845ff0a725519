package dev.gatun.server;

import dev.gatun.inference.Inference;
import dev.gatun.inference.InferenceException;
import dev.gatun.inference.LoadWatch;
import dev.gatun.inference.RuntimeInfo;
import dev.gatun.router.config.GlobalSettings.NativeSettings;
import dev.gatun.router.model.Compatibility;
import dev.gatun.router.port.Embeddings;
import dev.gatun.router.port.Encoders;
import dev.gatun.router.port.Languages;
import dev.gatun.router.port.Mentions;
import dev.gatun.router.port.TextTask;
import dev.gatun.server.inference.DetectedLanguages;
import dev.gatun.server.inference.LastingEmbeddings;
import dev.gatun.server.inference.LinguaLanguages;
import dev.gatun.server.inference.ModelStore;
import dev.gatun.server.inference.NativeEncoders;
import dev.gatun.server.inference.PersonalDataFinder;
import dev.gatun.server.inference.SentenceEmbedder;
import dev.gatun.server.inference.Trunk;
import dev.gatun.server.inference.VectorFiles;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

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
   * @param trunk that all of it shares
   */
  record Engine(
      Inference inference,
      Trunk trunk,
      NativeEncoders classifiers,
      SentenceEmbedder embedder,
      Optional<PersonalDataFinder> finder) {
    private void close() {
      finder.ifPresent(PersonalDataFinder::close);
      embedder.close();
      classifiers.close();
      trunk.close();
      inference.close();
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
      needs.tasks().forEach(task -> missing.put(NativeEncoders.model(task), reason));
      if (needs.sentences()) {
        missing.put(Trunk.MODEL, reason);
      }
      if (needs.personalData()) {
        missing.put(PersonalDataFinder.MODEL, reason);
      }
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
    try {
      Trunk trunk =
          Trunk.open(inference, new ModelStore(engine.models()), engine.load().with(watch));
      trunk.origin().warnings().forEach(text -> LOG.log(Level.WARNING, text));
      NativeEncoders classifiers =
          NativeEncoders.open(trunk, needs.tasks(), needs.compatibility(), missing::put);
      Optional<PersonalDataFinder> finder =
          needs.personalData() ? finder(trunk, needs.compatibility(), missing) : Optional.empty();
      return new Engine(inference, trunk, classifiers, new SentenceEmbedder(trunk), finder);
    } catch (InferenceException e) {
      inference.close();
      throw e;
    }
  }

  private static Optional<PersonalDataFinder> finder(
      Trunk trunk, Compatibility compatibility, Map<String, String> missing) {
    try {
      return Optional.of(PersonalDataFinder.open(trunk, compatibility));
    } catch (InferenceException e) {
      missing.put(PersonalDataFinder.MODEL, String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }

  Encoders encoders() {
    return engine.<Encoders>map(Engine::classifiers).orElseGet(Encoders::none);
  }

  Embeddings embeddings() {
    return engine.<Embeddings>map(e -> e.embedder()::embed).orElseGet(Embeddings::none);
  }

  /**
   * The same, keeping the vectors of a configuration's texts.
   *
   * @param version of the sentence encoder
   */
  Embeddings embeddings(VectorFiles files, String version) {
    return engine
        .<Embeddings>map(e -> {
          RuntimeInfo runtime = e.inference().runtime();
          String computed = String.join(" ", version, runtime.version(), runtime.isa());
          return new LastingEmbeddings(embeddings(), files, computed);
        })
        .orElseGet(Embeddings::none);
  }

  Mentions mentions() {
    return engine.flatMap(Engine::finder).<Mentions>map(f -> f).orElseGet(Mentions::none);
  }

  Languages languages() {
    return detector.orElseGet(Languages::none);
  }

  /** The task of a model; empty for one that is no classifier of texts. */
  static Optional<TextTask> task(String model) {
    for (TextTask task : TextTask.values()) {
      if (NativeEncoders.model(task).equals(model)) {
        return Optional.of(task);
      }
    }
    return Optional.empty();
  }

  @Override
  public void close() {
    engine.ifPresent(Engine::close);
    if (detector.orElse(Languages.none()) instanceof LinguaLanguages lingua) {
      lingua.close();
    }
  }
}
