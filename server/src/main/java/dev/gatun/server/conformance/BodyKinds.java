package dev.gatun.server.conformance;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.router.config.Providers.Pricing;
import dev.gatun.router.config.Providers.ReasoningFamily;
import dev.gatun.router.config.Target;
import dev.gatun.router.model.Compatibility;
import dev.gatun.router.pipeline.Reasoning;
import dev.gatun.router.pipeline.Reasoning.Mode;
import dev.gatun.router.pipeline.Reasoning.Order;
import dev.gatun.server.wire.ApiException;
import dev.gatun.server.wire.ChatRequest;
import dev.gatun.server.wire.Json;
import dev.gatun.server.wire.Usage;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/** What becomes of the body of a request on its way, and what is read of the answer's. */
final class BodyKinds {
  private static final String BODY = "body";

  private final Compatibility compatibility;

  private BodyKinds(Compatibility compatibility) {
    this.compatibility = compatibility;
  }

  static Map<String, Kind> of(Compatibility compatibility) {
    return Map.of(
        "request.reasoning", new BodyKinds(compatibility)::reasoning,
        "usage.cost", BodyKinds::cost,
        "usage.parse", BodyKinds::usage);
  }

  private ObjectNode reasoning(Input input) {
    JsonNode body = input.json().path(BODY);
    if (body.isObject() && !body.has("model")) {
      // No such request reaches a model, so there is nothing to tell.
      return Json.object().set(BODY, body);
    }
    try {
      ChatRequest chat = ChatRequest.parse(bytes(body));
      Reasoning reasoning =
          new Reasoning(
              input.flag("enabled") ? Mode.ON : Mode.OFF, Optional.of(order(input, chat.model())));
      Reasoning.Changes changes =
          reasoning.changes(chat.hasReasoningEffort(), isOpenAi(input.at("profile")));
      return Json.object().set(BODY, Json.read(chat.forwarded(chat.model(), changes)));
    } catch (ApiException e) {
      throw new Refused(e.error().message());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("what is sent on is no JSON", e);
    }
  }

  private Order order(Input input, String model) {
    String written = input.text("default_effort");
    String effort =
        input.items("decisions").stream()
            .filter(decision -> decision.text("name").equals(input.text("decision")))
            .flatMap(decision -> decision.items("modelRefs").stream())
            .filter(candidate -> candidate.text("model").equals(model))
            .map(candidate -> candidate.text("reasoning_effort"))
            .filter(word -> !word.isEmpty())
            .findFirst()
            .orElse(written.isEmpty() ? "medium" : written);
    return new Order(family(input, model), effort, compatibility == Compatibility.UPSTREAM_0_3);
  }

  private static Optional<ReasoningFamily> family(Input input, String model) {
    Input family = input.at("families").at(input.at("model_families").text(model));
    return ReasoningFamily.Kind.ofWord(family.text("type"))
        .map(kind -> new ReasoningFamily(kind, family.text("parameter")));
  }

  private static boolean isOpenAi(Input profile) {
    return Target.parse(profile.text("base_url"), "")
        .filter(target -> Reasoning.isOpenAi(profile.text("type"), target))
        .isPresent();
  }

  private static byte[] bytes(JsonNode body) {
    return body.isTextual() ? body.textValue().getBytes(StandardCharsets.UTF_8) : Json.bytes(body);
  }

  private static ObjectNode cost(Input input) {
    Input prices = input.at("pricing");
    Pricing pricing =
        new Pricing(
            prices.text("currency"),
            price(prices, "prompt_per_1m"),
            price(prices, "completion_per_1m"),
            price(prices, "cached_input_per_1m"));
    return Json.object()
        .put(
            "cost",
            pricing
                .cost(
                    input.whole("prompt_tokens"),
                    input.whole("cached_tokens"),
                    input.whole("completion_tokens"))
                .orElseThrow(() -> new Refused("a price is not known")));
  }

  private static OptionalDouble price(Input prices, String key) {
    return prices.has(key) ? OptionalDouble.of(prices.number(key)) : OptionalDouble.empty();
  }

  private static ObjectNode usage(Input input) {
    Optional<Usage> usage = Usage.ofBody(bytes(input.json().path(BODY)), "");
    return Json.object()
        .put("prompt_tokens", usage.map(Usage::promptTokens).orElse(0L))
        .put("cached_tokens", usage.map(u -> u.cachedTokens().orElse(0)).orElse(0L))
        .put("cached_reported", usage.map(u -> u.cachedTokens().isPresent()).orElse(false))
        .put("completion_tokens", usage.map(Usage::completionTokens).orElse(0L));
  }
}
