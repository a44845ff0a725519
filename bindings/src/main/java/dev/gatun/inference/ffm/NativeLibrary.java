package dev.gatun.inference.ffm;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;

import dev.gatun.inference.abi.gatun_error;
import dev.gatun.inference.abi.gatun_h;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/**
 * libgatun, loaded and of the version this code was generated for. The generated code finds symbols
 * in what this class loader has loaded, so a process has one library.
 */
public final class NativeLibrary {

  private static Optional<NativeLibrary> loaded = Optional.empty();

  private final Path path;

  private NativeLibrary(Path path) {
    this.path = path;
  }

  /**
   * Loads the library, or answers the one that is loaded.
   *
   * @param path absolute
   * @throws LibraryUnavailable with the reason and the remedy
   */
  public static synchronized NativeLibrary load(Path path) {
    if (loaded.isPresent()) {
      return same(loaded.get(), path);
    }
    link(path);
    requireAbi(path, gatun_h.gatun_abi_version());
    NativeLibrary library = new NativeLibrary(path);
    loaded = Optional.of(library);
    return library;
  }

  /** Facts about the library as a JSON object, see {@code gatun_runtime_describe}. */
  public String describe() {
    return NativeText.read(gatun_h::gatun_runtime_describe);
  }

  /**
   * Measures the machine, see {@code gatun_machine_peak}.
   *
   * @return operations per second
   * @throws NativeError when threads are refused
   */
  public double peak(int precision, int threads) {
    try (Arena call = Arena.ofConfined()) {
      MemorySegment error = gatun_error.allocate(call);
      MemorySegment rate = call.allocate(JAVA_DOUBLE);
      if (gatun_h.gatun_machine_peak(precision, threads, rate, error) != gatun_h.GATUN_OK()) {
        throw NativeError.read(error);
      }
      return rate.get(JAVA_DOUBLE, 0);
    }
  }

  /**
   * Keeps the library from instruction sets above one, see {@code gatun_runtime_limit_isa}.
   *
   * @throws NativeError when there is none of this name, or a higher one is in use
   */
  public void limitIsa(String name) {
    byte[] text = name.getBytes(StandardCharsets.UTF_8);
    try (Arena call = Arena.ofConfined()) {
      MemorySegment error = gatun_error.allocate(call);
      if (gatun_h.gatun_runtime_limit_isa(call.allocateFrom(JAVA_BYTE, text), text.length, error)
          != gatun_h.GATUN_OK()) {
        throw NativeError.read(error);
      }
    }
  }

  /** Where the library was loaded from. */
  public Path path() {
    return path;
  }

  static void requireAbi(Path path, int version) {
    if (version != gatun_h.GATUN_ABI_VERSION()) {
      throw new LibraryUnavailable(
          String.format(
              Locale.ROOT,
              "%s has version %d of the C interface, %d is needed: rebuild both with ./gatun",
              path,
              version,
              gatun_h.GATUN_ABI_VERSION()));
    }
  }

  private static NativeLibrary same(NativeLibrary library, Path path) {
    if (library.path.equals(path)) {
      return library;
    }
    throw new LibraryUnavailable(
        String.format(
            Locale.ROOT,
            "%s: this process has already loaded %s; a process uses one native library",
            path,
            library.path));
  }

  @SuppressWarnings("restricted") // loading is what this class is for
  private static void link(Path path) {
    if (!Files.isRegularFile(path)) {
      throw new LibraryUnavailable(
          path + ": no such file; build it with ./gatun, or set -Dgatun.library");
    }
    try {
      System.load(path.toString());
    } catch (UnsatisfiedLinkError e) {
      throw new LibraryUnavailable(
          path + ": cannot be loaded: " + e.getMessage() + "; rebuild it on this machine", e);
    } catch (IllegalCallerException e) {
      throw new LibraryUnavailable(
          "native code is not allowed: run Java with --enable-native-access=dev.gatun.inference",
          e);
    }
  }
}
