package dev.gatun.router.migration;

import dev.gatun.router.config.Node;
import dev.gatun.router.config.Node.Entry;
import dev.gatun.router.config.Node.Mapping;
import dev.gatun.router.config.Node.Scalar;
import dev.gatun.router.config.Node.Sequence;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Settings of the whole router that once stood at the top or under other names. */
final class LegacyGlobal {
  private static final List<String> ROUTER =
      List.of(
          "strategy",
          "auto_model_name",
          "auto_model_names",
          "include_config_models_in_list",
          "clear_route_cache",
          "model_selection");
  private static final Map<String, String> STREAMED =
      Items.ordered(
          "streamed_body_mode", "enabled",
          "max_streamed_body_bytes", "max_bytes",
          "streamed_body_timeout_sec", "timeout_sec");
  private static final Map<String, List<String>> SECTIONS = sections();

  /** Modules that moved as they are, and the model each asks for. */
  private static final Map<String, String> MODULES = modules();

  private static final Map<String, String> CLASSIFIERS =
      Items.ordered(
          "category_model", "domain",
          "pii_model", "pii",
          "mcp_category_model", "mcp",
          "preference_model", "preference");
  private static final Map<String, String> HALLUCINATION =
      Items.ordered(
          "fact_check_model", "fact_check",
          "hallucination_model", "detector",
          "nli_model", "explainer");
  private static final Map<String, String> REFERENCES =
      Items.ordered(
          "domain", "domain_classifier",
          "pii", "pii_classifier",
          "fact_check", "fact_check_classifier",
          "detector", "hallucination_detector",
          "explainer", "hallucination_explainer");
  private static final Map<String, String> EXTERNAL =
      Items.ordered(
          "provider", "llm_provider",
          "role", "model_role",
          "model_name", "llm_model_name",
          "timeout_seconds", "llm_timeout_seconds");

  private final boolean ours;
  private final Leftovers leftovers;

  LegacyGlobal(boolean ours, Leftovers leftovers) {
    this.ours = ours;
    this.leftovers = leftovers;
  }

  private static Map<String, List<String>> sections() {
    Map<String, List<String>> sections = new LinkedHashMap<>();
    sections.put(
        "services",
        List.of("response_api", "router_replay", "api", "observability", "authz", "ratelimit"));
    sections.put("stores", List.of("semantic_cache", "memory", "vector_store"));
    sections.put("integrations", List.of("tools", "looper"));
    return sections;
  }

  private static Map<String, String> modules() {
    Map<String, String> modules = new LinkedHashMap<>();
    modules.put("prompt_compression", "");
    modules.put("prompt_guard", "prompt_guard");
    modules.put("classifier", "");
    modules.put("hallucination_mitigation", "");
    modules.put("feedback_detector", "feedback_detector");
    modules.put("modality_detector", "");
    return modules;
  }

  void move(Draft top, Draft providers, Draft global) {
    for (String old : List.of("runtime", "models", "modules")) {
      global
          .remove(old)
          .ifPresent(entry -> {
            if (entry.value() instanceof Mapping mapping) {
              Draft draft = Draft.of(mapping);
              sections(draft, global);
              place(draft, "global." + old + ".", global);
              leftovers.rest(draft, "global." + old);
            } else {
              leftovers.add(entry, "global." + old);
            }
          });
    }
    providers
        .remove("external_models")
        .ifPresent(entry -> top.putIfAbsent("external_models", entry, leftovers));
    place(global, "global.", global);
    place(top, "", global);
    if (ours) {
      global
          .inner("model_catalog")
          .inner("embeddings")
          .remove("bert")
          .ifPresent(
              entry -> bert(entry, "global.model_catalog.embeddings.bert", semantic(global)));
    }
  }

  /** Moves what stands under the sections of today already. */
  private void sections(Draft old, Draft global) {
    for (String section : List.of("router", "services", "stores", "integrations")) {
      old.remove(section).ifPresent(entry -> complete(global.inner(section), entry));
    }
    old.remove("embeddings")
        .ifPresent(entry -> complete(global.inner("model_catalog").inner("embeddings"), entry));
  }

  private void complete(Draft section, Entry entry) {
    if (entry.value() instanceof Mapping mapping) {
      section.complete(mapping, leftovers);
    }
  }

  /**
   * Moves every known setting of a flat layout.
   *
   * @param path what stands before its keys in the older file
   */
  private void place(Draft flat, String path, Draft global) {
    Draft router = global.inner("router");
    ROUTER.forEach(key -> move(flat, key, router));
    STREAMED.forEach((old, now) -> {
      flat.remove(old)
          .ifPresent(entry -> router.inner("streamed_body").putIfAbsent(now, entry, leftovers));
    });
    if (ours) {
      List.of("config_source", "skip_processing", "streamed_body")
          .forEach(key -> move(flat, key, router));
    }
    SECTIONS.forEach(
        (section, keys) -> keys.forEach(key -> move(flat, key, global.inner(section))));
    Draft catalog = global.inner("model_catalog");
    for (Map.Entry<String, String> list :
        Items.ordered("system_models", "system", "system", "system", "external", "external")
            .entrySet()) {
      flat.remove(list.getKey())
          .ifPresent(entry -> catalog.putIfAbsent(list.getValue(), entry, leftovers));
    }
    flat.remove("external_models")
        .ifPresent(entry ->
            catalog.putIfAbsent(
                "external",
                ours ? new Entry(entry.position(), entry.key(), externals(entry.value())) : entry,
                leftovers));
    embeddings(flat, path, global);
    MODULES.forEach((key, reference) -> module(flat, path, key, reference, catalog));
  }

