package dev.gatun.server.models;

import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Writes small ONNX models field by field, right or wrong as a test wants them. */
final class OnnxFile {
  private static final int FLOAT = 1;

  private final ByteArrayOutputStream graph = new ByteArrayOutputStream();

  OnnxFile matMul(String name, String input, String factor) {
    return field(
        1,
        message(out -> {
          out.writeString(1, input);
          out.writeString(1, factor);
          out.writeString(2, name + "_output");
          out.writeString(3, name);
          out.writeString(4, "MatMul");
        }));
  }

  OnnxFile weights(String name, int[] shape, float... values) {
    var raw = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    raw.asFloatBuffer().put(values);
    return initializer(name, FLOAT, 0, raw.array(), shape);
  }

  OnnxFile initializer(String name, int type, int location, byte[] raw, int... shape) {
    return field(
        5,
        message(out -> {
          for (int size : shape) {
            out.writeInt64(1, size);
          }
          out.writeInt32(2, type);
          out.writeString(8, name);
          out.writeByteArray(9, raw);
          if (location != 0) {
            out.writeInt32(14, location);
          }
        }));
  }

  byte[] bytes() {
    return message(out -> {
      out.writeInt64(1, 8);
      out.writeString(2, "exporter");
      out.writeByteArray(7, graph.toByteArray());
    });
  }

  private OnnxFile field(int number, byte[] message) {
    graph.writeBytes(message(out -> out.writeByteArray(number, message)));
    return this;
  }

  private static byte[] message(Fields fields) {
    var bytes = new ByteArrayOutputStream();
    var out = CodedOutputStream.newInstance(bytes);
    try {
      fields.write(out);
      out.flush();
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return bytes.toByteArray();
  }

  private interface Fields {
    void write(CodedOutputStream out) throws IOException;
  }
}
