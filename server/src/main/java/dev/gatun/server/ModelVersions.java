package dev.gatun.server;

import dev.gatun.router.config.GlobalSettings.NativeSettings;
import dev.gatun.router.config.OwnModel;
import dev.gatun.router.config.RemoteEmbeddings;
import dev.gatun.router.port.TextTask;
import dev.gatun.server.inference.ModelStore;
import dev.gatun.server.inference.NativeEncoders;
import dev.gatun.server.inference.PersonalDataFinder;
import dev.gatun.server.inference.Trunk;
import dev.gatun.server.inference.TurnCache;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** What tells two builds of a model apart, so that answers of one are not taken for the other's. */
record ModelVersions(ModelStore store, NativeSettings settings, OwnModels own) {
  /** Of what compares texts here. */
  String sentences() {
    return own.sentences().map(this::own).orElseGet(this::trunk);
  }

  /** Of what compares texts of preference rules here. */
  String preferences() {
    return own.preferences().map(this::own).orElseGet(this::sentences);
  }

  private String trunk() {
    return store.digest(Trunk.MODEL).orElse("") + settings.precision().orElse("");
  }

  private String own(OwnModel model) {
    return OwnModels.version(model, store).orElse("") + settings.precision().orElse("");
  }

  /**
   * Of all models. One that is not built answers nothing that could be kept.
   *
   * @param remote what compares texts in place of the trunk
   */
  TurnCache.Versions all(Optional<RemoteEmbeddings> remote) {
    String trunk = trunk();
    Map<TextTask, String> classifiers = new EnumMap<>(TextTask.class);
    for (TextTask task : TextTask.values()) {
      OwnModel model = own.tasks().get(task);
      classifiers.put(
          task,
          model == null ? trunk + store.digest(NativeEncoders.model(task)).orElse("") : own(model));
    }
    return new TurnCache.Versions(
        task -> Objects.requireNonNull(classifiers.get(task)),
        remote.map(RemoteEmbeddings::identity).orElseGet(this::sentences),
        preferences(),
        own.personalData()
            .map(this::own)
            .orElseGet(() -> trunk + store.digest(PersonalDataFinder.MODEL).orElse("")));
  }
}
