package dev.gatun.router.config;

import java.util.List;
import java.util.Optional;

public final class ConfigDecoder {
  public static Decoded decode(Node root, DecodeOptions options) {
    return new Decoded(Optional.empty(), List.of());
  }

  private ConfigDecoder() {}
}
