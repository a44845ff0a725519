package dev.gatun.router.config;

import java.util.LinkedHashMap;
import java.util.Map;

/** Rules between the keys of {@code global.model_catalog} (spec config §7.5, §7.7). */
final class CatalogCheck {
  /** Modules and the model of {@code system} that each asks for when it says nothing else. */
  static final Map<String, String> MODULES = modules();

  private CatalogCheck() {}

  static void of(Section catalog) {
    Section modules = catalog.section("modules");
    MODULES.forEach((path, usual) -> model(catalog, at(modules, path), usual));
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

  private static Section at(Section modules, String path) {
    Section section = modules;
    for (String key : path.split("\\.", -1)) {
      section = section.section(key);
    }
    return section;
  }

  /** A module asks for a model by its own path, or else by a key of {@code system}. */
  private static void model(Section catalog, Section module, String usual) {
    if (module.text("model_id").isPresent() || isReplaced(catalog, usual)) {
      return;
    }
    String reference = module.text("model_ref").orElse(usual);
    Section system = catalog.section("system");
    if (!MODULES.containsValue(reference)) {
      module.error(
          "model_ref",
          "\"" + reference + "\" is no key of global.model_catalog.system",
          Report.didYouMean(
              reference, MODULES.values(), "write one of " + String.join(", ", MODULES.values())));
    } else if (system.writtenText(reference).filter(String::isEmpty).isPresent()) {
      system.error(
          reference,
          "the model is empty, but " + module.path() + " asks for it",
          "name a model, or write model_id in that module");
    }
  }

  /** Whether a tool of another process stands in for a model that is said not to be there. */
  private static boolean isReplaced(Section catalog, String usual) {
    return usual.equals("domain_classifier")
        && McpDecoder.section(catalog).flag("enabled", false)
        && !McpDecoder.hasLocal(catalog);
  }
}
