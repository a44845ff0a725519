package dev.gatun.router.config;

import dev.gatun.router.config.Node.Mapping;
import dev.gatun.router.config.Node.Scalar;
import dev.gatun.router.config.Shape.Keys;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads {@code plugins} of a decision; none of them runs yet. */
final class PluginDecoder {
  private static final String CONFIGURATION = "configuration";
  private static final String BACKEND = "backend";
  private static final String BACKEND_CONFIG = "backend_config";

  private final ShapeCheck check;

  PluginDecoder(ShapeCheck check) {
    this.check = check;
  }

  /** Those that are switched on, without aliases; everything that does not fit is reported. */
  List<String> plugins(Section decision, String name) {
    Set<String> seen = new HashSet<>();
    Set<String> on = new LinkedHashSet<>();
    for (Section section : decision.sections("plugins")) {
      String type = section.text("type").orElse("");
      String canonical = PluginSchema.ALIASES.getOrDefault(type, type);
      if (!DecisionSchema.PLUGINS.contains(type)) {
        unknown(section, type, name);
        continue;
      }
      if (!seen.add(canonical)) {
        section.unnoticed(
            "type",
            "decision \"" + name + "\" has the plugin " + type + " twice",
            "only one can apply; keep one");
      }
      Section payload = payload(section, type, " (plugin " + type + of(name) + ")");
      boolean isOff = !enabled(section).orElse(true);
      if (!isOff) {
        on.add(canonical);
      }
      if (!isOff && section.value(CONFIGURATION).filter(n -> !(n instanceof Mapping)).isEmpty()) {
        inside(payload, canonical, name);
      }
      if (!DecisionSchema.PLUGINS_RUNNING.contains(type) && !isOff) {
        section.unsupported("type", "the plugin " + type + " of decision \"" + name + "\"");
      }
    }
    if (on.contains("semantic-cache") && (on.contains("rag") || on.contains("memory"))) {
      decision.warning(
          "plugins",
          "decision \"" + name + "\" looks things up, so its cache is never read",
          "remove semantic-cache, or rag and memory");
    }
    return List.copyOf(on);
  }

  private static void unknown(Section section, String type, String name) {
    section.unnoticed(
        "type",
        "\"" + type + "\" is no plugin (decision \"" + name + "\")",
        Report.didYouMean(
            type,
            DecisionSchema.PLUGINS,
            "write one of " + String.join(", ", DecisionSchema.PLUGINS)));
  }

  private static String of(String name) {
    return " of decision \"" + name + "\"";
  }

  private static Optional<Boolean> enabled(Section plugin) {
    return plugin
        .value(CONFIGURATION)
        .flatMap(node -> node instanceof Mapping map ? map.value("enabled") : Optional.empty())
        .flatMap(node -> node instanceof Scalar scalar ? Scalars.flag(scalar) : Optional.empty());
  }

  /** The payload, compared with its form; empty of keys when there is none. */
  private Section payload(Section plugin, String type, String about) {
    Keys keys = PluginSchema.payload(type);
    Optional<Node> node = plugin.value(CONFIGURATION);
    Section payload =
        node.flatMap(n -> n instanceof Mapping map ? Optional.of(map) : Optional.empty())
            .map(map -> plugin.inner(CONFIGURATION, map, keys))
            .orElseGet(() -> plugin.empty(CONFIGURATION, keys));
    boolean noticed = PluginSchema.NOTICED.contains(type) && enabled(plugin).orElse(true);
    ShapeCheck form = (noticed ? check : check.unread()).about(about);
    node.ifPresent(n -> form.check(n, keys, payload.path()));
    return payload;
  }

  private void inside(Section payload, String type, String name) {
    String decision = " (plugin " + type + of(name) + ")";
    switch (type) {
      case "fast_response" -> {
        if (payload.text("message").isEmpty()) {
          payload.unnoticed("message", "there is nothing to answer" + decision, "write a message");
        }
      }
      case "header_mutation" -> HeaderMutationCheck.of(payload, decision);
      case "tools" -> tools(payload, decision);
      case "tool_selection" -> toolSelection(payload, decision);
      case "rag" ->
          backend(payload, decision, PluginSchema.RAG_BACKENDS, PluginSchema.RAG_REQUIRED);
      case "image_gen" ->
          backend(payload, decision, PluginSchema.IMAGE_BACKENDS, PluginSchema.IMAGE_REQUIRED);
      default -> {}
    }
  }

  /** A plugin that asks a service needs to know which, and where that is. */
  private void backend(
      Section payload,
      String decision,
      Map<String, Keys> backends,
      Map<String, List<String>> required) {
    Optional<String> backend = payload.text(BACKEND);
    if (!payload.flag("enabled", false)) {
      return;
    }
    Keys keys = backends.get(backend.orElse(""));
    if (keys == null) {
      String what =
          backend
              .map(word -> "\"" + word + "\" is no backend")
              .orElse("an enabled plugin needs one");
      payload.error(
          BACKEND,
          what + decision,
          Report.didYouMean(
              backend.orElse(""),
              backends.keySet(),
              "write one of " + String.join(", ", backends.keySet())));
      return;
    }
    Optional<Node> node = payload.value(BACKEND_CONFIG);
    Section inner =
        node.flatMap(n -> n instanceof Mapping map ? Optional.of(map) : Optional.empty())
            .map(map -> payload.inner(BACKEND_CONFIG, map, keys))
            .orElseGet(() -> payload.empty(BACKEND_CONFIG, keys));
    node.ifPresent(n -> check.about(decision).check(n, keys, inner.path()));
    for (String key : required.getOrDefault(backend.orElse(""), List.of())) {
      if (inner.text(key).isEmpty()) {
        inner.error(
            key,
            "the backend " + backend.orElse("") + " cannot be asked without it" + decision,
            "write " + key);
      }
    }
  }

  private static void tools(Section payload, String decision) {
    if (!payload.flag("enabled", false)) {
      return;
    }
    boolean filtered = payload.word("mode").orElse("").equals("filtered");
    boolean lists =
        !payload.texts("allow_tools").isEmpty() || !payload.texts("block_tools").isEmpty();
    if (filtered && !lists) {
      payload.error(
          "mode",
          "filtered without a list of tools" + decision,
          "write allow_tools or block_tools");
    } else if (lists && !filtered) {
      String key = payload.texts("allow_tools").isEmpty() ? "block_tools" : "allow_tools";
      payload.error(key, "only mode: filtered reads it" + decision, "write mode: filtered");
    }
    strategy(payload, decision);
  }

  private static void strategy(Section payload, String decision) {
    List<String> known = List.of("default", "weighted", "hybrid_history");
    payload
        .text("strategy")
        .filter(strategy -> !known.contains(strategy))
        .ifPresent(strategy ->
            payload.unnoticed(
                "strategy",
                "\"" + strategy + "\" is no strategy" + decision,
                Report.didYouMean(strategy, known, "write one of " + String.join(", ", known))));
  }

  private static void toolSelection(Section payload, String decision) {
    if (!payload.flag("enabled", false)) {
      return;
    }
    payload
        .value("top_k")
        .flatMap(node -> node instanceof Scalar scalar ? Optional.of(scalar) : Optional.empty())
        .filter(scalar -> !scalar.text().equals("auto"))
        .filter(scalar -> Scalars.whole(scalar).orElse(-1) < 0)
        .ifPresent(scalar ->
            payload.error(
                "top_k",
                "must be a whole number from 0 or auto, not \"" + scalar.shown() + "\"" + decision,
                "write for example 3"));
    strategy(payload, decision);
    FilteringCheck.of(payload.section("advanced_filtering"));
  }
}
