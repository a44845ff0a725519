package dev.gatun.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What the numbers were measured on. */
final class Machine {
  private Machine() {}

  /** Processor and count, as far as the system says. */
  static String name() {
    return value(Path.of("/proc/cpuinfo"), "model name")
        + ", "
        + Runtime.getRuntime().availableProcessors()
        + " processors";
  }

  /** Memory of this process that is in RAM, in MiB; 0 where the system does not say. */
  static long rssMebibytes() {
    String kibibytes = value(Path.of("/proc/self/status"), "VmRSS").replaceAll("[^0-9]", "");
    return kibibytes.isEmpty() ? 0 : Long.parseLong(kibibytes) / 1024;
  }

  private static String value(Path file, String key) {
    if (!Files.exists(file)) {
      return System.getProperty("os.arch", "unknown");
    }
    try (Stream<String> lines = Files.lines(file)) {
      return lines
          .filter(line -> line.startsWith(key))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse("unknown");
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(file + " cannot be read", e);
    }
  }
}
