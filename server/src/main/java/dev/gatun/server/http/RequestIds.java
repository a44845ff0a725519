package dev.gatun.server.http;

import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/** Request ids: the client's when it is harmless, else a new one of 32 hexadecimal digits. */
public final class RequestIds {
  private static final int LENGTH_MAX = 128;

  private RequestIds() {}

  /**
   * Chooses the id.
   *
   * @param given value of {@code x-request-id}
   */
  public static String of(Optional<String> given) {
    return given.filter(RequestIds::isHarmless).orElseGet(RequestIds::fresh);
  }

  private static boolean isHarmless(String id) {
    if (id.isEmpty() || id.length() > LENGTH_MAX) {
      return false;
    }
    return id.chars()
        .allMatch(c -> (c < 128 && Character.isLetterOrDigit(c)) || "-_.:".indexOf(c) >= 0);
  }

  private static String fresh() {
    byte[] bytes = new byte[16];
    ThreadLocalRandom.current().nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }
}
