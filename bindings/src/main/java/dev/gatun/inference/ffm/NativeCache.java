package dev.gatun.inference.ffm;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.gatun.inference.abi.gatun_error;
import dev.gatun.inference.abi.gatun_h;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;

/** A directory of packed weights. */
public final class NativeCache {

  private final byte[] directory;

  /**
   * A directory, which need not exist.
   *
   * @param library that has been loaded; named here so that there is one
   * @param directory absolute
   */
  public NativeCache(NativeLibrary library, Path directory) {
    Objects.requireNonNull(library);
    this.directory = directory.toString().getBytes(StandardCharsets.UTF_8);
  }

  /**
   * The files in it as a JSON array, see {@code gatun_cache_describe}.
   *
   * @param verify whether every byte is read and compared
   * @throws NativeError when the directory cannot be used
   */
  public String describe(boolean verify) {
    try (Arena call = Arena.ofConfined()) {
      MemorySegment name = call.allocateFrom(JAVA_BYTE, directory);
      return NativeText.read((text, capacity, error) ->
          gatun_h.gatun_cache_describe(
              name, directory.length, verify ? 1 : 0, text, capacity, error));
    }
  }

  /**
   * Removes everything in it.
   *
   * @return bytes of the weights among it
   * @throws NativeError when the directory cannot be used
   */
  public long clear() {
    try (Arena call = Arena.ofConfined()) {
      MemorySegment error = gatun_error.allocate(call);
      MemorySegment name = call.allocateFrom(JAVA_BYTE, directory);
      long bytes = gatun_h.gatun_cache_clear(name, directory.length, error);
      if (bytes < 0) {
        throw NativeError.read(error);
      }
      return bytes;
    }
  }
}
