package dev.gatun.server;

import dev.gatun.router.config.GlobalSettings.NativeSettings;
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
record ModelVersions(ModelStore store, NativeSettings settings) {
  /** Of the trunk. */
  String trunk() {
    return store.digest(Trunk.MODEL).orElse("") + settings.precision().orElse("");
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
      classifiers.put(task, trunk + store.digest(NativeEncoders.model(task)).orElse(""));
    }
    return new TurnCache.Versions(
        task -> Objects.requireNonNull(classifiers.get(task)),
        remote.map(RemoteEmbeddings::identity).orElse(trunk),
        trunk + store.digest(PersonalDataFinder.MODEL).orElse(""));
  }
}
