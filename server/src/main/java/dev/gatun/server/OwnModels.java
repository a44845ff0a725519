package dev.gatun.server;

import dev.gatun.inference.InferenceException;
import dev.gatun.router.config.GlobalSettings;
import dev.gatun.router.config.OwnModel;
import dev.gatun.router.config.RouterConfig;
import dev.gatun.router.port.TextTask;
import dev.gatun.router.signal.Family;
import dev.gatun.server.digest.Sha256;
import dev.gatun.server.inference.ModelStore;
import dev.gatun.server.inference.OwnFolders;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Models of the user that a configuration needs in place of the embedded ones.
 *
 * @param tasks classifiers of texts
 * @param sentences what compares texts
 * @param preferences what compares those of preference rules, where another one does
 * @param personalData what finds personal data
 */
record OwnModels(
    Map<TextTask, OwnModel> tasks,
    Optional<OwnModel> sentences,
    Optional<OwnModel> preferences,
    Optional<OwnModel> personalData) {
  /** Deep enough for every layout that is read: modules are one folder down. */
  private static final int DEPTH = 3;

  OwnModels {
    tasks = Map.copyOf(tasks);
  }

  /**
   * Those of a configuration.
   *
   * @param tasks that it needs
   * @param sentences whether it compares texts by vectors that are computed here
   * @param personalData whether it looks for personal data
   */
  static OwnModels of(
      RouterConfig config, Set<TextTask> tasks, boolean sentences, boolean personalData) {
    GlobalSettings settings = config.global();
    Map<TextTask, OwnModel> own = new EnumMap<>(TextTask.class);
    for (Family family : Family.values()) {
      family
          .task()
          .filter(tasks::contains)
          .ifPresent(task -> settings.own(family).ifPresent(model -> own.put(task, model)));
    }
    return new OwnModels(
        own,
        settings.own(Family.EMBEDDING).filter(_ -> sentences),
        config.preferenceEncoder(),
        settings.own(Family.PII).filter(_ -> personalData));
  }

  /** Name of one of them: that of its folder, or the whole path where another one has that name. */
  String name(OwnModel model) {
    String last = last(model);
    boolean isShared =
        all().stream()
            .anyMatch(other -> !other.folder().equals(model.folder()) && last(other).equals(last));
    return isShared ? model.folder() : last;
  }

  private static String last(OwnModel model) {
    return String.valueOf(Path.of(model.folder()).getFileName());
  }

  /**
   * What tells a model from another one, and from itself with other files, without reading them:
   * names, sizes and times of change. Empty for one that is not there.
   *
   * @param store the embedded models, which adapters may be over
   */
  static Optional<String> version(OwnModel model, ModelStore store) {
    StringBuilder text = new StringBuilder().append(model.layer().orElse(0)).append('\n');
    try {
      OwnFolders folders = OwnFolders.of(model, store);
      describe(folders.base(), text);
      if (folders.over().isPresent()) {
        describe(folders.over().get(), text);
      }
      return Optional.of(Sha256.of(text.toString().getBytes(StandardCharsets.UTF_8)));
    } catch (IOException | InferenceException e) {
      return Optional.empty();
    }
  }

  private static void describe(Path folder, StringBuilder text) throws IOException {
    try (Stream<Path> files = Files.walk(folder, DEPTH)) {
      for (Path file : files.sorted().toList()) {
        BasicFileAttributes facts = Files.readAttributes(file, BasicFileAttributes.class);
        if (facts.isRegularFile()) {
          text.append(file)
              .append(' ')
              .append(facts.size())
              .append(' ')
              .append(facts.lastModifiedTime())
              .append('\n');
        }
      }
    }
  }

  /** All of them. */
  List<OwnModel> all() {
    return Stream.of(
            tasks.values().stream(),
            sentences.stream(),
            preferences.stream(),
            personalData.stream())
        .flatMap(models -> models)
        .toList();
  }
}
