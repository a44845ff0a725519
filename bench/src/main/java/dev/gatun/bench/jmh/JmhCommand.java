package dev.gatun.bench.jmh;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code gatun bench jmh}: the Java side under JMH, in a process as JMH wants it. */
@Command(
    name = "jmh",
    description = "Measure the Java side with JMH: downcall, lane hand-off, pooling, tokenizer.")
public final class JmhCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "FILTER",
      arity = "0..1",
      description = "Benchmarks whose name holds this (default: all).")
  private String filter = ".*";

  @Option(names = "--quick", description = "One iteration each: shows that all run.")
  private boolean quick;

  @Option(
      names = "--json",
      paramLabel = "OUT",
      description = "Write JMH's JSON, without single samples.")
  private Optional<Path> out = Optional.empty();

  /** For picocli. */
  public JmhCommand() {}

  @Override
  public Integer call() throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command()).inheritIO().start();
    boolean isDone = process.waitFor() == 0;
    if (isDone && out.isPresent()) {
      JmhResult.shorten(out.get());
    }
    return isDone ? 0 : 1;
  }

  /** JMH starts its forks with the class path of its own process, so this one has no modules. */
  private List<String> command() throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-cp", String.join(File.pathSeparator, jars())));
    List<String> options = new ArrayList<>();
    options.add("-XX:+UseSerialGC");
    options.add("--enable-native-access=ALL-UNNAMED");
    options.add("--sun-misc-unsafe-memory-access=allow");
    for (String name :
        List.of("gatun.home", "gatun.library", "gatun.models", "ENGINE_CACHE_DIR", "jna.tmpdir")) {
      String value = System.getProperty(name);
      if (value != null) {
        options.add("-D" + name + "=" + value);
      }
    }
    command.addAll(options);
    command.addAll(List.of("org.openjdk.jmh.Main", filter));
    if (quick) {
      command.addAll(List.of("-wi", "1", "-i", "1", "-w", "200ms", "-r", "200ms"));
    }
    if (out.isPresent()) {
      command.addAll(List.of("-rf", "json", "-rff", out.get().toString()));
    }
    return command;
  }

  private static List<String> jars() throws IOException {
    Path home = Path.of(System.getProperty("gatun.home"));
    List<String> jars = new ArrayList<>();
    for (String entry : System.getProperty("jdk.module.path", "").split(File.pathSeparator, -1)) {
      jars.addAll(Files.isDirectory(Path.of(entry)) ? jarsIn(Path.of(entry)) : List.of(entry));
    }
    Path own = home.resolve("build/jmh");
    if (!Files.isDirectory(own)) {
      throw new IOException(own + " is missing: JMH belongs to the build, run ./gatun build");
    }
    jars.addAll(jarsIn(own));
    return jars;
  }

  private static List<String> jarsIn(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(Path::toString).filter(name -> name.endsWith(".jar")).sorted().toList();
    }
  }
}
