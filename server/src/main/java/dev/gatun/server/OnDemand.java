package dev.gatun.server;

import dev.gatun.router.config.OwnModel;
import dev.gatun.router.port.Answer;
import dev.gatun.router.port.Distribution;
import dev.gatun.router.port.Embedding;
import dev.gatun.router.port.Embeddings;
import dev.gatun.router.port.EncoderPlan;
import dev.gatun.router.port.Encoders;
import dev.gatun.router.port.Languages;
import dev.gatun.router.port.Mentions;
import dev.gatun.router.port.TextTask;
import dev.gatun.server.inference.ModelStore;
import dev.gatun.server.inference.NativeEncoders;
import dev.gatun.server.inference.OwnFolders;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;

/** Ports over models that the first question loads. */
final class OnDemand {
  private OnDemand() {}

  /**
   * Classifiers. What their labels are, is known before they are loaded.
   *
   * @param loaded loads the models, or gives those that are
   * @throws dev.gatun.inference.InferenceException when labels cannot be read
   */
  static Encoders encoders(
      ModelNeeds needs, ModelStore store, Supplier<Optional<LoadedModels>> loaded) {
    Map<TextTask, List<String>> labels = new EnumMap<>(TextTask.class);
    for (TextTask task : needs.tasks()) {
      OwnModel own = needs.own().tasks().get(task);
      labels.put(
          task,
          own == null
              ? store.card(NativeEncoders.model(task)).labels()
              : OwnFolders.of(own, store).labels(task));
    }
    return new Classifiers(labels, loaded);
  }

  /**
   * A sentence encoder.
   *
   * @param encoder the one of them that is asked
   * @param isLoaded whether it is there already
   */
  static Embeddings embeddings(
      Supplier<Optional<LoadedModels>> loaded,
      Function<LoadedModels, Embeddings> encoder,
      BooleanSupplier isLoaded) {
    return new Embeddings() {
      @Override
      public Answer<List<Embedding>> embed(List<String> texts) {
        return loaded.get().map(encoder).orElseGet(Embeddings::none).embed(texts);
      }

      @Override
      public boolean isLoaded() {
        return isLoaded.getAsBoolean();
      }
    };
  }

  /** What finds personal data. */
  static Mentions mentions(Supplier<Optional<LoadedModels>> loaded) {
    return text -> loaded.get().map(LoadedModels::mentions).orElseGet(Mentions::none).find(text);
  }

  /**
   * A detector of languages.
   *
   * @param there the models that are loaded already
   */
  static Languages languages(
      Supplier<Optional<LoadedModels>> loaded, Supplier<Optional<LoadedModels>> there) {
    return new Languages() {
      @Override
      public Answer<Distribution> detect(String text) {
        return loaded.get().map(LoadedModels::languages).orElseGet(Languages::none).detect(text);
      }

      @Override
      public Optional<Distribution> atOnce(String text) {
        return there.get().map(LoadedModels::languages).flatMap(known -> known.atOnce(text));
      }
    };
  }

  private record Classifiers(
      Map<TextTask, List<String>> byTask, Supplier<Optional<LoadedModels>> loaded)
      implements Encoders {
    @Override
    public List<String> labels(TextTask task) {
      return byTask.getOrDefault(task, List.of());
    }

    @Override
    public Answer<Map<TextTask, Distribution>> classify(String text, Set<TextTask> tasks) {
      return now().classify(text, tasks);
    }

    @Override
    public List<EncoderPlan> plans(String text, Set<TextTask> tasks) {
      return now().plans(text, tasks);
    }

    private Encoders now() {
      return loaded.get().map(LoadedModels::encoders).orElseGet(Encoders::none);
    }
  }
}
