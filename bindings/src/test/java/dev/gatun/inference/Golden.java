package dev.gatun.inference;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Reference results. A compact set is carried in the test resources; the whole set is used as well
 * where a directory {@code ../shared/golden} lies beside the repository.
 */
public final class Golden {

  private static final Path HOME = Path.of(System.getProperty("gatun.home"));

  private Golden() {}

  /** Root of the repository. */
  public static Path home() {
    return HOME;
  }

  /** The carried set. */
  public static Path carried() {
    return HOME.resolve("bindings/src/test/resources/golden");
  }

  /** The carried set and, where present, the whole one. */
  public static List<Path> roots() {
    List<Path> roots = new ArrayList<>();
    roots.add(carried());
    roots.addAll(shared("goldens of the whole set"));
    return roots;
  }

  /** The whole set, or nothing and a line that says what is not checked. */
  public static List<Path> shared(String what) {
    Path shared = HOME.resolve("../shared/golden").normalize();
    if (Files.isDirectory(shared)) {
      return List.of(shared);
    }
    System.out.println("skipped: " + what + " (../shared not present)");
    return List.of();
  }

  /** Folders of a directory, sorted; none when it is absent. */
  public static List<Path> folders(Path directory) {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.filter(Files::isDirectory).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The object of a JSON file. */
  public static JsonObject json(Path file) {
    return JsonParser.parseString(text(file)).getAsJsonObject();
  }

  /** The objects of a file with one per line. */
  public static List<JsonObject> lines(Path file) {
    return text(file)
        .lines()
        .filter(line -> !line.isBlank())
        .map(line -> JsonParser.parseString(line).getAsJsonObject())
        .toList();
  }

  /** A list of integers. */
  public static int[] ints(JsonElement array) {
    JsonArray values = array.getAsJsonArray();
    return IntStream.range(0, values.size()).map(i -> values.get(i).getAsInt()).toArray();
  }

  /** A list of floats. */
  public static float[] floats(JsonElement array) {
    JsonArray values = array.getAsJsonArray();
    float[] floats = new float[values.size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = values.get(i).getAsFloat();
    }
    return floats;
  }

  /** A list of strings. */
  public static List<String> strings(JsonElement array) {
    return array.getAsJsonArray().asList().stream().map(JsonElement::getAsString).toList();
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
