package dev.gatun.inference.ffm;

import dev.gatun.inference.abi.gatun_error;
import dev.gatun.inference.abi.gatun_h;
import java.lang.foreign.MemorySegment;

/** An error that the native library reported: its code, and its message in one line. */
public final class NativeError extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final int code;

  NativeError(int code, String message) {
    super(message);
    this.code = code;
  }

  /** The error a call has filled in. */
  static NativeError read(MemorySegment error) {
    int code = gatun_error.code(error);
    if (code == gatun_h.GATUN_OK()) {
      return new NativeError(Codes.ERROR_INTERNAL, "the call failed without saying why");
    }
    return new NativeError(code, gatun_error.message(error).getString(0));
  }

  /** One of {@link Codes}{@code .ERROR_…}. */
  public int code() {
    return code;
  }
}
