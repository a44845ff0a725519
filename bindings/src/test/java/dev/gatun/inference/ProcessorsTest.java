package dev.gatun.inference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Threads follow the processors that a process may use, as a container limits them. */
class ProcessorsTest {

  private static final Path TASKSET = Path.of("/usr/bin/taskset");

  @Test
  void threadsFollowTheLimitOfTheContainer() throws Exception {
    assertEquals("1 lanes, 1 threads each, 1 run", said(List.of(), 1));
    assertEquals("1 lanes, 3 threads each, 3 run", said(List.of(), 3));
    assertEquals("3 lanes, 13 threads each, 39 run", said(List.of(), 40));
  }

  @Test
  void threadsFollowTheProcessorsThatAreAllowed() throws Exception {
    if (!Files.isExecutable(TASKSET)) {
      System.out.println("skipped: no " + TASKSET + " to restrict a process with");
      return;
    }
    String first = allowed().replaceFirst("[-,].*", "");
    assertEquals(
        "1 lanes, 1 threads each, 1 run", said(List.of(TASKSET.toString(), "-c", first), 0));
  }

  @Test
  void lanesThatCannotBePinnedAreRefused() {
    InferenceOptions options = InferenceOptions.defaults().withThreads(64, 256).withPin(true);
    InferenceException reason =
        assertThrows(InferenceException.Unavailable.class, () -> Inference.open(options));
    assertTrue(reason.getMessage().contains("processors may be used"), reason.getMessage());
    LaneThreads.assertNone();
  }

  @Test
  void pinnedLanesAnswer() {
    InferenceOptions options = InferenceOptions.defaults().withThreads(1, 1).withPin(true);
    try (Inference inference = Inference.open(options);
        EncoderModel model = inference.load(Golden.carried().resolve("errors/control-ok"))) {
      assertEquals(
          1, model.encode(TokenBatch.of(1, 2), List.of(Output.logits())).join().single().rows());
    }
  }

  /** What {@link #main} says in a process with so many processors; 0: as many as it finds. */
  private static String said(List<String> wrapper, int processors)
      throws IOException, InterruptedException {
    Path target = Golden.home().resolve("bindings/target");
    String classPath =
        String.join(
            File.pathSeparator,
            target.resolve("classes").toString(),
            target.resolve("test-classes").toString(),
            System.getProperty("jdk.module.path", ""),
            System.getProperty("java.class.path", ""));
    List<String> command = new ArrayList<>(wrapper);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    if (processors > 0) {
      command.add("-XX:ActiveProcessorCount=" + processors);
    }
    command.addAll(
        List.of(
            "--enable-native-access=ALL-UNNAMED",
            "-Dgatun.library=" + System.getProperty("gatun.library"),
            "-Dgatun.home=" + Golden.home(),
            "-cp",
            classPath,
            ProcessorsTest.class.getName()));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), text);
    return text.lines().reduce("", (_, line) -> line);
  }

  /** The processors this process may use, as the system lists them. */
  private static String allowed() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("Cpus_allowed_list:"))
        .findFirst()
        .orElseThrow()
        .replaceFirst(".*:\\s+", "");
  }

  /** Opens inference as a server would, and tells how many threads compute. */
  public static void main(String[] arguments) throws IOException {
    InferenceOptions options = InferenceOptions.defaults();
    try (Inference inference = Inference.open(options);
        EncoderModel model = inference.load(Golden.carried().resolve("errors/control-ok"))) {
      model.encode(TokenBatch.of(1, 2), List.of(Output.logits())).join();
      System.out.println(
          options.lanes()
              + " lanes, "
              + options.threadsPerLane()
              + " threads each, "
              + computing()
              + " run");
    }
  }

  /** Threads of this process that run native code: those of the lanes and their helpers. */
  private static long computing() throws IOException {
    try (Stream<Path> tasks = Files.list(Path.of("/proc/self/task"))) {
      return tasks.map(ProcessorsTest::name).filter(name -> name.startsWith("gatun-")).count();
    }
  }

  private static String name(Path task) {
    try {
      return Files.readString(task.resolve("comm"));
    } catch (IOException e) {
      return ""; // it has ended
    }
  }
}
