package dev.gatun.router.migration;

import dev.gatun.router.config.Node;
import dev.gatun.router.config.Node.Entry;
import dev.gatun.router.config.Node.Mapping;
import dev.gatun.router.config.Node.Scalar;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Lists of models in the forms of other programs (spec config §12.4). */
public final class Imports {
  /** Words before the slash of a LiteLLM model, and the provider each means. */
  private static final Map<String, String> LITELLM_PROVIDERS =
      Map.of(
          "anthropic", "anthropic",
          "azure", "azure-openai",
          "bedrock", "bedrock",
          "gemini", "gemini",
          "hosted_vllm", "openai",
          "minimax", "minimax",
          "openai", "openai",
          "vertex_ai", "vertex-ai",
          "vllm", "openai");

  /** Addresses of providers that need none written. */
  private static final Map<String, String> USUAL_ADDRESS =
      Map.of(
          "openai", "https://api.openai.com/v1",
          "anthropic", "https://api.anthropic.com");

  private Imports() {}

  /**
   * The list that {@code GET /v1/models} of an OpenAI-compatible server answers; adapters that name
   * a parent, as vLLM lists them, go to its card.
   *
   * @param baseUrl where the models are served, with {@code /v1}
   */
  public static Inventory.Result models(Node list, String baseUrl) {
    Inventory inventory = new Inventory();
    Map<String, List<Node>> adapters = new LinkedHashMap<>();
    for (Mapping item : mappings(list, "data")) {
      Optional<String> id = text(item, "id");
      Optional<String> parent = text(item, "parent");
      if (id.isEmpty()) {
        inventory.note("an entry without an id is left out");
      } else if (parent.isPresent()) {
        adapters.computeIfAbsent(parent.get(), _ -> new ArrayList<>()).add(adapter(id.get()));
      } else {
        Draft reference = new Draft(Draft.NOWHERE);
        reference.put("base_url", baseUrl);
        inventory.reference(id.get(), reference);
        text(item, "max_model_len")
            .ifPresent(length -> inventory.card(id.get()).put("context_window_size", length));
      }
    }
    adapters.forEach((parent, all) -> {
      inventory.model(parent);
      inventory.card(parent).put("loras", new Node.Sequence(Draft.NOWHERE, all));
    });
    return inventory.result();
  }

  private static Node adapter(String name) {
    Draft adapter = new Draft(Draft.NOWHERE);
    adapter.put("name", name);
    return adapter.node();
  }

  /** The {@code model_list} of a LiteLLM proxy. */
  public static Inventory.Result liteLlm(Node file) {
    Inventory inventory = new Inventory();
    for (Mapping item : mappings(file, "model_list")) {
      Optional<String> name = text(item, "model_name");
      Mapping params = inner(item, "litellm_params");
      String written = text(params, "model").orElse("");
      if (name.isEmpty() || written.isEmpty()) {
        inventory.note("an entry without model_name or litellm_params.model is left out");
        continue;
      }
      int slash = written.indexOf('/');
      String prefix = slash < 0 ? "openai" : written.substring(0, slash);
      String provider = LITELLM_PROVIDERS.get(prefix);
      if (provider == null) {
        inventory.note(name.get() + " is left out: " + prefix + " is no provider of this router");
        continue;
      }
      Optional<String> address =
          text(params, "api_base").or(() -> Optional.ofNullable(USUAL_ADDRESS.get(provider)));
      if (address.isEmpty()) {
        inventory.note(name.get() + " is left out: it has no api_base");
        continue;
      }
      Draft reference = new Draft(Draft.NOWHERE);
      reference.put("base_url", address.get());
      reference.put("provider", provider);
      text(params, "api_version").ifPresent(version -> reference.put("api_version", version));
      text(params, "api_key").ifPresent(key -> inventory.key(reference, key, name.get()));
      inventory.servedAs(name.get(), written.substring(slash + 1));
      inventory.spoken(name.get(), provider);
      inventory.reference(name.get(), reference);
      facts(item, params, inventory, name.get());
    }
    return inventory.result();
  }

