package dev.gatun.inference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Long requests beside short ones: who overtakes whom, and what ends them. */
class LongRequestTest {

  private static final List<Output> LOGITS = List.of(Output.logits());
  private static final TokenBatch LONG = TokenBatch.of(ids(700));
  private static final TokenBatch SHORT = TokenBatch.of(7);
  private static final Duration MILLI = Duration.ofMillis(1);

  private final ScriptedEngine engine = ScriptedEngine.held();
  private final Inference inference = InferenceTest.open(engine, 1);
  private final EncoderModel model = inference.load(Path.of("a"));

  @AfterEach
  void nothingIsLeft() {
    engine.letGo();
    inference.close();
    assertEquals(0, engine.lanesOpen.get());
    LaneThreads.assertNone();
  }

  @Test
  void shortRequestsOvertakeBetweenSlices() throws Exception {
    var longer = model.encode(LONG, LOGITS);
    step();
    engine.awaitCall();
    var first = model.encode(SHORT, LOGITS);
    var second = model.encode(TokenBatch.of(8, 8), LOGITS);
    engine.release();
    assertEquals(2, engine.awaitCall().sequences());
    engine.release();
    engine.awaitCall();
    assertEquals(7, first.join().single().at(0, 0));
    assertEquals(8, second.join().single().at(0, 0));
    assertFalse(longer.isDone());
    engine.release();
    assertEquals(700, longer.join().single().at(0, 1));
    assertEquals(List.of("begin a", "slice a", "slice a", "run a 2", "slice a"), engine.events());
  }

  @Test
  void requestsAboutTheSameLongTextShareItsCall() throws Exception {
    var running = model.encode(SHORT, LOGITS);
    engine.awaitCall();
    var logits = model.encode(LONG, LOGITS);
    var given = model.encode(LONG, LOGITS, Duration.ofDays(1));
    var embedding = model.encode(LONG, List.of(Output.embedding()));
    engine.release();
    assertEquals(700, step());
    assertTrue(given.cancel(true));
    assertEquals(700, step());
    assertEquals(700, step());
    assertEquals(700, logits.join().single().at(0, 1));
    assertEquals(8, embedding.join().single().columns());
    running.join();
    assertEquals(1, engine.events().stream().filter("begin a"::equals).count());
  }

  @Test
  void longRequestsKeepTheirOrderAndShareTheirCallWithNobody() throws Exception {
    var running = model.encode(SHORT, LOGITS);
    engine.awaitCall();
    var first = model.encode(LONG, LOGITS);
    var second = model.encode(TokenBatch.of(ids(800)), LOGITS);
    var brief = model.encode(TokenBatch.of(9), LOGITS);
    engine.release();
    for (int length : new int[] {1, 700, 700, 700, 800, 800, 800}) {
      assertEquals(length, step());
    }
    CompletableFuture.allOf(running, first, second, brief).join();
  }

  @Test
  void aLongRequestIsNotStarvedByShortOnes() throws Exception {
    engine.callNanos = Duration.ofMillis(6).toNanos();
    var longer = model.encode(LONG, LOGITS);
    engine.awaitCall();
    StringBuilder order = new StringBuilder("L");
    var last = model.encode(SHORT, LOGITS);
    while (!longer.isDone()) {
      engine.release();
      int tokens = engine.awaitCall().tokens();
      order.append(tokens == 700 ? 'L' : 's');
      if (tokens < 700) {
        last = model.encode(SHORT, LOGITS); // there is always one waiting
      }
      assertTrue(order.length() < 50, "starved: " + order);
      if (order.chars().filter(c -> c == 'L').count() == 3) {
        engine.release();
        longer.join();
      }
    }
    // Two short calls of 6 ms are owed 4 ms of the long one, more than a slice of 3.
    assertEquals("LssLssL", order.toString());
    step();
    last.join();
  }

  @Test
  void cancellingStopsALongRequestBetweenSlices() throws Exception {
    var longer = model.encode(LONG, LOGITS);
    engine.awaitCall();
    assertTrue(longer.cancel(true));
    var next = model.encode(SHORT, LOGITS);
    engine.release();
    engine.awaitCall();
    engine.release();
    next.join();
    var again = model.encode(LONG, LOGITS);
    for (int i = 0; i < 3; i++) {
      step();
    }
    again.join();
    assertEquals(1, engine.events().stream().filter("cancel a"::equals).count());
  }

  @Test
  void aLimitStopsALongRequestAndKeepsALateOneFromStarting() throws Exception {
    engine.callNanos = MILLI.toNanos();
    var longer = model.encode(LONG, LOGITS, MILLI.multipliedBy(2).minusNanos(1));
    engine.awaitCall();
    engine.release();
    engine.awaitCall();
    var late = model.encode(SHORT, LOGITS, Duration.ZERO);
    var inTime = model.encode(SHORT, LOGITS, MILLI);
    engine.release();
    assertEquals(1, step());
    assertArrayEquals(new float[] {7, 1}, inTime.join().single().values());
    for (CompletableFuture<Encoded> future : List.of(longer, late)) {
      CompletionException failure = assertThrows(CompletionException.class, future::join);
      assertInstanceOf(InferenceException.Late.class, failure.getCause());
    }
    assertTrue(engine.events().contains("cancel a"), engine.events()::toString);
  }

  @Test
  void aFailedSliceFailsItsRequestOnly() throws Exception {
    int[] ids = ids(700);
    ids[9] = ScriptedEngine.POISON;
    var poisoned = model.encode(TokenBatch.of(ids), LOGITS);
    step();
    CompletionException failure = assertThrows(CompletionException.class, poisoned::join);
    assertInstanceOf(InferenceException.Failed.class, failure.getCause());
    var next = model.encode(SHORT, LOGITS);
    step();
    next.join();
  }

  @Test
  void closingFinishesALongRequestUnderWay() throws Exception {
    var longer = model.encode(LONG, LOGITS);
    engine.awaitCall();
    var waiting = model.encode(LONG, LOGITS);
    Thread closer = Thread.ofPlatform().name("closer").start(inference::close);
    assertInstanceOf(
        InferenceException.Closed.class, waiting.handle((_, failure) -> failure).join());
    engine.release();
    step();
    step();
    closer.join();
    assertEquals(700, longer.join().single().at(0, 1));
    assertEquals("close a", engine.events().getLast());
  }

  @Test
  void everyLaneMakesRoomBeforeAModelIsLoaded() {
    ScriptedEngine two = ScriptedEngine.free();
    try (Inference lanes = InferenceTest.open(two, 2)) {
      lanes.load(Path.of("b"));
      assertEquals(List.of("room b 1000", "room b 1000"), two.rooms());
      two.reservingFails = new InferenceException.Failed("no memory");
      InferenceException reason =
          assertThrows(InferenceException.Failed.class, () -> lanes.load(Path.of("c")));
      assertEquals("no memory", reason.getMessage());
      assertEquals("close c", two.events().getLast());
    }
  }

  /** Lets the next call go, and answers its tokens. */
  private int step() throws InterruptedException {
    int tokens = engine.awaitCall().tokens();
    engine.release();
    return tokens;
  }

  private static int[] ids(int count) {
    int[] ids = new int[count];
    Arrays.fill(ids, 3);
    return ids;
  }
}
