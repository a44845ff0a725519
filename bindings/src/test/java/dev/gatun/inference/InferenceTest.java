package dev.gatun.inference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Queue, lanes and life cycles over a scripted engine. */
class InferenceTest {

  private static final Path LIBRARY = Path.of("/unused/libgatun.so");
  private static final int CALL_TOKENS_MAX = 1000;
  private static final int QUEUE_TOKENS_MAX = 8000;
  private static final List<Output> LOGITS = List.of(Output.logits());

  private final ScriptedEngine engine = ScriptedEngine.held();
  private final Inference inference = open(engine, 1);

  @AfterEach
  void nothingIsLeft() {
    engine.letGo();
    inference.close();
    assertEquals(0, inference.waitingTokens());
    assertEquals(0, engine.lanesOpen.get());
    LaneThreads.assertNone();
  }

  @Test
  void requestsThatWaitForOneModelShareACall() throws Exception {
    EncoderModel a = inference.load(Path.of("a"));
    EncoderModel b = inference.load(Path.of("b"));
    CompletableFuture<Encoded> first = a.encode(TokenBatch.of(1), LOGITS);
    engine.awaitCall();
    CompletableFuture<Encoded> second = a.encode(TokenBatch.of(2, 0), LOGITS);
    CompletableFuture<Encoded> other = b.encode(TokenBatch.of(3), LOGITS);
    TokenBatch two = TokenBatch.of(List.of(new int[] {4}, new int[] {5, 0, 0}));
    CompletableFuture<Encoded> third = a.encode(two, LOGITS);
    CompletableFuture<Encoded> embedding = a.encode(TokenBatch.of(6), List.of(Output.embedding()));
    assertEquals(8, inference.waitingTokens());
    engine.release();
    for (int i = 0; i < 2; i++) {
      engine.awaitCall();
      engine.release();
    }
    assertArrayEquals(new float[] {1, 1}, first.join().single().values());
    assertArrayEquals(new float[] {2, 2}, second.join().single().values());
    assertArrayEquals(new float[] {4, 1, 5, 3}, third.join().single().values());
    assertArrayEquals(new float[] {3, 1}, other.join().single().values());
    assertEquals(1, embedding.join().single().rows());
    assertEquals(List.of("run a 1", "run a 4", "run b 1"), engine.events());
  }

  @Test
  void aTextThatSeveralAskAboutIsOneSequence() throws Exception {
    EncoderModel model = inference.load(Path.of("a"));
    EncoderTask task = model.task(Path.of("task"), TaskForm.LOW_RANK);
    var first = model.encode(TokenBatch.of(1), LOGITS);
    engine.awaitCall();
    var plain = model.encode(TokenBatch.of(7, 8), LOGITS);
    var tasked = model.encode(TokenBatch.of(7, 8), List.of(Output.logits().of(task)));
    TokenBatch both = TokenBatch.of(List.of(new int[] {9, 9, 9}, new int[] {7, 8}));
    var some =
        model.encode(both, List.of(new Output.Some(Output.logits(), List.of(1)), Output.hidden(1)));
    engine.release();
    TokenBatch packed = engine.awaitCall();
    assertEquals(TokenBatch.of(List.of(new int[] {7, 8}, new int[] {9, 9, 9})), packed);
    engine.release();
    assertArrayEquals(new float[] {7, 2}, plain.join().single().values());
    assertArrayEquals(new float[] {7, 2}, tasked.join().single().values());
    assertArrayEquals(new float[] {7, 2}, some.join().results().get(0).values());
    Matrix hidden = some.join().results().get(1);
    assertEquals(5, hidden.rows());
    assertArrayEquals(hidden.row(0), hidden.row(2)); // one random row per id
    assertFalse(Arrays.equals(hidden.row(2), hidden.row(3)));
    first.join();
  }

  @Test
  void typesOfAPackedCallAreZeroWhereARequestHasNone() throws Exception {
    EncoderModel model = inference.load(Path.of("a"));
    var first = model.encode(TokenBatch.of(1), LOGITS);
    engine.awaitCall();
    var plain = model.encode(TokenBatch.of(1, 2), LOGITS);
    var typed =
        model.encode(TokenBatch.of(List.of(new int[] {3, 4}), List.of(new int[] {0, 1})), LOGITS);
    engine.release();
    TokenBatch packed = engine.awaitCall();
    assertEquals(
        new TokenBatch(new int[] {1, 2, 3, 4}, new int[] {0, 0, 0, 1}, new int[] {0, 2, 4}),
        packed);
    engine.release();
    CompletableFuture.allOf(first, plain, typed).join();
  }

