package dev.gatun.server.models;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The safetensors file format: a little-endian u64 header length, a JSON header {name: {dtype,
 * shape, data_offsets}}, then the data. Reads F32, F16 and BF16 into fp32; writes F32 with the
 * names in order and the header padded to eight bytes, so equal tensors make equal files.
 */
final class Safetensors {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int HEADER_BYTES_MAX = 100 << 20;
  private static final String REMEDY = "restore the file from the repository or train it again";

  private Safetensors() {}

  static void write(Path file, SortedMap<String, Tensor> tensors) throws IOException {
    byte[] header = header(tensors);
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 20)) {
      var length = new byte[8];
      ByteBuffer.wrap(length).order(ByteOrder.LITTLE_ENDIAN).putLong(header.length);
      out.write(length);
      out.write(header);
      for (Tensor tensor : tensors.values()) {
        out.write(tensor.littleEndian());
      }
    }
  }

  private static byte[] header(SortedMap<String, Tensor> tensors) throws JsonProcessingException {
    var entries = new LinkedHashMap<String, Object>();
    entries.put("__metadata__", Map.of("format", "pt"));
    long start = 0;
    for (var named : tensors.entrySet()) {
      long end = start + 4L * named.getValue().size();
      var entry = new LinkedHashMap<String, Object>();
      entry.put("dtype", "F32");
      entry.put("shape", named.getValue().shape());
      entry.put("data_offsets", List.of(start, end));
      entries.put(named.getKey(), entry);
      start = end;
    }
    String json = JSON.writeValueAsString(entries);
    int bytes = json.getBytes(StandardCharsets.UTF_8).length;
    return (json + " ".repeat(-bytes & 7)).getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Every tensor of a file, as fp32.
   *
   * @throws ModelBuildException when the file is not safetensors, or a tensor reaches outside it
   */
  static SortedMap<String, Tensor> read(Path file) throws IOException {
    var bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    if (bytes.remaining() < 8) {
      throw refused(file, "has " + bytes.remaining() + " bytes, a safetensors file at least 8");
    }
    long length = bytes.getLong();
    if (length < 2 || length > Math.min(HEADER_BYTES_MAX, bytes.remaining())) {
      throw refused(file, "header of " + length + " bytes in a file of " + bytes.limit());
    }
    var header = new byte[(int) length];
    bytes.get(header);
    ByteBuffer data = bytes.slice().order(ByteOrder.LITTLE_ENDIAN);
    var tensors = new TreeMap<String, Tensor>();
    for (var entry : parsed(file, header).properties()) {
      if (!entry.getKey().equals("__metadata__")) {
        tensors.put(entry.getKey(), tensor(file, entry.getKey(), entry.getValue(), data));
      }
    }
    return tensors;
  }

  private static JsonNode parsed(Path file, byte[] header) throws IOException {
    try {
      JsonNode tree = JSON.readTree(header);
      if (tree.isObject()) {
        return tree;
      }
    } catch (JsonProcessingException broken) {
      throw new ModelBuildException(
          file.toString(), "header is not JSON: " + broken.getOriginalMessage(), REMEDY, broken);
    }
    throw refused(file, "header is not a JSON object");
  }

  private static Tensor tensor(Path file, String name, JsonNode entry, ByteBuffer data) {
    var shape = new ArrayList<Integer>();
    for (JsonNode size : entry.path("shape")) {
      if (!size.isInt() || size.intValue() < 0) {
        throw refused(file, "tensor " + name + ": size " + size + " in its shape");
      }
      shape.add(size.intValue());
    }
    var type = ElementType.of(entry.path("dtype").asText());
    if (type == null) {
      throw refused(file, "tensor " + name + ": dtype " + entry.path("dtype") + " is not read");
    }
    long start = entry.path("data_offsets").path(0).asLong(-1);
    long end = entry.path("data_offsets").path(1).asLong(-1);
    long wanted = Tensor.elements(shape) * type.bytes;
    if (start < 0 || end > data.limit() || end - start != wanted) {
      throw refused(
          file,
          "tensor "
              + name
              + ": bytes "
              + start
              + " to "
              + end
              + " of "
              + data.limit()
              + ", shape "
              + shape
              + " needs "
              + wanted);
    }
    var values = new float[(int) (wanted / type.bytes)];
    for (int i = 0; i < values.length; i++) {
      values[i] = type.read(data, (int) start + i * type.bytes);
    }
    return Tensor.of(shape, values);
  }

  private static ModelBuildException refused(Path file, String what) {
    return new ModelBuildException(file.toString(), what, REMEDY);
  }
}
