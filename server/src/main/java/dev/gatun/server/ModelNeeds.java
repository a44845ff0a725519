package dev.gatun.server;

import dev.gatun.router.config.Profile;
import dev.gatun.router.config.RouterConfig;
import dev.gatun.router.config.Routing;
import dev.gatun.router.model.Compatibility;
import dev.gatun.router.port.TextTask;
import dev.gatun.router.signal.Family;
import dev.gatun.server.inference.DetectedLanguages;
import dev.gatun.server.inference.LinguaLanguages;
import dev.gatun.server.inference.NativeEncoders;
import dev.gatun.server.inference.PersonalDataFinder;
import dev.gatun.server.inference.Trunk;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The models that a configuration needs, those of all its profiles together.
 *
 * @param tasks of classifiers of texts
 * @param sentences whether texts are compared by vectors that are computed here
 * @param personalData whether personal data is looked for
 * @param languages whether languages are told apart
 * @param compatibility who tells them apart
 */
record ModelNeeds(
    Set<TextTask> tasks,
    boolean sentences,
    boolean personalData,
    boolean languages,
    Compatibility compatibility) {
  ModelNeeds {
    tasks = Set.copyOf(tasks);
  }

  static ModelNeeds of(RouterConfig config) {
    Set<Family> used = EnumSet.noneOf(Family.class);
    Set<TextTask> tasks = EnumSet.noneOf(TextTask.class);
    for (Profile profile : config.profiles()) {
      Routing routing = profile.routing();
      used.addAll(routing.families());
      for (Family family : routing.families()) {
        family.task().filter(_ -> config.asksClassifier(routing, family)).ifPresent(tasks::add);
      }
    }
    return new ModelNeeds(
        tasks,
        config.global().remoteEmbeddings().isEmpty() && !config.comparing().isEmpty(),
        used.contains(Family.PII),
        used.contains(Family.LANGUAGE),
        config.global().router().compatibility());
  }

  /** Whether anything runs on the native engine. */
  boolean engine() {
    return sentences || personalData || !tasks.isEmpty();
  }

  /** Model name to the signal type that needs it. */
  Map<String, String> types() {
    Map<String, String> types = new LinkedHashMap<>();
    for (TextTask task : TextTask.values()) {
      if (tasks.contains(task)) {
        types.put(NativeEncoders.model(task), task.word());
      }
    }
    if (sentences) {
      types.put(Trunk.MODEL, Family.EMBEDDING.type());
    }
    if (personalData) {
      types.put(PersonalDataFinder.MODEL, Family.PII.type());
    }
    if (languages) {
      types.put(languageModel(), Family.LANGUAGE.type());
    }
    return types;
  }

  /** The same with the trunk that the others are parts of: whoever asks them asks it. */
  Map<String, List<String>> folders() {
    Map<String, List<String>> folders = new LinkedHashMap<>();
    if (engine()) {
      folders.put(
          Trunk.MODEL,
          types().entrySet().stream()
              .filter(need -> !need.getKey().equals(languageModel()))
              .map(Map.Entry::getValue)
              .toList());
    }
    types().forEach((name, type) -> folders.putIfAbsent(name, List.of(type)));
    return folders;
  }

  /** Name of what tells languages apart. */
  String languageModel() {
    return switch (compatibility) {
      case GATUN -> DetectedLanguages.MODEL;
      case UPSTREAM_0_3 -> LinguaLanguages.MODEL;
    };
  }

  List<String> names() {
    return List.copyOf(types().keySet());
  }

  /**
   * Why this cannot be without some of it.
   *
   * @param missing names with why they are
   */
  String without(Map<String, String> missing) {
    String first = names().stream().filter(missing::containsKey).findFirst().orElseThrow();
    String others = missing.size() > 1 ? " (and " + (missing.size() - 1) + " more)" : "";
    return types().get(first)
        + " signals need the model "
        + first
        + others
        + ": "
        + missing.get(first)
        + " (global.router.degraded_start: true starts without it)";
  }
}