  @Test
  void aCallIsBoundedInTokens() throws Exception {
    EncoderModel model = inference.load(Path.of("a"));
    var first = model.encode(TokenBatch.of(1), LOGITS);
    engine.awaitCall();
    List<CompletableFuture<Encoded>> waiting = new ArrayList<>();
    for (int tokens : new int[] {500, 400, 300, 100}) {
      waiting.add(model.encode(TokenBatch.of(new int[tokens]), LOGITS));
    }
    engine.release();
    TokenBatch packed = engine.awaitCall();
    assertArrayEquals(new int[] {0, 500, 900, 1000}, packed.offsets());
    engine.release();
    assertEquals(300, engine.awaitCall().tokens());
    engine.release();
    first.join();
    waiting.forEach(CompletableFuture::join);
  }

  @Test
  void aFullQueueRefusesAndRecovers() throws Exception {
    EncoderModel model = inference.load(Path.of("a"));
    var first = model.encode(TokenBatch.of(1), LOGITS);
    engine.awaitCall();
    List<CompletableFuture<Encoded>> waits = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      waits.add(model.encode(TokenBatch.of(new int[i == 0 ? 499 : 500]), LOGITS));
    }
    InferenceException full =
        assertThrows(
            InferenceException.Overloaded.class, () -> model.encode(TokenBatch.of(1, 2), LOGITS));
    assertTrue(full.getMessage().contains("7999"), full.getMessage());
    TokenBatch never = TokenBatch.of(List.of(new int[4000], new int[4001]));
    full = assertThrows(InferenceException.TooLarge.class, () -> model.encode(never, LOGITS));
    assertTrue(full.getMessage().contains("never"), full.getMessage());
    var fits = model.encode(TokenBatch.of(9), LOGITS);
    engine.release();
    for (int i = 0; i < 8; i++) {
      engine.awaitCall();
      engine.release();
    }
    CompletableFuture.allOf(first, fits).join();
    waits.forEach(CompletableFuture::join);
    var again = model.encode(TokenBatch.of(1, 2), LOGITS);
    engine.awaitCall();
    engine.release();
    assertEquals(1, again.join().single().rows());
  }

  @Test
  void aCancelledRequestNeverRuns() throws Exception {
    EncoderModel model = inference.load(Path.of("a"));
    var first = model.encode(TokenBatch.of(1), LOGITS);
    engine.awaitCall();
    var cancelled = model.encode(TokenBatch.of(2, 2), LOGITS);
    var timedOut = model.encode(TokenBatch.of(3, 3, 3), LOGITS);
    var kept = model.encode(TokenBatch.of(4), LOGITS);
    assertTrue(cancelled.cancel(true));
    assertTrue(timedOut.completeExceptionally(new IllegalStateException("too late")));
    assertEquals(1, inference.waitingTokens());
    engine.release();
    assertEquals(TokenBatch.of(4), engine.awaitCall());
    engine.release();
    CompletableFuture.allOf(first, kept).join();
    assertThrows(CancellationException.class, cancelled::join);
  }

  @Test
  void closingAModelLetsItsCallFinishAndFailsWhatWaits() throws Exception {
    EncoderModel a = inference.load(Path.of("a"));
    EncoderModel b = inference.load(Path.of("b"));
    var running = a.encode(TokenBatch.of(1), LOGITS);
    engine.awaitCall();
    var waiting = a.encode(TokenBatch.of(2), LOGITS);
    var other = b.encode(TokenBatch.of(3), LOGITS);
    Thread closer = Thread.ofPlatform().name("closer").start(a::close);
    Throwable reason = waiting.handle((_, failure) -> failure).join();
    assertInstanceOf(InferenceException.Closed.class, reason);
    assertThrows(InferenceException.Closed.class, () -> a.encode(TokenBatch.of(4), LOGITS));
    assertFalse(running.isDone());
    engine.release();
    closer.join();
    assertEquals(1, running.join().single().rows());
    engine.awaitCall();
    engine.release();
    other.join();
    List<String> events = engine.events();
    assertTrue(events.indexOf("run a 1") < events.indexOf("close a"), events::toString);
  }

  @Test
  void closingInferenceEndsEverything() throws Exception {
    EncoderModel model = inference.load(Path.of("a"));
    var running = model.encode(TokenBatch.of(1), LOGITS);
    engine.awaitCall();
    var waiting = model.encode(TokenBatch.of(2), LOGITS);
    Thread closer = Thread.ofPlatform().name("closer").start(inference::close);
    assertInstanceOf(
        InferenceException.Closed.class, waiting.handle((_, failure) -> failure).join());
    engine.release();
    closer.join();
    assertEquals(1, running.join().single().rows());
    LaneThreads.assertNone();
    assertEquals(List.of("run a 1", "close a"), engine.events());
    inference.close();
    model.close();
    assertThrows(InferenceException.Closed.class, () -> inference.load(Path.of("b")));
    assertThrows(InferenceException.Closed.class, () -> model.encode(TokenBatch.of(1), LOGITS));
  }

  @Test
  void anInterruptedCloserStillWaits() throws Exception {
    EncoderModel model = inference.load(Path.of("a"));
    var running = model.encode(TokenBatch.of(1), LOGITS);
    engine.awaitCall();
    FutureTask<Boolean> closing =
        new FutureTask<>(() -> {
          Thread.currentThread().interrupt();
          inference.close();
          return Thread.currentThread().isInterrupted();
        });
    Thread.ofPlatform().name("closer").start(closing);
    engine.release();
    assertTrue(closing.get());
    assertEquals(1, running.join().single().rows());
  }

  @Test
  void aNeighbourInASharedCallDoesNotFailForAnother() throws Exception {
    EncoderModel model = inference.load(Path.of("a"));
    var first = model.encode(TokenBatch.of(1), LOGITS);
    engine.awaitCall();
    var good = model.encode(TokenBatch.of(2), LOGITS);
    var bad = model.encode(TokenBatch.of(ScriptedEngine.POISON), LOGITS);
    engine.release();
    for (int i = 0; i < 3; i++) {
      engine.awaitCall();
      engine.release();
    }
    first.join();
    assertArrayEquals(new float[] {2, 1}, good.join().single().values());
    CompletionException failure = assertThrows(CompletionException.class, bad::join);
    assertInstanceOf(InferenceException.Failed.class, failure.getCause());
  }

  @Test
  void aLaneCannotWaitForItself() throws Exception {
    EncoderModel model = inference.load(Path.of("a"));
    CompletableFuture<Throwable> closing = new CompletableFuture<>();
    var running = model.encode(TokenBatch.of(1), LOGITS);
    engine.awaitCall();
    var attached = running.thenRun(() -> closing.complete(thrownBy(inference::close)));
    engine.release();
    attached.join();
    assertInstanceOf(IllegalStateException.class, closing.join());
  }

  @Test
  void anActionOnALaneMayCloseItsModel() throws Exception {
    EncoderModel model = inference.load(Path.of("a"));
    var running = model.encode(TokenBatch.of(1), LOGITS);
    engine.awaitCall();
    var attached = running.thenRun(model::close);
    engine.release();
    attached.join();
    assertEquals(List.of("run a 1", "close a"), engine.events());
  }

  private static Throwable thrownBy(Runnable action) {
    try {
      action.run();
      return new AssertionError("nothing thrown");
    } catch (RuntimeException e) {
      return e;
    }
  }

  @Test
  void aLaneThatCannotBeOpenedIsTheReason() {
    ScriptedEngine broken = ScriptedEngine.free();
    broken.openingFails = new InferenceException.Unavailable("no threads");
    InferenceException reason =
        assertThrows(InferenceException.Unavailable.class, () -> open(broken, 3));
    assertEquals("no threads", reason.getMessage());
    broken.openingFails = new IllegalStateException("no memory");
    reason = assertThrows(InferenceException.Unavailable.class, () -> open(broken, 3));
    assertTrue(reason.getMessage().contains("no memory"), reason.getMessage());
  }

  static Inference open(ScriptedEngine engine, int lanes) {
    return Inference.over(
        engine,
        new InferenceOptions(LIBRARY, lanes, 1, false, CALL_TOKENS_MAX, QUEUE_TOKENS_MAX),
        engine.nanos::get);
  }
}
