package dev.gatun.bench.measure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What numbers were measured on.
 *
 * @param cpu the processor's name
 * @param cpus processors this process may use
 * @param memoryMebibytes memory of the machine, 0 where the system does not say
 * @param system name, version and architecture of the operating system
 * @param java version of the JVM
 */
public record Machine(String cpu, int cpus, long memoryMebibytes, String system, String java) {

  /** This machine. */
  public static Machine here() {
    return new Machine(
        value(Path.of("/proc/cpuinfo"), "model name").orElseGet(() -> property("os.arch")),
        Runtime.getRuntime().availableProcessors(),
        mebibytes(Path.of("/proc/meminfo"), "MemTotal"),
        property("os.name") + " " + property("os.version") + " " + property("os.arch"),
        property("java.vendor") + " " + property("java.version"));
  }

  /** A word for names of files: the processor's letters and digits, and how many there are. */
  public String word() {
    String name =
        cpu.toLowerCase(Locale.ROOT)
            .replaceAll("\\((r|tm)\\)|processor|cpu|@.*", " ")
            .replaceAll("[^a-z0-9]+", "-")
            .replaceAll("^-|-$", "");
    return name + "-" + cpus + "cpu";
  }

  /** Memory of a process that is in RAM, in MiB; 0 where the system does not say. */
  public static long rssMebibytes(long process) {
    return mebibytes(status(process), "VmRSS");
  }

  /** The most memory a process ever had in RAM, in MiB; 0 where the system does not say. */
  public static long peakRssMebibytes(long process) {
    return mebibytes(status(process), "VmHWM");
  }

  private static Path status(long process) {
    return Path.of("/proc", Long.toString(process), "status");
  }

  private static long mebibytes(Path file, String key) {
    return value(file, key)
        .map(kibibytes -> Long.parseLong(kibibytes.replaceAll("[^0-9]", "")) / 1024)
        .orElse(0L);
  }

  private static Optional<String> value(Path file, String key) {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try (Stream<String> lines = Files.lines(file)) {
      return lines
          .filter(line -> line.startsWith(key))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst();
    } catch (IOException e) {
      throw new UncheckedIOException(file + " cannot be read", e);
    }
  }

  private static String property(String name) {
    return System.getProperty(name, "unknown");
  }
}
