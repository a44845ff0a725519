package dev.gatun.inference;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** Reference outputs: the F32 tensors of a safetensors file, by name. */
final class Safetensors {

  private Safetensors() {}

  static Map<String, float[]> read(Path file) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    byte[] header = new byte[Math.toIntExact(bytes.getLong())];
    bytes.get(header);
    int start = bytes.position();
    JsonObject tensors =
        JsonParser.parseString(new String(header, StandardCharsets.UTF_8)).getAsJsonObject();
    Map<String, float[]> values = new HashMap<>();
    for (Map.Entry<String, JsonElement> entry : tensors.entrySet()) {
      if (entry.getKey().equals("__metadata__")) {
        continue;
      }
      JsonObject tensor = entry.getValue().getAsJsonObject();
      if (!tensor.get("dtype").getAsString().equals("F32")) {
        throw new IOException(entry.getKey() + " is not F32");
      }
      int[] range = Golden.ints(tensor.get("data_offsets"));
      float[] floats = new float[(range[1] - range[0]) / Float.BYTES];
      bytes
          .slice(start + range[0], range[1] - range[0])
          .order(ByteOrder.LITTLE_ENDIAN)
          .asFloatBuffer()
          .get(floats);
      values.put(entry.getKey(), floats);
    }
    return values;
  }

  /** Gives all elements of an F32 tensor one value. */
  static void fill(Path file, String name, float value) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    byte[] header = new byte[Math.toIntExact(bytes.getLong())];
    bytes.get(header);
    JsonObject tensors =
        JsonParser.parseString(new String(header, StandardCharsets.UTF_8)).getAsJsonObject();
    int[] range = Golden.ints(tensors.getAsJsonObject(name).get("data_offsets"));
    for (int at = range[0]; at < range[1]; at += Float.BYTES) {
      bytes.putFloat(Long.BYTES + header.length + at, value);
    }
    Files.write(file, bytes.array());
  }
}
