package dev.gatun.server.models;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gatun.inference.Family;
import dev.gatun.server.wire.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** Published models by the names that configurations use, as {@code model-cards/known} has them. */
public final class KnownModels {
  /** The folder in which upstream's configurations have models. */
  private static final String FOLDER = "models/";

  private static final String FILE = "models.yaml";
  private static final Map<String, KnownModel> ALL = read();

  private KnownModels() {}

  /** Every name, in the order of the file. */
  public static List<String> names() {
    return List.copyOf(ALL.keySet());
  }

  /** All of them, in the order of the file. */
  public static List<KnownModel> all() {
    return List.copyOf(ALL.values());
  }

  /** The model of a name, or of a path in the folder {@code models} that ends with one. */
  public static Optional<KnownModel> find(String nameOrPath) {
    String name =
        nameOrPath.startsWith(FOLDER) ? nameOrPath.substring(FOLDER.length()) : nameOrPath;
    return Optional.ofNullable(ALL.get(name));
  }

  private static Map<String, KnownModel> read() {
    JsonNode root;
    try (InputStream in = KnownModels.class.getResourceAsStream(FILE)) {
      if (in == null) {
        throw new IllegalStateException(FILE + " is missing from the server module");
      }
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      root = Json.tree(new Load(LoadSettings.builder().build()).loadFromString(text));
    } catch (IOException e) {
      throw new UncheckedIOException(FILE + " cannot be read", e);
    }
    Map<String, KnownModel> models = new LinkedHashMap<>();
    for (JsonNode entry : root.path("models")) {
      KnownModel model = model(entry, models);
      if (models.put(model.name(), model) != null) {
        throw new IllegalStateException(FILE + " has " + model.name() + " twice");
      }
    }
    return models;
  }

  private static KnownModel model(JsonNode entry, Map<String, KnownModel> above) {
    String name = entry.path("name").asText();
    Optional<String> other = text(entry.path("same_as"));
    if (other.isPresent()) {
      return Objects.requireNonNull(above.get(other.get()), name + " is none above").named(name);
    }
    Map<String, String> digests = new LinkedHashMap<>();
    entry
        .path("digests")
        .properties()
        .forEach(file -> digests.put(file.getKey(), file.getValue().asText()));
    return new KnownModel(
        name,
        text(entry.path("repository")),
        text(entry.path("revision")),
        digests,
        text(entry.path("task")),
        text(entry.path("family")).map(word -> Family.valueOf(word.toUpperCase(Locale.ROOT))),
        whole(entry.path("classes")),
        texts(entry.path("labels")),
        whole(entry.path("dimensions")),
        whole(entry.path("max_tokens")),
        whole(entry.path("trained_tokens")),
        texts(entry.path("limits")));
  }

  private static Optional<String> text(JsonNode node) {
    return node.isTextual() ? Optional.of(node.textValue()) : Optional.empty();
  }

  private static OptionalInt whole(JsonNode node) {
    return node.isInt() ? OptionalInt.of(node.intValue()) : OptionalInt.empty();
  }

  private static List<String> texts(JsonNode list) {
    List<String> texts = new ArrayList<>();
    list.forEach(text -> texts.add(text.asText()));
    return texts;
  }
}
