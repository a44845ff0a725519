package dev.gatun.inference.ffm;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.inference.Golden;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Handles: who may use them, and what the JDK refuses. */
class NativeLifetimeTest {

  private static final NativeLibrary LIBRARY =
      NativeLibrary.load(Path.of(System.getProperty("gatun.library")));
  private static final int[] NO_TYPES = {};

  @Test
  void closingDuringACallIsRefused() throws Exception {
    int refused = 0;
    for (int attempt = 0; refused == 0; attempt++) {
      assertTrue(attempt < 1000, "close never met a call");
      refused = closeUnderLoad();
    }
  }

  /** Closes a model that another thread runs without pause; answers how often that was refused. */
  private static int closeUnderLoad() throws Exception {
    NativeEncoderModel model = model();
    CountDownLatch running = new CountDownLatch(1);
    FutureTask<Void> calls = new FutureTask<>(() -> callUntilClosed(model, running), null);
    Thread.ofPlatform().name("caller").start(calls);
    running.await();
    int refused = 0;
    while (true) {
      try {
        model.close();
        break;
      } catch (IllegalStateException e) {
        refused++;
      }
    }
    calls.get();
    assertThrows(IllegalStateException.class, model::close);
    return refused;
  }

  /** Runs until the model is closed between two calls: never during one. */
  private static void callUntilClosed(NativeEncoderModel model, CountDownLatch running) {
    int length = Math.min(512, model.facts().positionsMax());
    int[] ids = new int[length];
    try (NativeLane lane = new NativeLane(LIBRARY, new NativeLane.Options(1, -1, 4096))) {
      while (true) {
        lane.run(model, ids, NO_TYPES, new int[] {0, length}, List.of(Want.logits(1, 2)));
        running.countDown();
      }
    } catch (IllegalStateException e) {
      // The model is closed; a crash would have ended the process instead.
      assertEquals(0, running.getCount());
    }
  }

  @Test
  void aLaneBelongsToItsThread() throws Exception {
    try (NativeEncoderModel model = model();
        NativeLane lane = new NativeLane(LIBRARY, new NativeLane.Options(2, -1, 4096))) {
      FutureTask<List<float[]>> other = new FutureTask<>(() -> run(lane, model));
      Thread.ofPlatform().name("other").start(other);
      Exception refusal = assertThrows(Exception.class, other::get);
      assertEquals(WrongThreadException.class, refusal.getCause().getClass());
      assertEquals(2, run(lane, model).getFirst().length);
      assertTrue(lane.workspaceBytes() > 0);
    }
  }

  @Test
  void aModelCannotBeClosedWhileAPassIsUnderWay() {
    NativeEncoderModel model = model();
    try (NativeLane lane = lane()) {
      begin(lane, model);
      assertThrows(IllegalStateException.class, model::close);
      assertThrows(IllegalStateException.class, () -> begin(lane, model));
      lane.cancel();
      begin(lane, model);
      List<float[]> expected = run(lane, model);
      Optional<List<float[]>> results = lane.advance(0);
      while (results.isEmpty()) {
        assertArrayEquals(expected.getFirst(), run(lane, model).getFirst());
        results = lane.advance(0);
      }
      assertArrayEquals(expected.getFirst(), results.get().getFirst());
      assertThrows(IllegalStateException.class, () -> lane.advance(0));
      model.close();
      assertThrows(IllegalStateException.class, () -> begin(lane, model));
    }
    try (NativeEncoderModel other = model()) {
      NativeLane lane = lane();
      begin(lane, other);
      lane.close();
    }
  }

  @Test
  void memoryOfALongCallIsGivenBack() {
    try (NativeEncoderModel model = model();
        NativeLane lane = new NativeLane(LIBRARY, new NativeLane.Options(1, -1, 64))) {
      lane.reserve(model, 64);
      long workspace = lane.workspaceBytes();
      long call = lane.callBytes();
      int hidden = model.facts().hiddenSize();
      int sequences = (1 << 19) / (64 * hidden);
      int[] offsets = IntStream.rangeClosed(0, sequences).map(i -> 64 * i).toArray();
      List<Want> states = List.of(Want.finalHidden(64 * sequences, hidden));
      lane.run(model, new int[64 * sequences], NO_TYPES, offsets, states);
      assertEquals(call, lane.callBytes());
      run(lane, model);
      lane.begin(model, new int[64 * sequences], NO_TYPES, offsets, states);
      assertTrue(lane.workspaceBytes() > workspace);
      lane.cancel();
      assertEquals(call, lane.callBytes());
    }
  }

  @Test
  void aClosedModelCannotBeRun() {
    NativeEncoderModel model = model();
    model.close();
    try (NativeLane lane = new NativeLane(LIBRARY, new NativeLane.Options(1, -1, 4096))) {
      assertThrows(IllegalStateException.class, () -> run(lane, model));
    }
  }

