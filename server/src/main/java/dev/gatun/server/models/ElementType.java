package dev.gatun.server.models;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** How a safetensors file stores one number. */
enum ElementType {
  F32(4) {
    @Override
    float read(ByteBuffer data, int at) {
      return data.getFloat(at);
    }
  },
  F16(2) {
    @Override
    float read(ByteBuffer data, int at) {
      return Float.float16ToFloat(data.getShort(at));
    }
  },
  BF16(2) {
    @Override
    float read(ByteBuffer data, int at) {
      return Float.intBitsToFloat(data.getShort(at) << 16);
    }
  };

  final int bytes;

  ElementType(int bytes) {
    this.bytes = bytes;
  }

  /** The number stored at byte {@code at} of little-endian {@code data}. */
  abstract float read(ByteBuffer data, int at);

  /** The type of that name in a header, null for one that is not read. */
  static @Nullable ElementType of(String name) {
    for (ElementType type : values()) {
      if (type.name().equals(name)) {
        return type;
      }
    }
    return null;
  }
}