  private void move(Draft flat, String key, Draft into) {
    flat.remove(key).ifPresent(entry -> into.putIfAbsent(key, entry, leftovers));
  }

  private static Draft semantic(Draft global) {
    return global.inner("model_catalog").inner("embeddings").inner("semantic");
  }

  /** Upstream reads the two in their order, and a classic model that stands first is all. */
  private void embeddings(Draft flat, String path, Draft global) {
    Optional<Entry> models = flat.remove("embedding_models");
    Optional<Entry> classic = flat.remove("bert_model");
    if (models.isPresent() && models.get().value() instanceof Mapping mapping) {
      if (ours || classic.filter(c -> isBefore(c, models.get())).isEmpty()) {
        Draft semantic = semantic(global);
        semantic.complete(mapping, leftovers);
        if (ours && !semantic.has("embedding_config")) {
          semantic
              .remove("hnsw_config")
              .ifPresent(entry -> semantic.put("embedding_config", entry));
        }
      } else {
        leftovers.add(models.get(), path + "embedding_models", "bert_model takes its place");
      }
    }
    classic.ifPresent(entry -> bert(entry, path + entry.key(), semantic(global)));
  }

  private static boolean isBefore(Entry one, Entry other) {
    int lines = Integer.compare(one.position().line(), other.position().line());
    return lines < 0 || (lines == 0 && one.position().column() < other.position().column());
  }

  private void bert(Entry entry, String path, Draft semantic) {
    if (!(entry.value() instanceof Mapping mapping)) {
      leftovers.add(entry, path, "it is no mapping, so nothing says what it sets");
      return;
    }
    Draft old = Draft.of(mapping);
    old.remove("model_id").ifPresent(e -> semantic.putIfAbsent("bert_model_path", e, leftovers));
    old.remove("use_cpu").ifPresent(e -> semantic.putIfAbsent("use_cpu", e, leftovers));
    old.remove("threshold")
        .ifPresent(e ->
            semantic.inner("embedding_config").putIfAbsent("min_score_threshold", e, leftovers));
    leftovers.rest(old, path);
  }

  private void module(Draft flat, String path, String key, String reference, Draft catalog) {
    Optional<Entry> moved = flat.remove(key);
    if (moved.isEmpty()) {
      return;
    }
    if (!(moved.get().value() instanceof Mapping mapping)) {
      leftovers.add(
          moved.get(),
          path + key,
          "a module is a mapping: write what is meant under global.model_catalog.modules." + key);
      return;
    }
    Draft old = Draft.of(mapping);
    Draft module = catalog.inner("modules").inner(key);
    switch (key) {
      case "classifier" -> {
        parts(old, module, CLASSIFIERS);
        CLASSIFIERS.values().forEach(part -> move(old, part, module));
        leftovers.rest(old, path + key);
      }
      case "hallucination_mitigation" -> {
        parts(old, module, HALLUCINATION);
        module.complete(old.node(), leftovers);
      }
      default -> {
        module.complete(old.node(), leftovers);
        refer(module, reference);
      }
    }
  }

  private void parts(Draft old, Draft module, Map<String, String> names) {
    names.forEach((before, now) ->
        old.remove(before)
            .ifPresent(entry -> {
              module.putIfAbsent(now, entry, leftovers);
              if (entry.value() instanceof Mapping) {
                refer(module.inner(now), REFERENCES.getOrDefault(now, ""));
              }
            }));
  }

  private static void refer(Draft module, String reference) {
    if (!reference.isEmpty() && module.has("model_id") && !module.has("model_ref")) {
      module.put("model_ref", reference);
    }
  }

  /** External models by the names that v0.3 has for their settings. */
  private Node externals(Node node) {
    if (!(node instanceof Sequence list)) {
      return node;
    }
    return new Sequence(
        list.position(),
        list.items().stream()
            .map(item -> item instanceof Mapping model ? external(Draft.of(model)) : item)
            .toList());
  }

  private Node external(Draft model) {
    EXTERNAL.forEach((old, now) -> {
      if (!model.has(now)) {
        model.remove(old).ifPresent(entry -> model.put(now, entry));
      }
    });
    if (model.value("endpoint").orElse(model.node()) instanceof Scalar address
        && !model.has("llm_endpoint")) {
      int colon = address.text().lastIndexOf(':');
      Draft endpoint = model.inner("llm_endpoint");
      String host = colon < 0 ? address.text() : address.text().substring(0, colon);
      endpoint.put("address", host);
      if (colon >= 0) {
        endpoint.put("port", address.text().substring(colon + 1));
      }
      model.remove("endpoint");
      leftovers.used(address);
    }
    return model.node();
  }
}
