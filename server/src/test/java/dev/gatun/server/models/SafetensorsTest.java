package dev.gatun.server.models;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafetensorsTest {
  @TempDir Path folder;

  @Test
  void readsWhatItWrote() throws IOException {
    var tensors = new TreeMap<String, Tensor>();
    tensors.put("b.weight", Tensor.of(List.of(2, 2), 1.5f, -0f, Float.MIN_VALUE, 3e38f));
    tensors.put("a.bias", Tensor.of(List.of(3), 0.1f, 0.2f, 0.3f));
    tensors.put("empty", Tensor.of(List.of(0, 4)));
    Path file = folder.resolve("model.safetensors");

    Safetensors.write(file, tensors);

    assertEquals(tensors, Safetensors.read(file));
  }

  @Test
  void writesTheDocumentedBytes() throws IOException {
    var tensors = new TreeMap<String, Tensor>();
    tensors.put("x", Tensor.of(List.of(1), 1));
    Path file = folder.resolve("model.safetensors");
    String header =
        "{\"__metadata__\":{\"format\":\"pt\"},"
            + "\"x\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}";

    Safetensors.write(file, tensors);

    int padded = (header.length() + 7) / 8 * 8;
    var expected = ByteBuffer.allocate(8 + padded + 4).order(ByteOrder.LITTLE_ENDIAN);
    expected.putLong(padded).put(header.getBytes(StandardCharsets.UTF_8));
    expected.put(" ".repeat(padded - header.length()).getBytes(StandardCharsets.UTF_8));
    assertArrayEquals(expected.putInt(0x3f800000).array(), Files.readAllBytes(file));
  }

  @Test
  void widensHalfPrecision() throws IOException {
    Path file =
        stored(
            "{'h':{'dtype':'F16','shape':[2],'data_offsets':[0,4]},"
                + "'b':{'dtype':'BF16','shape':[2],'data_offsets':[4,8]}}",
            0x00,
            0x3c,
            0x01,
            0x80,
            0xc0,
            0xbf,
            0x80,
            0x7f);

    var tensors = Safetensors.read(file);

    assertEquals(Tensor.of(List.of(2), 1, -0x1p-24f), tensors.get("h"));
    assertEquals(Tensor.of(List.of(2), -1.5f, Float.POSITIVE_INFINITY), tensors.get("b"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          {'x':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}}  | bytes 0 to 8 of 4
          {'x':{'dtype':'F32','shape':[2],'data_offsets':[0,4]}}  | shape [2] needs 8
          {'x':{'dtype':'F32','shape':[1],'data_offsets':[-4,0]}} | bytes -4 to 0 of 4
          {'x':{'dtype':'F32','shape':[1]}}                       | bytes -1 to -1 of 4
          {'x':{'dtype':'F32','shape':[-1],'data_offsets':[0,4]}} | size -1 in its shape
          {'x':{'dtype':'F32','shape':[1e9],'data_offsets':[0,4]}} | size 1.0E9 in its shape
          {'x':{'dtype':'F64','shape':[1],'data_offsets':[0,4]}}  | dtype "F64" is not read
          {'x':                                                   | header is not JSON
          ['x']                                                   | header is not a JSON object
          """)
  void refusesDamagedHeaders(String header, String message) throws IOException {
    Path file = stored(header, 0, 0, 0, 0);

    var refused = assertThrows(ModelBuildException.class, () -> Safetensors.read(file));

    assertTrue(refused.what().contains(message), refused.getMessage());
    assertEquals(file.toString(), refused.where());
  }

  @Test
  void refusesHeadersLongerThanTheFile() throws IOException {
    Path file = folder.resolve("model.safetensors");
    Files.write(file, new byte[] {-1, -1, -1, -1, -1, -1, -1, 127, '{', '}'});

    var refused = assertThrows(ModelBuildException.class, () -> Safetensors.read(file));

    assertEquals("header of 9223372036854775807 bytes in a file of 10", refused.what());
  }

  private Path stored(String header, int... data) throws IOException {
    byte[] json = header.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    var bytes = ByteBuffer.allocate(8 + json.length + data.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(json.length).put(json);
    for (int value : data) {
      bytes.put((byte) value);
    }
    return Files.write(folder.resolve("model.safetensors"), bytes.array());
  }
}
