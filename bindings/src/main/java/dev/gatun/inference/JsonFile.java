package dev.gatun.inference;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** Strict reading of the small JSON files of a model folder. */
final class JsonFile {

  /** What the parser would have its programmer do; a reader of the message cannot. */
  private static final String PARSER_ADVICE =
      "Use JsonReader.setStrictness(Strictness.LENIENT) to accept malformed JSON";

  private JsonFile() {}

  /**
   * The object a file holds.
   *
   * @throws InferenceException.Refused when the file cannot be read or is no JSON object
   */
  static JsonObject object(Path directory, String file) {
    try {
      return object(Files.readString(FolderFile.in(directory, file)));
    } catch (IOException | JsonParseException | IllegalStateException e) {
      throw new InferenceException.Refused(
          directory, file + ": not a JSON object in UTF-8: " + reason(e), e);
    }
  }

  private static String reason(Exception e) {
    String line = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    return line.replace(PARSER_ADVICE, "malformed");
  }

  /** The object a text holds, and nothing else beside it. */
  static JsonObject object(String json) throws IOException {
    requireUniqueNames(reader(json));
    JsonReader reader = reader(json);
    JsonObject object = JsonParser.parseReader(reader).getAsJsonObject();
    if (reader.peek() != JsonToken.END_DOCUMENT) {
      throw new JsonParseException("something follows the closing brace");
    }
    return object;
  }

  private static JsonReader reader(String json) {
    JsonReader reader = new JsonReader(new StringReader(json));
    reader.setStrictness(Strictness.STRICT);
    return reader;
  }

  /** The tree keeps the last of two members with one name, which would hide a contradiction. */
  private static void requireUniqueNames(JsonReader reader) throws IOException {
    Deque<Set<String>> objects = new ArrayDeque<>();
    for (JsonToken token = reader.peek(); token != JsonToken.END_DOCUMENT; token = reader.peek()) {
      if (token == JsonToken.BEGIN_OBJECT) {
        reader.beginObject();
        objects.push(new HashSet<>());
      } else if (token == JsonToken.END_OBJECT) {
        reader.endObject();
        objects.pop();
      } else if (token == JsonToken.NAME) {
        String name = reader.nextName();
        if (!objects.element().add(name)) {
          throw new JsonParseException("duplicate name " + name);
        }
      } else if (token == JsonToken.BEGIN_ARRAY) {
        reader.beginArray();
      } else if (token == JsonToken.END_ARRAY) {
        reader.endArray();
      } else {
        reader.skipValue();
      }
    }
  }

  /** The text of a string or number. */
  static Optional<String> scalar(JsonElement element) {
    return element.isJsonPrimitive() && !element.getAsJsonPrimitive().isBoolean()
        ? Optional.of(element.getAsString())
        : Optional.empty();
  }
}
