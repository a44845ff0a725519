package dev.gatun.server.models;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The fp32 initialisers of an ONNX model, for each named MatMul node the initialiser it multiplies
 * by, and for each named node with a constant number that number.
 *
 * <p>Reads the protobuf fields it needs and skips the rest (onnx.proto3: ModelProto.graph 7;
 * GraphProto.node 1, .initializer 5; NodeProto.input 1, .output 2, .name 3, .op_type 4, .attribute
 * 5; AttributeProto.t 5; TensorProto.dims 1, .data_type 2, .name 8, .raw_data 9, .data_location
 * 14). Every length is checked against the message around it before anything is allocated.
 *
 * @param initializers initialiser name to tensor, in the order of the file
 * @param factors name of a MatMul node to the name of its second input
 * @param scalars name of a node to the fp32 number that a Constant node gives as its second input
 */
record OnnxGraph(
    Map<String, Tensor> initializers, Map<String, String> factors, Map<String, Float> scalars) {
  private static final int TYPE_FLOAT = 1;
  private static final int RANK_MAX = 8;

  OnnxGraph {
    initializers = Map.copyOf(initializers);
    factors = Map.copyOf(factors);
    scalars = Map.copyOf(scalars);
  }

  /**
   * Reads the model in {@code bytes}.
   *
   * @param origin the name for messages
   * @throws ModelBuildException when it is not an ONNX model with its weights inside
   */
  static OnnxGraph read(byte[] bytes, String origin) {
    var reader = new Reader(origin);
    try {
      reader.model(CodedInputStream.newInstance(bytes));
    } catch (IOException broken) {
      throw new ModelBuildException(
          origin,
          "is not a whole ONNX model: " + broken.getMessage(),
          "delete the artifact from the local Maven repository and build again",
          broken);
    }
    if (reader.initializers.isEmpty()) {
      throw reader.refused("holds no fp32 initialiser, so no weights");
    }
    return new OnnxGraph(reader.initializers, reader.factors, reader.scalars());
  }

  private static final class Reader {
    private final String origin;
    private final Map<String, Tensor> initializers = new LinkedHashMap<>();
    private final Map<String, String> factors = new LinkedHashMap<>();
    private final Map<String, String> seconds = new LinkedHashMap<>();
    private final Map<String, Float> constants = new LinkedHashMap<>();

    Reader(String origin) {
      this.origin = origin;
    }

    ModelBuildException refused(String what) {
      return new ModelBuildException(
          origin, what, "use the artifact and version that the model card names");
    }

    void model(CodedInputStream in) throws IOException {
      for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
        if (tag == bytesTag(7)) {
          nested(in, this::graph);
        } else {
          skip(in, tag);
        }
      }
    }

    private void graph(CodedInputStream in) throws IOException {
      for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
        if (tag == bytesTag(1)) {
          nested(in, this::node);
        } else if (tag == bytesTag(5)) {
          nested(in, this::initializer);
        } else {
          skip(in, tag);
        }
      }
    }

    private void node(CodedInputStream in) throws IOException {
      var inputs = new ArrayList<String>();
      var output = "";
      var name = "";
      var operator = "";
      var constant = new ArrayList<Float>();
      for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
        if (tag == bytesTag(1)) {
          inputs.add(in.readStringRequireUtf8());
        } else if (tag == bytesTag(2)) {
          output = in.readStringRequireUtf8();
        } else if (tag == bytesTag(3)) {
          name = in.readStringRequireUtf8();
        } else if (tag == bytesTag(4)) {
          operator = in.readStringRequireUtf8();
        } else if (tag == bytesTag(5)) {
          nested(in, attribute -> constant.addAll(tensorNumber(attribute)));
        } else {
          skip(in, tag);
        }
      }
      if (operator.equals("MatMul") && inputs.size() == 2 && !name.isEmpty()) {
        factors.put(name, inputs.get(1));
      } else if (operator.equals("Constant") && constant.size() == 1) {
        constants.put(output, constant.getFirst());
      } else if (inputs.size() == 2 && !name.isEmpty()) {
        seconds.put(name, inputs.get(1));
      }
    }

    /** The number of an attribute that is an fp32 tensor of one number; empty for any other. */
    private List<Float> tensorNumber(CodedInputStream in) throws IOException {
      var numbers = new ArrayList<Float>();
      for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
        if (tag == bytesTag(5)) {
          nested(in, tensor -> numbers.addAll(rawNumber(tensor)));
        } else {
          skip(in, tag);
        }
      }
      return numbers;
    }

    private List<Float> rawNumber(CodedInputStream in) throws IOException {
      int type = 0;
      var raw = ByteBuffer.allocate(0);
      for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
        if (tag == 2 << 3) {
          type = in.readInt32();
        } else if (tag == bytesTag(9)) {
          raw = in.readByteBuffer();
        } else {
          skip(in, tag);
        }
      }
      boolean one = type == TYPE_FLOAT && raw.remaining() == Float.BYTES;
      return one ? List.of(raw.order(ByteOrder.LITTLE_ENDIAN).getFloat()) : List.of();
    }

    Map<String, Float> scalars() {
      var scalars = new LinkedHashMap<String, Float>();
      seconds.forEach((node, input) -> {
        Float number = constants.get(input);
        if (number != null) {
          scalars.put(node, number);
        }
      });
      return scalars;
    }

    private void initializer(CodedInputStream in) throws IOException {
      var dims = new ArrayList<Long>();
      int type = 0;
      var name = "";
      var raw = ByteBuffer.allocate(0);
      for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
        if (tag == 1 << 3) {
          dims.add(in.readInt64());
        } else if (tag == bytesTag(1)) {
          nested(in, packed -> readPacked(packed, dims));
        } else if (tag == 2 << 3) {
          type = in.readInt32();
        } else if (tag == bytesTag(8)) {
          name = in.readStringRequireUtf8();
        } else if (tag == bytesTag(9)) {
          raw = in.readByteBuffer();
        } else if (tag == 14 << 3 && in.readInt32() != 0) {
          throw refused("initialiser " + name + " keeps its numbers in another file");
        } else if (tag != 14 << 3) {
          skip(in, tag);
        }
      }
      if (type == TYPE_FLOAT) {
        add(name, dims, raw);
      }
    }

    private static void readPacked(CodedInputStream in, List<Long> dims) throws IOException {
      while (!in.isAtEnd()) {
        dims.add(in.readInt64());
      }
    }

    private void add(String name, List<Long> dims, ByteBuffer raw) {
      var shape = new ArrayList<Integer>();
      for (long size : dims) {
        if (size < 0 || size > Integer.MAX_VALUE || dims.size() > RANK_MAX) {
          throw refused("initialiser " + name + " has the impossible shape " + dims);
        }
        shape.add((int) size);
      }
      long wanted = 4 * Tensor.elements(shape);
      if (raw.remaining() != wanted) {
        throw refused(
            "initialiser "
                + name
                + " of shape "
                + shape
                + " has "
                + raw.remaining()
                + " bytes, expected "
                + wanted);
      }
      var values = new float[raw.remaining() / 4];
      raw.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
      if (initializers.put(name, Tensor.of(shape, values)) != null) {
        throw refused("initialiser " + name + " occurs twice");
      }
    }

    private void skip(CodedInputStream in, int tag) throws IOException {
      if (!in.skipField(tag)) {
        throw refused("has the unexpected protobuf tag " + tag);
      }
    }

    private static int bytesTag(int field) {
      return field << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;
    }

    private static void nested(CodedInputStream in, Message message) throws IOException {
      int outer = in.pushLimit(in.readRawVarint32());
      message.read(in);
      in.popLimit(outer);
    }

    private interface Message {
      void read(CodedInputStream in) throws IOException;
    }
  }
}
