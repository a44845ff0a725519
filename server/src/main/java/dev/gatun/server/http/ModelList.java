package dev.gatun.server.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.router.model.ModelCard;
import dev.gatun.server.wire.Json;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/** {@code GET /v1/models}, the same on both planes. */
public final class ModelList {
  private static final String OWNER = "vllm-semantic-router";

  private ModelList() {}

  /** The list: the automatic name and, when the configuration says so, every model. */
  public static ObjectNode all(Gateway gateway) {
    ObjectNode list = Json.object();
    list.put("object", "list");
    var data = list.putArray("data");
    data.add(entry(gateway, automatic(gateway)));
    if (gateway.config().global().router().includeConfigModelsInList()) {
      names(gateway).forEach(name -> data.add(entry(gateway, name)));
    }
    return list;
  }

  /** One model, whether or not the list shows it. */
  public static Optional<ObjectNode> one(Gateway gateway, String name) {
    boolean known = gateway.router().isAutomatic(name) || names(gateway).contains(name);
    return known ? Optional.of(entry(gateway, name)) : Optional.empty();
  }

  private static String automatic(Gateway gateway) {
    return gateway.config().global().router().autoModelName();
  }

  private static Set<String> names(Gateway gateway) {
    Set<String> names = new LinkedHashSet<>();
    gateway.config().routing().cards().stream().map(ModelCard::name).forEach(names::add);
    gateway.config().providers().models().forEach(model -> names.add(model.name()));
    for (ModelCard card : gateway.config().routing().cards()) {
      card.loras().forEach(lora -> names.add(lora.name()));
    }
    return names;
  }

  private static ObjectNode entry(Gateway gateway, String name) {
    ObjectNode entry = Json.object();
    entry.put("id", name);
    entry.put("object", "model");
    entry.put("created", gateway.loadedAt());
    entry.put("owned_by", OWNER);
    if (gateway.router().isAutomatic(name)) {
      entry.put("description", "Chooses the model by what the prompt is about");
    }
    return entry;
  }
}
