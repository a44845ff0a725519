package dev.gatun.router.config;

import dev.gatun.router.config.ModelNameReader.Place;
import dev.gatun.router.config.ModelNames.Named;
import dev.gatun.router.signal.Family;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Reads which encoder models {@code global.model_catalog} names in place of the embedded ones (spec
 * config §7.5, §7.7, §12.5, classifiers §8.3). A name is one of a list, or a folder. A model that
 * is not on this machine cannot run: that is said of every key that asks for one.
 */
final class ModelDecoder {
  /** All parts of a file that ask for a model that {@code system} can name. */
  static final List<Module> MODULES =
      List.of(
          new Module("prompt_guard", "prompt_guard", "jailbreak", Optional.of(Family.JAILBREAK)),
          new Module(
              "classifier.domain", "domain_classifier", "domain", Optional.of(Family.DOMAIN)),
          new Module("classifier.pii", "pii_classifier", "pii", Optional.of(Family.PII)),
          new Module(
              "hallucination_mitigation.fact_check",
              "fact_check_classifier",
              "fact_check",
              Optional.of(Family.FACT_CHECK)),
          new Module(
              "hallucination_mitigation.detector",
              "hallucination_detector",
              "hallucination",
              Optional.empty()),
          new Module(
              "hallucination_mitigation.explainer",
              "hallucination_explainer",
              "nli",
              Optional.empty()),
          new Module(
              "feedback_detector",
              "feedback_detector",
              "user_feedback",
              Optional.of(Family.USER_FEEDBACK)));

  private static final String MODEL_ID = "model_id";
  private static final String MODEL_REF = "model_ref";
  private static final String ADAPTER = "adapter";

  private final Section catalog;
  private final ModelNames names;
  private final ModelNameReader reader;
  private final List<OwnModel> own = new ArrayList<>();

  private ModelDecoder(Section catalog, ModelNames names) {
    this.catalog = catalog;
    this.names = names;
    this.reader = new ModelNameReader(names);
  }

  /**
   * A part of a file that asks for a model.
   *
   * @param path below {@code modules}
   * @param system key of the model that it asks for when it says nothing else
   * @param task what the model is asked
   * @param family whose rules ask it; empty where nothing does yet
   */
  record Module(String path, String system, String task, Optional<Family> family) {}

  /**
   * The models of a file.
   *
   * @param named all that it names, in an order of their own
   * @param own those that run, one for a family at most
   */
  record Models(List<NamedModel> named, List<OwnModel> own) {
    Models {
      named = List.copyOf(named);
      own = List.copyOf(own);
    }
  }

  static Models read(Section catalog, ModelNames names) {
    ModelDecoder decoder = new ModelDecoder(catalog, names);
    Section modules = catalog.section("modules");
    Set<String> asked = new LinkedHashSet<>();
    for (Module module : MODULES) {
      Section section = at(modules, module.path);
      Optional<Place> place = decoder.place(section, module);
      place.filter(p -> p.isIn("system")).map(Place::key).ifPresent(asked::add);
      decoder.module(section, module, place);
    }
    decoder.unasked(asked);
    decoder.modality(modules.section("modality_detector").section("classifier"));
    decoder.own.addAll(EmbeddingModelDecoder.read(catalog, decoder.reader));
    return new Models(decoder.reader.read(), decoder.own);
  }

  /** Whether a name is a key of {@code system}. */
  static boolean isSystemKey(String name) {
    return MODULES.stream().anyMatch(module -> module.system.equals(name));
  }

  private static List<String> systemKeys() {
    return MODULES.stream().map(Module::system).toList();
  }

  private static Section at(Section modules, String path) {
    Section section = modules;
    for (String key : path.split("\\.", -1)) {
      section = section.section(key);
    }
    return section;
  }

  /**
   * Where the model of a module is named: its own path, a known name, or a key of {@code system};
   * empty when it is named nowhere.
   */
  private Optional<Place> place(Section section, Module module) {
    if (section.text(MODEL_ID).isPresent()) {
      return Optional.of(new Place(section, MODEL_ID));
    }
    if (isReplaced(module)) {
      return Optional.empty();
    }
    String reference = section.text(MODEL_REF).orElse(module.system);
    if (isSystemKey(reference)) {
      return inSystem(section, reference);
    }
    if (names.find(reference) instanceof Named.Model) {
      return Optional.of(new Place(section, MODEL_REF));
    }
    section.error(
        MODEL_REF,
        "\"" + reference + "\" is neither a key of global.model_catalog.system nor a known model",
        Report.didYouMean(
            reference,
            Stream.concat(systemKeys().stream(), names.names().stream()).toList(),
            "write one of " + String.join(", ", systemKeys())));
    return Optional.empty();
  }

  private Optional<Place> inSystem(Section module, String key) {
    Section system = catalog.section("system");
    if (system.writtenText(key).filter(String::isEmpty).isPresent()) {
      system.error(
          key,
          "the model is empty, but " + module.path() + " asks for it",
          "name a model, or write model_id in that module");
    }
    return system.text(key).map(_ -> new Place(system, key));
  }

  /** A model, an adapter over it or over the one that the adapter names, or neither. */
  private void module(Section section, Module module, Optional<Place> place) {
    if (module.family.isEmpty()) {
      place.ifPresent(p -> reader.name(p, module.task));
      return;
    }
    // What an adapter is over may be there for anything.
    Optional<String> task = Optional.of(module.task).filter(_ -> section.text(ADAPTER).isEmpty());
    Optional<String> model = place.flatMap(p -> reader.asked(p, task, Optional.empty()));
    Optional<String> adapter =
        section
            .text(ADAPTER)
            .flatMap(_ ->
                reader.asked(
                    new Place(section, ADAPTER), Optional.of(module.task), Optional.empty()));
    boolean isWhole =
        model.isPresent() == place.isPresent()
            && adapter.isPresent() == section.text(ADAPTER).isPresent();
    if (isWhole && (model.isPresent() || adapter.isPresent())) {
      own.add(
          new OwnModel(module.family.get(), model, adapter, Optional.empty(), OptionalInt.empty()));
    }
  }

  /** Models of {@code system} that no module asks for. */
  private void unasked(Set<String> asked) {
    Section system = catalog.section("system");
    for (Module module : MODULES) {
      if (!asked.contains(module.system) && system.text(module.system).isPresent()) {
        reader.name(new Place(system, module.system), module.task);
        system.warning(
            module.system,
            "no module asks for this model",
            "remove it, or the model_id or model_ref that says otherwise");
      }
    }
  }

  private void modality(Section classifier) {
    if (classifier.text("model_path").isPresent()) {
      reader
          .asked(new Place(classifier, "model_path"), Optional.of("modality"), Optional.empty())
          .map(folder ->
              new OwnModel(
                  Family.MODALITY,
                  Optional.of(folder),
                  Optional.empty(),
                  Optional.empty(),
                  OptionalInt.empty()))
          .ifPresent(own::add);
    }
  }

  /** Whether a tool of another process stands in for a model that is said not to be there. */
  private boolean isReplaced(Module module) {
    return module.family.equals(Optional.of(Family.DOMAIN))
        && McpDecoder.section(catalog).flag("enabled", false)
        && !McpDecoder.hasLocal(catalog);
  }
}
