package dev.gatun.router.config;

import dev.gatun.router.config.ModelNames.Named;
import dev.gatun.router.text.Nearest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Rules between the keys of {@code global.model_catalog} (spec config §7.5, §7.7, §12.5). */
final class CatalogCheck {
  /** Modules and the model of {@code system} that each asks for when it says nothing else. */
  static final Map<String, String> MODULES = modules();

  /** What the models of {@code system} are asked. */
  private static final Map<String, String> TASKS =
      Map.of(
          "prompt_guard", "jailbreak",
          "domain_classifier", "domain",
          "pii_classifier", "pii",
          "fact_check_classifier", "fact_check",
          "hallucination_detector", "hallucination",
          "hallucination_explainer", "nli",
          "feedback_detector", "user_feedback");

  /** Paths of embedding models and the family that each is of; empty for one of any. */
  private static final Map<String, String> EMBEDDINGS =
      Map.of(
          "qwen3_model_path", "qwen3",
          "gemma_model_path", "gemma3",
          "mmbert_model_path", "modernbert",
          "multimodal_model_path", "",
          "bert_model_path", "bert");

  /** Most names that are suggested. */
  private static final int NEAR_MAX = 3;

  private static final String MODEL_ID = "model_id";
  private static final String MODEL_REF = "model_ref";

  private final Section catalog;
  private final ModelNames names;
  private final List<NamedModel> found = new ArrayList<>();

  private CatalogCheck(Section catalog, ModelNames names) {
    this.catalog = catalog;
    this.names = names;
  }

  /** The models that are named, in an order of their own. */
  static List<NamedModel> of(Section catalog, ModelNames names) {
    CatalogCheck check = new CatalogCheck(catalog, names);
    Section modules = catalog.section("modules");
    MODULES.forEach((path, usual) -> check.module(at(modules, path), usual));
    Section system = catalog.section("system");
    MODULES.values().forEach(key -> check.named(system, key, task(key), Optional.empty()));
    Section semantic = catalog.section("embeddings").section("semantic");
    EMBEDDINGS.keySet().stream()
        .sorted()
        .forEach(key ->
            check.named(
                semantic,
                key,
                Optional.of("embedding"),
                Optional.of(EMBEDDINGS.getOrDefault(key, "")).filter(f -> !f.isEmpty())));
    Section modality = modules.section("modality_detector").section("classifier");
    check.named(modality, "model_path", Optional.of("modality"), Optional.empty());
    return check.found;
  }

  private static Map<String, String> modules() {
    Map<String, String> modules = new LinkedHashMap<>();
    modules.put("prompt_guard", "prompt_guard");
    modules.put("classifier.domain", "domain_classifier");
    modules.put("classifier.pii", "pii_classifier");
    modules.put("hallucination_mitigation.fact_check", "fact_check_classifier");
    modules.put("hallucination_mitigation.detector", "hallucination_detector");
    modules.put("hallucination_mitigation.explainer", "hallucination_explainer");
    modules.put("feedback_detector", "feedback_detector");
    return modules;
  }

  private static Optional<String> task(String systemKey) {
    return Optional.ofNullable(TASKS.get(systemKey));
  }

  private static Section at(Section modules, String path) {
    Section section = modules;
    for (String key : path.split("\\.", -1)) {
      section = section.section(key);
    }
    return section;
  }

  /** A module asks for a model by its own path, by a known name, or by a key of {@code system}. */
  private void module(Section module, String usual) {
    if (module.text(MODEL_ID).isPresent()) {
      named(module, MODEL_ID, task(usual), Optional.empty());
      return;
    }
    if (isReplaced(usual)) {
      return;
    }
    String reference = module.text(MODEL_REF).orElse(usual);
    Section system = catalog.section("system");
    if (MODULES.containsValue(reference)) {
      if (system.writtenText(reference).filter(String::isEmpty).isPresent()) {
        system.error(
            reference,
            "the model is empty, but " + module.path() + " asks for it",
            "name a model, or write model_id in that module");
      }
    } else if (names.find(reference) instanceof Named.Model) {
      named(module, MODEL_REF, task(usual), Optional.empty());
    } else {
      module.error(
          MODEL_REF,
          "\"" + reference + "\" is neither a key of global.model_catalog.system nor a known model",
          Report.didYouMean(
              reference,
              Stream.concat(MODULES.values().stream(), names.names().stream()).toList(),
              "write one of " + String.join(", ", MODULES.values())));
    }
  }

  /**
   * A model that is named at a key.
   *
   * @param task that it is there for
   * @param family that the key is for
   */
  private void named(Section section, String key, Optional<String> task, Optional<String> family) {
    Optional<String> written = section.text(key);
    if (written.isEmpty()) {
      return;
    }
    String name = written.get();
    found.add(new NamedModel(section.path() + "." + key, name));
    switch (names.find(name)) {
      case Named.Model(Optional<String> does, Optional<String> is) -> {
        differs(section, key, name, does, task, "is a model for ");
        differs(section, key, name, is, family, "is of the family ");
      }
      case Named.Nothing() when name.indexOf('/') < 0 ->
          section.unnoticed(
              key, "\"" + name + "\" is neither a known model nor a folder", near(name));
      case Named.Nothing() -> {}
      case Named.Folder() -> {}
      case Named.Unknown() -> {}
    }
  }

  /** Names a few edits away, or else those that go on as the written one begins. */
  private String near(String name) {
    List<String> near = Nearest.names(name, names.names(), NEAR_MAX);
    if (near.isEmpty()) {
      near = names.names().stream().filter(n -> n.startsWith(name)).limit(NEAR_MAX).toList();
    }
    return near.isEmpty()
        ? "gatun model list names those that are known; a path has a slash"
        : "did you mean \"" + String.join("\" or \"", near) + "\"?";
  }

  private static void differs(
      Section section,
      String key,
      String name,
      Optional<String> known,
      Optional<String> wanted,
      String what) {
    if (known.isPresent() && wanted.isPresent() && !known.equals(wanted)) {
      section.unnoticed(
          key,
          "\"" + name + "\" " + what + known.get() + ", not " + wanted.get(),
          "name another model here");
    }
  }

  /** Whether a tool of another process stands in for a model that is said not to be there. */
  private boolean isReplaced(String usual) {
    return usual.equals("domain_classifier")
        && McpDecoder.section(catalog).flag("enabled", false)
        && !McpDecoder.hasLocal(catalog);
  }
}
