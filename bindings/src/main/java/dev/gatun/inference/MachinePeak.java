package dev.gatun.inference;

import dev.gatun.inference.ffm.Codes;
import dev.gatun.inference.ffm.LibraryUnavailable;
import dev.gatun.inference.ffm.NativeError;
import dev.gatun.inference.ffm.NativeLibrary;
import java.nio.file.Path;

/** How fast this machine multiplies when nothing has to be loaded: the yardstick of benchmarks. */
public final class MachinePeak {
  private MachinePeak() {}

  /**
   * Measures, on the calling thread and as many more as are wanted, for about a fifth of a second.
   *
   * @param library libgatun, an absolute path
   * @param threads that compute at once, 1 … 256
   * @return operations per second of all threads together with the instruction set in use; a
   *     product and its sum count as two
   * @throws InferenceException.Unavailable when the library or threads are refused
   */
  public static double operationsPerSecond(Path library, Precision precision, int threads) {
    int code =
        switch (precision) {
          case FP32 -> Codes.PRECISION_FP32;
          case BF16 -> Codes.PRECISION_BF16;
          case INT8 -> Codes.PRECISION_INT8;
        };
    try {
      return NativeLibrary.load(library).peak(code, threads);
    } catch (LibraryUnavailable | NativeError e) {
      throw new InferenceException.Unavailable(String.valueOf(e.getMessage()), e);
    }
  }
}
