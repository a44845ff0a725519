package dev.gatun.router.config;

import dev.gatun.router.model.Compatibility;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** {@code providers.models} as they are used: addresses taken apart, defaults filled in. */
final class EffectiveModels {
  private final Compatibility compatibility;

  EffectiveModels(Compatibility compatibility) {
    this.compatibility = compatibility;
  }

  /** The models, under upstream in the order of their names; of two with one name the last. */
  List<@Nullable Object> of(List<?> models) {
    Map<String, @Nullable Object> byName =
        switch (compatibility) {
          case GATUN -> new LinkedHashMap<>();
          case UPSTREAM_0_3 -> new TreeMap<>();
        };
    for (Object item : models) {
      if (item instanceof Map<?, ?> map) {
        Map<String, @Nullable Object> model = copy(map);
        byName.put(String.valueOf(model.get("name")), served(model));
      }
    }
    return new ArrayList<>(byName.values());
  }

  private Map<String, @Nullable Object> served(Map<String, @Nullable Object> model) {
    List<@Nullable Object> references = new ArrayList<>();
    Map<String, @Nullable Object> ids = new LinkedHashMap<>();
    Object id = model.get("provider_model_id");
    if (model.get("backend_refs") instanceof List<?> written) {
      for (Object item : written) {
        if (item instanceof Map<?, ?> map) {
          Map<String, @Nullable Object> reference = copy(map);
          ids.put(text(reference, "type", text(reference, "provider", "vllm")), id);
          references.add(
              reference(reference, String.valueOf(model.get("name")), references.size()));
        }
      }
      model.put("backend_refs", references);
    }
    boolean own = model.get("external_model_ids") instanceof Map<?, ?> map && !map.isEmpty();
    if (!own && id != null) {
      if (ids.isEmpty()) {
        ids.put("default", id);
      }
      model.put("external_model_ids", ids);
    }
    return model;
  }

  private Map<String, @Nullable Object> reference(
      Map<String, @Nullable Object> reference, String model, int index) {
    String usual = index == 0 ? "primary" : "backend-" + (index + 1);
    String protocol = text(reference, "protocol", "http").toLowerCase(Locale.ROOT);
    String name = text(reference, "name", usual);
    reference.put("protocol", protocol);
    String endpoint = text(reference, "endpoint", "");
    Optional<Target> target = Target.parse(endpoint, protocol);
    switch (compatibility) {
      case GATUN -> {
        reference.put("name", name);
        target.ifPresent(address -> {
          reference.put("protocol", address.tls() ? "https" : "http");
          reference.put("endpoint", address.authority() + address.path());
        });
      }
      case UPSTREAM_0_3 -> {
        reference.put("name", model + "_" + name);
        if (!endpoint.isEmpty()) {
          int port = protocol.equals("https") ? 443 : 80;
          reference.put(
              "endpoint",
              target
                  .map(address -> address.host() + ":" + address.port())
                  .orElse(endpoint + ":" + port));
        }
      }
    }
    if (!(reference.get("weight") instanceof Long weight) || weight == 0) {
      reference.put("weight", 1L);
    }
    return reference;
  }

  private static String text(Map<String, @Nullable Object> map, String key, String otherwise) {
    return map.get(key) instanceof String text && !text.isEmpty() ? text : otherwise;
  }

  private static Map<String, @Nullable Object> copy(Map<?, ?> map) {
    Map<String, @Nullable Object> copy = new LinkedHashMap<>();
    map.forEach((key, value) -> copy.put(String.valueOf(key), value));
    return copy;
  }

  /** Digits as upstream writes a floating number: the shortest mantissa, two digits of exponent. */
  static String scientific(String digits) {
    BigDecimal number =
        new BigDecimal(Double.toString(Double.parseDouble(digits))).stripTrailingZeros();
    String mantissa = number.unscaledValue().toString();
    int exponent = number.precision() - number.scale() - 1;
    return mantissa.charAt(0)
        + (mantissa.length() > 1 ? "." + mantissa.substring(1) : "")
        + String.format(Locale.ROOT, "e+%02d", exponent);
  }
}