  @Test
  void errorsCarryCodeAndMessage(@TempDir Path empty) {
    NativeError missing = assertThrows(NativeError.class, () -> open(empty));
    assertEquals(Codes.ERROR_IO, missing.code());
    assertTrue(missing.getMessage().contains("config.json"), missing.getMessage());
    NativeError lane =
        assertThrows(
            NativeError.class, () -> new NativeLane(LIBRARY, new NativeLane.Options(0, -1, 4096)));
    assertEquals(Codes.ERROR_ARGUMENT, lane.code());
    try (NativeEncoderModel model = model();
        NativeLane one = new NativeLane(LIBRARY, new NativeLane.Options(1, -1, 4096))) {
      int[] outside = {model.facts().vocabulary()};
      List<Want> logits = List.of(Want.logits(1, 2));
      NativeError id =
          assertThrows(
              NativeError.class, () -> one.run(model, outside, NO_TYPES, new int[] {0, 1}, logits));
      assertEquals(Codes.ERROR_ARGUMENT, id.code());
    }
  }

  @Test
  void aFolderNameMayBeAnyText(@TempDir Path parent) throws Exception {
    Path folder = Files.createDirectory(parent.resolve("modèle \uD83D\uDE00"));
    for (String file : List.of("config.json", "model.safetensors")) {
      Files.copy(control().resolve(file), folder.resolve(file));
    }
    try (NativeEncoderModel model = open(folder)) {
      assertEquals(2, model.facts().labels());
    }
  }

  @Test
  void aLibraryThatIsNotOneIsRefusedWithTheRemedy(@TempDir Path directory) throws Exception {
    Path text = Files.writeString(directory.resolve("libgatun.so"), "not a library");
    Path absent = directory.resolve("absent.so");
    for (Path path : List.of(text, absent)) {
      LibraryUnavailable reason =
          assertThrows(LibraryUnavailable.class, () -> NativeLibrary.load(path));
      assertTrue(reason.getMessage().contains(path.toString()), reason.getMessage());
    }
    assertEquals(LIBRARY, NativeLibrary.load(LIBRARY.path()));
  }

  @Test
  void anotherVersionOfTheInterfaceIsRefused() {
    LibraryUnavailable reason =
        assertThrows(LibraryUnavailable.class, () -> NativeLibrary.requireAbi(LIBRARY.path(), 999));
    assertTrue(reason.getMessage().contains("999"), reason.getMessage());
    assertTrue(reason.getMessage().contains("rebuild"), reason.getMessage());
  }

  private static List<float[]> run(NativeLane lane, NativeEncoderModel model) {
    int[] ids = {1, 2, 3};
    return lane.run(model, ids, NO_TYPES, new int[] {0, 3}, List.of(Want.logits(1, 2)));
  }

  @Test
  void progressLivesForOneLoadAndIsReadAfterIt() {
    NativeProgress progress = new NativeProgress();
    MemorySegment[] memory = {MemorySegment.NULL};
    int answer =
        progress.during(numbers -> {
          memory[0] = numbers;
          numbers.setAtIndex(JAVA_LONG, 0, 3);
          numbers.setAtIndex(JAVA_LONG, 1, 7);
          assertEquals(3, progress.done(), "while it runs");
          return 42;
        });
    assertEquals(42, answer);
    assertFalse(memory[0].scope().isAlive(), "the memory is freed when the load ends, not before");
    assertEquals(3, progress.done());
    assertEquals(7, progress.total());
  }

  /** The collector sees no address inside of a structure; see NativeProgress. */
  @Test
  void noNativeMemoryIsFreedByTheCollector() throws IOException {
    try (Stream<Path> files = Files.walk(Path.of("src/main/java/dev/gatun/inference"))) {
      // What is generated has one, for the library itself, and never lets go of it.
      List<Path> ours =
          files
              .filter(file -> file.toString().endsWith(".java"))
              .filter(file -> !file.getParent().endsWith("abi"))
              .toList();
      assertTrue(ours.size() > 40, ours::toString);
      for (Path file : ours) {
        assertFalse(Files.readString(file).contains("Arena.ofAuto"), file::toString);
      }
    }
  }

  private static void begin(NativeLane lane, NativeEncoderModel model) {
    int[] ids = {1, 2, 3};
    lane.begin(model, ids, NO_TYPES, new int[] {0, 3}, List.of(Want.logits(1, 2)));
  }

  private static NativeLane lane() {
    return new NativeLane(LIBRARY, new NativeLane.Options(2, -1, 4096));
  }

  private static NativeEncoderModel model() {
    return open(control());
  }

  private static Path control() {
    return Golden.carried().resolve("errors/control-ok");
  }

  private static NativeEncoderModel open(Path folder) {
    return new NativeEncoderModel(
        LIBRARY,
        folder,
        new NativeEncoderModel.Settings(Codes.PRECISION_FP32, 1, "", 0, new NativeProgress()));
  }
}