  private static void facts(Mapping item, Mapping params, Inventory inventory, String name) {
    Mapping info = inner(item, "model_info");
    Optional<String> window = text(info, "max_input_tokens").or(() -> text(info, "max_tokens"));
    window.ifPresent(tokens -> inventory.card(name).put("context_window_size", tokens));
    price(info, params, "input_cost_per_token", "prompt_per_1m", inventory.model(name));
    price(info, params, "output_cost_per_token", "completion_per_1m", inventory.model(name));
    price(
        info, params, "cache_read_input_token_cost", "cached_input_per_1m", inventory.model(name));
  }

  private static void price(Mapping info, Mapping params, String from, String to, Draft model) {
    text(info, from)
        .or(() -> text(params, from))
        .filter(Imports::isNumber)
        .ifPresent(cost -> model.inner("pricing").put(to, Inventory.perMillion(cost)));
  }

  /**
   * The providers of an OpenClaw file; those that speak neither OpenAI's nor Anthropic's way not.
   */
  public static Inventory.Result openClaw(Node file) {
    Inventory inventory = new Inventory();
    Mapping providers = inner(inner(top(file), "models"), "providers");
    for (Entry entry : providers.entries()) {
      if (entry.value() instanceof Mapping provider) {
        openClaw(entry.key(), provider, inventory);
      }
    }
    return inventory.result();
  }

  private static void openClaw(String owner, Mapping provider, Inventory inventory) {
    String api = text(provider, "api").orElse("openai-completions");
    Optional<String> address = text(provider, "baseUrl");
    boolean anthropic = api.startsWith("anthropic");
    if (address.isEmpty() || !(anthropic || api.startsWith("openai"))) {
      inventory.note(
          owner + " is left out: " + (address.isEmpty() ? "it has no baseUrl" : "api " + api));
      return;
    }
    for (Mapping item : mappings(provider, "models")) {
      Optional<String> id = text(item, "id");
      if (id.isEmpty()) {
        inventory.note("a model of " + owner + " without an id is left out");
        continue;
      }
      Draft reference = new Draft(Draft.NOWHERE);
      reference.put("base_url", address.get());
      reference.put("provider", anthropic ? "anthropic" : "openai");
      text(provider, "apiKey").ifPresent(key -> inventory.key(reference, key, owner));
      Draft model = inventory.model(id.get());
      inventory.spoken(id.get(), anthropic ? "anthropic" : "openai");
      inventory.reference(id.get(), reference);
      text(item, "contextWindow")
          .ifPresent(tokens -> inventory.card(id.get()).put("context_window_size", tokens));
      text(item, "name")
          .filter(name -> !name.equals(id.get()))
          .ifPresent(name -> inventory.card(id.get()).put("description", name));
      Mapping cost = inner(item, "cost");
      copy(cost, "input", model, "prompt_per_1m");
      copy(cost, "output", model, "completion_per_1m");
      copy(cost, "cacheRead", model, "cached_input_per_1m");
    }
  }

  private static void copy(Mapping cost, String from, Draft model, String to) {
    text(cost, from)
        .filter(Imports::isNumber)
        .ifPresent(price -> model.inner("pricing").put(to, price));
  }

  private static boolean isNumber(String text) {
    try {
      return new BigDecimal(text).signum() >= 0;
    } catch (NumberFormatException e) {
      return false;
    }
  }

  private static Mapping top(Node node) {
    return node instanceof Mapping mapping ? mapping : new Mapping(Draft.NOWHERE, List.of());
  }

  private static Mapping inner(Mapping mapping, String key) {
    return top(mapping.value(key).orElse(Scalar.plain(Draft.NOWHERE, "")));
  }

  private static List<Mapping> mappings(Node node, String key) {
    return Items.of(top(node).value(key).orElse(node)).stream()
        .flatMap(item -> item instanceof Mapping mapping ? Stream.of(mapping) : Stream.empty())
        .toList();
  }

  private static Optional<String> text(Mapping mapping, String key) {
    return mapping
        .value(key)
        .flatMap(node -> node instanceof Scalar scalar ? Optional.of(scalar) : Optional.empty())
        .filter(scalar -> !scalar.isNull() && !scalar.text().isBlank())
        .map(Scalar::text);
  }
}
