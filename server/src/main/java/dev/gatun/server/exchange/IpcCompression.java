package dev.gatun.server.exchange;

import io.airlift.compress.MalformedInputException;
import io.airlift.compress.zstd.ZstdDecompressor;
import java.util.Optional;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.compression.AbstractCompressionCodec;
import org.apache.arrow.vector.compression.CompressionCodec;
import org.apache.arrow.vector.compression.CompressionUtil.CodecType;
import org.apache.arrow.vector.compression.NoCompressionCodec;

/** Reads compressed Arrow buffers, LZ4 frames (what Feather files have) and Zstandard. */
final class IpcCompression extends AbstractCompressionCodec {
  static final CompressionCodec.Factory FACTORY =
      new CompressionCodec.Factory() {
        @Override
        public CompressionCodec createCodec(CodecType type) {
          return type == CodecType.NO_COMPRESSION
              ? NoCompressionCodec.INSTANCE
              : new IpcCompression(type);
        }

        @Override
        public CompressionCodec createCodec(CodecType type, int level) {
          return createCodec(type);
        }
      };

  private final CodecType type;

  private IpcCompression(CodecType type) {
    this.type = type;
  }

  @Override
  public CodecType getCodecType() {
    return type;
  }

  /** Never asked: our writers are built without a codec, and this class is for readers alone. */
  @Override
  protected ArrowBuf doCompress(BufferAllocator allocator, ArrowBuf plain) {
    throw new UnsupportedOperationException("Arrow is written without compression");
  }

  @Override
  protected ArrowBuf doDecompress(BufferAllocator allocator, ArrowBuf packed) {
    long length = readUncompressedLength(packed);
    int from = Long.BYTES;
    byte[] bytes = new byte[Math.toIntExact(packed.writerIndex() - from)];
    packed.getBytes(from, bytes);
    if (length < 0 || length > Table.MEMORY_BYTES_MAX) {
      throw new ExchangeException("a buffer states the impossible length " + length);
    }
    byte[] plain = unpacked(bytes, (int) length);
    ArrowBuf result = allocator.buffer(length);
    result.setBytes(0, plain);
    result.writerIndex(length);
    return result;
  }

  private byte[] unpacked(byte[] bytes, int length) {
    Optional<byte[]> plain =
        switch (type) {
          case ZSTD -> zstd(bytes, length);
          case LZ4_FRAME -> Lz4Frame.unpacked(bytes, length);
          case NO_COMPRESSION -> Optional.of(bytes);
        };
    return plain
        .filter(all -> all.length == length)
        .orElseThrow(() -> new ExchangeException("a compressed buffer is damaged"));
  }

  private static Optional<byte[]> zstd(byte[] bytes, int length) {
    byte[] plain = new byte[length];
    try {
      int made = new ZstdDecompressor().decompress(bytes, 0, bytes.length, plain, 0, length);
      return Optional.of(plain).filter(_ -> made == length);
    } catch (MalformedInputException e) {
      return Optional.empty();
    }
  }
}
