package dev.gatun.inference.ffm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.inference.Golden;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
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
    try (NativeLane lane = new NativeLane(LIBRARY, 1, -1)) {
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
        NativeLane lane = new NativeLane(LIBRARY, 2, -1)) {
      FutureTask<List<float[]>> other = new FutureTask<>(() -> run(lane, model));
      Thread.ofPlatform().name("other").start(other);
      Exception refusal = assertThrows(Exception.class, other::get);
      assertEquals(WrongThreadException.class, refusal.getCause().getClass());
      assertEquals(2, run(lane, model).getFirst().length);
      assertTrue(lane.workspaceBytes() > 0);
    }
  }

  @Test
  void aClosedModelCannotBeRun() {
    NativeEncoderModel model = model();
    model.close();
    try (NativeLane lane = new NativeLane(LIBRARY, 1, -1)) {
      assertThrows(IllegalStateException.class, () -> run(lane, model));
    }
  }

  @Test
  void errorsCarryCodeAndMessage(@TempDir Path empty) {
    NativeError missing = assertThrows(NativeError.class, () -> open(empty));
    assertEquals(Codes.ERROR_IO, missing.code());
    assertTrue(missing.getMessage().contains("config.json"), missing.getMessage());
    NativeError lane = assertThrows(NativeError.class, () -> new NativeLane(LIBRARY, 0, -1));
    assertEquals(Codes.ERROR_ARGUMENT, lane.code());
    try (NativeEncoderModel model = model();
        NativeLane one = new NativeLane(LIBRARY, 1, -1)) {
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
