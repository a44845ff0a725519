package dev.gatun.inference;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Reads label files of every published shape and compares them with each other. */
final class LabelFiles {

  private static final String CONFIG = "config.json";
  private static final String ANONYMOUS = "LABEL_";

  /** Files whose purpose is labels: without any of the keys below they are damaged. */
  private static final Set<String> KNOWN =
      Set.of(
          "label_mapping.json",
          "category_mapping.json",
          "pii_type_mapping.json",
          "jailbreak_type_mapping.json",
          "fact_check_mapping.json");

  private static final List<String> NAME_TO_INDEX =
      List.of(
          "label2id",
          "label_to_id",
          "label_to_idx",
          "label2idx",
          "category_to_idx",
          "category_to_id");
  private static final List<String> INDEX_TO_NAME =
      List.of(
          "id2label",
          "id_to_label",
          "idx_to_label",
          "idx2label",
          "idx_to_category",
          "id_to_category");

  private final Path directory;

  private LabelFiles(Path directory) {
    this.directory = directory;
  }

  /** The labels one file states. */
  private record Source(String file, Labels labels) {}

  static Labels read(Path directory) {
    return new LabelFiles(directory).read();
  }

  private Labels read() {
    List<Source> mappings = new ArrayList<>();
    for (Path file : mappingFiles()) {
      source(file).ifPresent(mappings::add);
    }
    for (Source other : mappings) {
      requireEqual(mappings.getFirst(), other);
    }
    Path config = directory.resolve(CONFIG);
    Optional<Source> configured = Files.exists(config) ? source(config) : Optional.empty();
    if (mappings.isEmpty()) {
      return configured.map(Source::labels).orElse(Labels.none());
    }
    Source mapping = mappings.getFirst();
    configured.ifPresent(source -> requireCompatible(source, mapping));
    return mapping.labels();
  }

  private void requireCompatible(Source config, Source mapping) {
    if (!anonymous(config.labels())) {
      requireEqual(config, mapping);
    } else if (config.labels().size() != mapping.labels().size()) {
      throw disagree(config, mapping);
    }
  }

  private static boolean anonymous(Labels labels) {
    for (int i = 0; i < labels.size(); i++) {
      if (!labels.name(i).equals(ANONYMOUS + i)) {
        return false;
      }
    }
    return true;
  }

  private void requireEqual(Source one, Source other) {
    if (!one.labels().equals(other.labels())) {
      throw disagree(one, other);
    }
  }

  private InferenceException disagree(Source one, Source other) {
    return refused(
        String.format(
            Locale.ROOT,
            "%s and %s disagree about the labels: %s against %s; make them equal or remove one",
            one.file(),
            other.file(),
            shown(one.labels()),
            shown(other.labels())));
  }

  private static String shown(Labels labels) {
    return labels.size() + " labels " + labels.names();
  }

  private List<Path> mappingFiles() {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*_mapping.json")) {
      List<Path> found = new ArrayList<>();
      files.forEach(found::add);
      found.sort(null);
      return found;
    } catch (IOException e) {
      throw new InferenceException.Refused(directory, "cannot be listed: " + e.getMessage(), e);
    }
  }

  private Optional<Source> source(Path path) {
    String file = String.valueOf(path.getFileName());
    JsonObject object = JsonFile.object(directory, file);
    Optional<Labels> stated = Optional.empty();
    String statedBy = "";
    for (String key : INDEX_TO_NAME) {
      if (object.has(key) && !object.get(key).isJsonNull()) {
        stated = agreed(file, statedBy, stated, key, byIndex(file, key, object.get(key)));
        statedBy = key;
      }
    }
    for (String key : NAME_TO_INDEX) {
      if (object.has(key) && !object.get(key).isJsonNull()) {
        stated = agreed(file, statedBy, stated, key, byName(file, key, object.get(key)));
        statedBy = key;
      }
    }
    if (stated.isEmpty() && KNOWN.contains(file)) {
      throw refused(
          file
              + ": no labels: one of the keys "
              + INDEX_TO_NAME
              + ", "
              + NAME_TO_INDEX
              + " expected");
    }
    return stated.map(labels -> new Source(file, labels));
  }

  private Optional<Labels> agreed(
      String file, String key, Optional<Labels> stated, String otherKey, Labels other) {
    if (stated.isPresent() && !stated.get().equals(other)) {
      throw refused(
          String.format(
              Locale.ROOT,
              "%s: %s and %s disagree: %s against %s",
              file,
              key,
              otherKey,
              stated.get().names(),
              other.names()));
    }
    return Optional.of(other);
  }

  private Labels byIndex(String file, String key, JsonElement map) {
    Map<Integer, String> names = new TreeMap<>();
    for (Map.Entry<String, JsonElement> entry : entries(file, key, map)) {
      put(file, key, names, index(file, key, entry.getKey()), name(file, key, entry.getValue()));
    }
    return inOrder(file, key, names);
  }

  private Labels byName(String file, String key, JsonElement map) {
    Map<Integer, String> names = new TreeMap<>();
    for (Map.Entry<String, JsonElement> entry : entries(file, key, map)) {
      String index = JsonFile.scalar(entry.getValue()).orElse("a list or object");
      put(file, key, names, index(file, key, index), entry.getKey());
    }
    return inOrder(file, key, names);
  }

  private Set<Map.Entry<String, JsonElement>> entries(String file, String key, JsonElement map) {
    if (!map.isJsonObject() || map.getAsJsonObject().isEmpty()) {
      throw refused(file + ": " + key + ": an object with at least one label expected");
    }
    return map.getAsJsonObject().entrySet();
  }

  private void put(String file, String key, Map<Integer, String> names, int index, String name) {
    String before = names.putIfAbsent(index, name);
    if (before != null) {
      throw refused(
          String.format(
              Locale.ROOT,
              "%s: %s: duplicate index %d for %s and %s",
              file,
              key,
              index,
              before,
              name));
    }
  }

  private Labels inOrder(String file, String key, Map<Integer, String> names) {
    for (int i = 0; i < names.size(); i++) {
      if (!names.containsKey(i)) {
        throw refused(
            String.format(
                Locale.ROOT,
                "%s: %s: index %d is absent among %d labels: 0 … %d expected without gaps",
                file,
                key,
                i,
                names.size(),
                names.size() - 1));
      }
    }
    try {
      return new Labels(List.copyOf(names.values()));
    } catch (IllegalArgumentException e) {
      throw refused(file + ": " + key + ": " + e.getMessage());
    }
  }

  private int index(String file, String key, String text) {
    boolean digits = !text.isEmpty() && text.length() <= 9;
    for (int i = 0; i < text.length(); i++) {
      digits &= text.charAt(i) >= '0' && text.charAt(i) <= '9';
    }
    if (!digits || (text.length() > 1 && text.charAt(0) == '0')) {
      throw refused(
          String.format(
              Locale.ROOT, "%s: %s: the index %s is not a number 0, 1, 2 …", file, key, text));
    }
    return Integer.parseInt(text);
  }

  private String name(String file, String key, JsonElement value) {
    boolean text = value.isJsonPrimitive() && value.getAsJsonPrimitive().isString();
    if (!text || value.getAsString().isBlank()) {
      throw refused(
          String.format(Locale.ROOT, "%s: %s: the label %s is not a name", file, key, value));
    }
    return value.getAsString();
  }

  private InferenceException refused(String message) {
    return new InferenceException.Refused(directory, message);
  }
}
