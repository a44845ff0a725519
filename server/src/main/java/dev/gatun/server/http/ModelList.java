package dev.gatun.server.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.router.config.Profile;
import dev.gatun.router.model.ModelCard;
import dev.gatun.server.wire.Json;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/** {@code GET /v1/models}, the same on both planes. */
public final class ModelList {
  private static final String OWNER = "vllm-semantic-router";
  private static final String AUTOMATIC = "Chooses the model by what the prompt is about";

  private ModelList() {}

  /** The list: automatic names, those of entry points and, when the file says so, every model. */
  public static ObjectNode all(Gateway gateway) {
    ObjectNode list = Json.object();
    list.put("object", "list");
    var data = list.putArray("data");
    virtual(gateway).forEach(name -> data.add(entry(gateway, name)));
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

  /** Names that stand for no model but ask for routing. */
  private static Set<String> virtual(Gateway gateway) {
    Set<String> names = new LinkedHashSet<>(gateway.config().global().router().autoModelNames());
    gateway.config().profiles().forEach(profile -> names.addAll(profile.modelNames()));
    return names;
  }

  private static String description(Gateway gateway, String name) {
    return gateway.config().profiles().stream()
        .filter(profile -> profile.modelNames().contains(name))
        .map(Profile::description)
        .filter(description -> !description.isEmpty())
        .findFirst()
        .orElse(AUTOMATIC);
  }

  private static Set<String> names(Gateway gateway) {
    Set<String> names = new LinkedHashSet<>();
    gateway.config().cards().stream().map(ModelCard::name).forEach(names::add);
    gateway.config().providers().models().forEach(model -> names.add(model.name()));
    for (ModelCard card : gateway.config().cards()) {
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
      entry.put("description", description(gateway, name));
    }
    return entry;
  }
}
