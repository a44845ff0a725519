package dev.gatun.server;

import dev.gatun.inference.InferenceException;
import dev.gatun.router.config.OwnModel;
import dev.gatun.router.config.Profile;
import dev.gatun.router.config.RouterConfig;
import dev.gatun.router.config.Routing;
import dev.gatun.router.model.Compatibility;
import dev.gatun.router.port.TextTask;
import dev.gatun.router.signal.Family;
import dev.gatun.server.inference.DetectedLanguages;
import dev.gatun.server.inference.LinguaLanguages;
import dev.gatun.server.inference.ModelStore;
import dev.gatun.server.inference.NativeEncoders;
import dev.gatun.server.inference.OwnFolders;
import dev.gatun.server.inference.PersonalDataFinder;
import dev.gatun.server.inference.Trunk;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The models that a configuration needs, those of all its profiles together.
 *
 * @param tasks of classifiers of texts
 * @param comparing families that compare texts by vectors that are computed here
 * @param personalData whether personal data is looked for
 * @param patternsSuffice whether all rules of it do without a model that is not here
 * @param languages whether languages are told apart
 * @param compatibility who tells them apart
 * @param own models of the user that do some of this in place of the embedded ones
 */
record ModelNeeds(
    Set<TextTask> tasks,
    Set<Family> comparing,
    boolean personalData,
    boolean patternsSuffice,
    boolean languages,
    Compatibility compatibility,
    OwnModels own) {
  private static final String BETWEEN = ", ";

  ModelNeeds {
    tasks = Set.copyOf(tasks);
    comparing = Set.copyOf(comparing);
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
    Set<Family> comparing =
        config.global().remoteEmbeddings().isEmpty() ? config.comparing() : Set.of();
    boolean personalData = used.contains(Family.PII);
    boolean patternsSuffice =
        config.profiles().stream().noneMatch(profile -> config.asksPersonalData(profile.routing()));
    return new ModelNeeds(
        tasks,
        comparing,
        personalData,
        patternsSuffice,
        used.contains(Family.LANGUAGE),
        config.global().router().compatibility(),
        OwnModels.of(config, tasks, !comparing.isEmpty(), personalData));
  }

  /** Whether texts are compared by vectors that are computed here. */
  boolean sentences() {
    return !comparing.isEmpty();
  }

  /** Whether anything runs on the native engine. */
  boolean engine() {
    return sentences() || personalData || !tasks.isEmpty() || own.preferences().isPresent();
  }

  /** Name of the model that does a task. */
  String model(TextTask task) {
    OwnModel model = own.tasks().get(task);
    return model == null ? NativeEncoders.model(task) : own.name(model);
  }

  /** Name of the model that compares texts. */
  String sentenceModel() {
    return own.sentences().map(own::name).orElse(Trunk.MODEL);
  }

  /** Whether a model compares texts of preference rules alone. */
  boolean isOfPreferences(String model) {
    return own.preferences().map(own::name).equals(Optional.of(model));
  }

  /** Name of the model that finds personal data. */
  String personalDataModel() {
    return own.personalData().map(own::name).orElse(PersonalDataFinder.MODEL);
  }

  /**
   * Names of models that are used where they are here, and missed by nobody where not: those that
   * rules of personal data with patterns alone ask, unless the user names one.
   */
  Set<String> optional() {
    if (!patternsSuffice || own.personalData().isPresent()) {
      return Set.of();
    }
    return types().entrySet().stream()
        .filter(model -> model.getValue().equals(Family.PII.type()))
        .map(Map.Entry::getKey)
        .collect(Collectors.toUnmodifiableSet());
  }

  /** Model name to the signal types that need it. */
  Map<String, String> types() {
    Map<String, String> types = new LinkedHashMap<>();
    for (TextTask task : TextTask.values()) {
      if (tasks.contains(task)) {
        types.merge(model(task), task.word(), ModelNeeds::both);
      }
    }
    comparing.stream()
        .sorted()
        .forEach(family -> types.merge(sentenceModel(), family.type(), ModelNeeds::both));
    own.preferences()
        .ifPresent(
            model -> types.merge(own.name(model), Family.PREFERENCE.type(), ModelNeeds::both));
    if (personalData) {
      types.merge(personalDataModel(), Family.PII.type(), ModelNeeds::both);
    }
    if (languages) {
      types.put(languageModel(), Family.LANGUAGE.type());
    }
    return types;
  }

  private static String both(String one, String other) {
    return one + BETWEEN + other;
  }

  private static List<String> each(String types) {
    return List.of(types.split(BETWEEN));
  }

  /**
   * The folders of all models, those first that others are over: whoever asks these asks them.
   *
   * @param directory of the embedded models
   */
  List<NeededModel> folders(Path directory) {
    Map<String, OwnModel> byName = new LinkedHashMap<>();
    own.all().forEach(model -> byName.put(own.name(model), model));
    Map<Path, List<String>> trunks = new LinkedHashMap<>();
    List<NeededModel> over = new ArrayList<>();
    types()
        .forEach((name, type) -> {
          Optional<OwnModel> model = Optional.ofNullable(byName.get(name));
          Path folder =
              model.map(m -> Path.of(m.folder())).orElseGet(() -> directory.resolve(name));
          Optional<Path> trunk =
              name.equals(languageModel()) ? Optional.empty() : trunk(model, directory);
          trunk.ifPresent(
              t -> trunks.computeIfAbsent(t, _ -> new ArrayList<>()).addAll(each(type)));
          if (!trunk.equals(Optional.of(folder))) {
            over.add(new NeededModel(name, folder, each(type)));
          }
        });
    return Stream.concat(
            trunks.entrySet().stream().map(t -> trunk(t.getKey(), t.getValue())), over.stream())
        .toList();
  }

  /** What a model is over, or is itself; empty for one of the user that is not whole. */
  private static Optional<Path> trunk(Optional<OwnModel> model, Path directory) {
    ModelStore store = new ModelStore(directory);
    try {
      return Optional.of(
          model.map(m -> OwnFolders.of(m, store).base()).orElseGet(() -> store.path(Trunk.MODEL)));
    } catch (InferenceException e) {
      return Optional.empty();
    }
  }

  private NeededModel trunk(Path folder, List<String> askedBy) {
    String name =
        own.all().stream()
            .filter(model -> Path.of(model.folder()).equals(folder))
            .map(own::name)
            .findFirst()
            .orElseGet(() -> String.valueOf(folder.getFileName()));
    return new NeededModel(name, folder, askedBy);
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
