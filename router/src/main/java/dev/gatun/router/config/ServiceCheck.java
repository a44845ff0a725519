package dev.gatun.router.config;

import java.util.List;
import java.util.Map;

/**
 * Rules between the keys of {@code global} that are about services, stores and tools: what a chosen
 * back end cannot do without (spec config §7.1 to §7.4).
 */
final class ServiceCheck {
  private static final String TYPE = "type";

  /** Back ends of a vector store and what says where they are. */
  private static final Map<String, List<String>> VECTOR_BACKENDS =
      Map.of(
          "milvus", List.of("connection.host"),
          "valkey", List.of("host"),
          "qdrant", List.of("host"),
          "llama_stack", List.of("endpoint"));

  private ServiceCheck() {}

  static void of(Section global) {
    Section services = global.section("services");
    services.section("authz").sections("providers").forEach(ServiceCheck::credentials);
    services.section("ratelimit").sections("providers").forEach(ServiceCheck::limiter);
    vectors(global.section("stores").section("vector_store"));
    FilteringCheck.of(
        global.section("integrations").section("tools").section("advanced_filtering"));
    gate(global.section("router").section("model_selection"));
    session(global.section("router").section("session_headers"));
  }

  private static void credentials(Section provider) {
    if (provider.isUnwritten(TYPE)) {
      provider.unnoticed(
          TYPE,
          "a credential provider needs a type",
          "write header-injection, static-config or forward-authorization");
    }
    provider.textsByKey("headers").values().stream()
        .filter(name -> !HeaderName.isValid(name))
        .forEach(name ->
            provider.unnoticed(
                "headers", "this is no name of a header", "write letters, digits and hyphens"));
  }

  private static void limiter(Section provider) {
    switch (provider.text(TYPE).orElse("")) {
      case "envoy-ratelimit" -> {
        if (provider.text("address").isEmpty()) {
          provider.unnoticed("address", "a rate limit service needs an address", "write host:port");
        }
      }
      case "local-limiter" -> {
        if (provider.sections("rules").isEmpty()) {
          provider.unnoticed(
              "rules", "a limiter without rules limits nothing", "write rules with their limits");
        }
      }
      case "" ->
          provider.unnoticed(
              TYPE, "a rate limit provider needs a type", "write local-limiter or envoy-ratelimit");
      default -> {}
    }
    for (Section rule : provider.sections("rules")) {
      if (!rule.has("requests_per_unit") && !rule.has("tokens_per_unit")) {
        rule.unnoticed(
            "name", "this rule limits nothing", "write requests_per_unit or tokens_per_unit");
      }
    }
  }

  private static void vectors(Section store) {
    if (!store.flag("enabled", false)) {
      return;
    }
    String backend = store.text("backend_type").orElse("");
    if (backend.isEmpty()) {
      store.unnoticed(
          "backend_type", "an enabled vector store needs a back end", "write backend_type: memory");
    }
    for (String path : VECTOR_BACKENDS.getOrDefault(backend, List.of())) {
      Section at = store.section(backend);
      String key = path;
      int dot = path.indexOf('.');
      if (dot > 0) {
        at = at.section(path.substring(0, dot));
        key = path.substring(dot + 1);
      }
      if (at.text(key).isEmpty()) {
        at.unnoticed(key, "the back end " + backend + " needs it", "say where it is");
      }
    }
    if (store.text("metadata_store").orElse("").equals("postgres")
        && store.section("metadata_postgres").text("host").isEmpty()) {
      store.unnoticed(
          "metadata_postgres", "metadata_store: postgres needs its host", "say where it is");
    }
  }

  private static void session(Section headers) {
    headers
        .text("name")
        .filter(name -> !HeaderName.isValid(name))
        .ifPresent(name ->
            headers.error(
                "name",
                "\"" + name + "\" is no name of a header",
                "write letters, digits and hyphens, such as x-session-id"));
  }

  private static void gate(Section selection) {
    Section gate = selection.section("model_switch_gate");
    boolean free =
        !selection.section("lookup_tables").flag("enabled", false)
            && gate.real("default_handoff_penalty").orElse(0) == 0;
    if (gate.flag("enabled", false) && gate.word("mode").orElse("").equals("enforce") && free) {
      gate.warning(
          "mode",
          "a switch costs nothing, so the gate keeps nobody",
          "write default_handoff_penalty, or enable lookup_tables");
    }
  }
}
