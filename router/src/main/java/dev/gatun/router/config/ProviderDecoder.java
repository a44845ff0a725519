package dev.gatun.router.config;

import dev.gatun.router.config.Providers.ApiFormat;
import dev.gatun.router.config.Providers.Backend;
import dev.gatun.router.config.Providers.Model;
import dev.gatun.router.config.Providers.Pricing;
import dev.gatun.router.config.Providers.ReasoningFamily;
import dev.gatun.router.config.Providers.Timeouts;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Reads {@code providers}. */
final class ProviderDecoder {
  private static final List<String> SUBSTANCE =
      List.of(
          "backend_refs",
          "reasoning_family",
          "provider_model_id",
          "api_format",
          "external_model_ids",
          "pricing");

  private final CardDecoder cards;
  private final Function<String, Optional<String>> environment;

  ProviderDecoder(CardDecoder cards, Function<String, Optional<String>> environment) {
    this.cards = cards;
    this.environment = environment;
  }

  Providers providers(Section section) {
    Section defaults = section.section("defaults");
    Providers providers =
        new Providers(
            defaults.text("default_model"),
            defaults.text("default_reasoning_effort").orElse(Providers.EFFORT),
            models(section, FamilyDecoder.families(defaults)));
    providers.defaultModel().ifPresent(name -> checkDefault(defaults, name));
    return providers;
  }

  private void checkDefault(Section defaults, String name) {
    if (cards.serving(name).isEmpty()) {
      defaults.error(
          "default_model",
          "\"" + name + "\" is neither a model of routing.modelCards nor one of their loras",
          Report.didYouMean(name, cards.names(), "declare it in routing.modelCards"));
    }
  }

  private List<Model> models(Section providers, Map<String, Optional<ReasoningFamily>> families) {
    Map<String, Model> models = new LinkedHashMap<>();
    for (Section section : providers.sections("models")) {
      Optional<String> name = section.text("name");
      if (name.isEmpty()) {
        section.error("name", "a provider model needs a name", "write the name of its model card");
        continue;
      }
      checkModel(section, name.get(), families.keySet());
      if (models.putIfAbsent(name.get(), model(section, name.get(), families)) != null) {
        section.unnoticed(
            "name", "the provider model \"" + name.get() + "\" is declared twice", "keep one");
      }
    }
    for (Section section : providers.sections("models")) {
      OutboundCheck.of(section, models.keySet());
    }
    return List.copyOf(models.values());
  }

  private void checkModel(Section section, String name, Set<String> families) {
    if (!cards.byName().containsKey(name)) {
      section.error(
          "name",
          "\"" + name + "\" does not match any model of routing.modelCards",
          Report.didYouMean(name, cards.byName().keySet(), "declare it in routing.modelCards"));
    }
    section
        .text("reasoning_family")
        .filter(family -> !families.contains(family))
        .ifPresent(family ->
            section.error(
                "reasoning_family",
                "\"" + family + "\" is not declared",
                Report.didYouMean(
                    family, families, "declare it in providers.defaults.reasoning_families")));
    if (SUBSTANCE.stream().allMatch(key -> isEmpty(section, key))) {
      section.error(
          "name",
          "the model \"" + name + "\" says nothing about where or how it is served",
          "write backend_refs, or one of reasoning_family, provider_model_id, api_format,"
              + " external_model_ids, pricing");
    }
  }

  /** Whether a key says nothing: an empty list or mapping names no more than none does. */
  private static boolean isEmpty(Section section, String key) {
    return section
        .value(key)
        .map(node ->
            switch (node) {
              case Node.Scalar scalar -> scalar.text().isEmpty();
              case Node.Sequence(var _, var items) -> items.isEmpty();
              case Node.Mapping(var _, var entries) -> entries.isEmpty();
            })
        .orElse(true);
  }

  private Model model(
      Section section, String name, Map<String, Optional<ReasoningFamily>> families) {
    return new Model(
        name,
        section
            .text("reasoning_family")
            .flatMap(family -> families.getOrDefault(family, Optional.empty())),
        section
            .word("api_format")
            .map(word -> ApiFormat.valueOf(word.toUpperCase(Locale.ROOT)))
            .orElse(ApiFormat.OPENAI),
        section.has("pricing")
            ? Optional.of(pricing(section.section("pricing")))
            : Optional.empty(),
        timeouts(section.section("timeouts")),
        backends(section, name));
  }

  private static Pricing pricing(Section section) {
    return new Pricing(
        section.text("currency").orElse("USD"),
        section.real("prompt_per_1m"),
        section.real("completion_per_1m"),
        section.real("cached_input_per_1m"));
  }

  private static Timeouts timeouts(Section section) {
    Timeouts usual = Timeouts.byDefault();
    return new Timeouts(
        section.time("connect").orElse(usual.connect()),
        section.time("first_byte").orElse(usual.firstByte()),
        section.time("idle").orElse(usual.idle()));
  }

  private List<Backend> backends(Section model, String name) {
    Map<String, String> ids = new HashMap<>(model.textsByKey("external_model_ids"));
    Optional<String> id = model.text("provider_model_id");
    List<Backend> backends = new ArrayList<>();
    BackendDecoder decoder = new BackendDecoder(environment);
    int index = 0;
    for (Section section : model.sections("backend_refs")) {
      String upstream = ids.isEmpty() ? id.orElse(name) : upstreamName(section, ids).orElse(name);
      decoder.backend(section, index++, upstream).ifPresent(backends::add);
    }
    if (index == 0) {
      model.unnoticed(
          model.has("backend_refs") ? "backend_refs" : "name",
          "the model \"" + name + "\" has no backend, so requests for it cannot be answered",
          "write backend_refs");
    }
    return backends;
  }

  /** The name this backend knows the model by, by its type, or else its provider. */
  private static Optional<String> upstreamName(Section backend, Map<String, String> ids) {
    List<String> order =
        backend
            .text("type")
            .map(type -> List.of(type, "default"))
            .orElseGet(() -> List.of(backend.text("provider").orElse("vllm"), "vllm", "default"));
    return order.stream().filter(ids::containsKey).findFirst().map(ids::get);
  }
}
