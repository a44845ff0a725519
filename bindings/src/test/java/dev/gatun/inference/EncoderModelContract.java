package dev.gatun.inference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What every {@link EncoderModel} promises. Subjects are sequence classifiers. */
abstract class EncoderModelContract {

  /** Results of a packed sequence differ from those of the sequence alone by rounding only. */
  private static final float ROUNDING = 5e-5f;

  private static final List<int[]> SEQUENCES =
      List.of(new int[] {7}, new int[] {1, 2, 3, 4, 5}, new int[] {9, 9, 9}, new int[] {200, 1});

  private static final List<Output> ALL =
      List.of(Output.logits(), Output.hidden(0), Output.embedding(), Output.hidden());

  /** A fresh subject; the contract closes it. */
  abstract EncoderModel open();

  /** Ends what {@link #open} needed. */
  abstract void end();

  @AfterEach
  void nothingIsLeft() {
    end();
    LaneThreads.assertNone();
  }

  @Test
  void resultsComeInTheOrderAskedForAndOfTheStatedShape() {
    try (EncoderModel model = open()) {
      ModelInfo info = model.info();
      TokenBatch batch = TokenBatch.of(SEQUENCES);
      List<Matrix> results = model.encode(batch, ALL).join().results();
      assertEquals(ALL.size(), results.size());
      for (int i = 0; i < ALL.size(); i++) {
        Output output = ALL.get(i);
        int rows = output.perToken(info) ? batch.tokens() : batch.sequences();
        assertEquals(rows, results.get(i).rows());
        assertEquals(output.columns(info), results.get(i).columns());
      }
      assertEquals(
          results.get(1).rows(),
          model.encode(batch, List.of(Output.hidden(0))).join().single().rows());
    }
  }

  @Test
  void packedSequencesEqualSingleOnes() {
    try (EncoderModel model = open()) {
      Encoded packed = model.encode(TokenBatch.of(SEQUENCES), ALL).join();
      int token = 0;
      for (int i = 0; i < SEQUENCES.size(); i++) {
        TokenBatch alone = TokenBatch.of(SEQUENCES.get(i));
        List<Matrix> single = model.encode(alone, ALL).join().results();
        same(single.get(0), packed.results().get(0).slice(i, i + 1));
        same(single.get(1), packed.results().get(1).slice(token, token + alone.tokens()));
        same(single.get(2), packed.results().get(2).slice(i, i + 1));
        same(single.get(3), packed.results().get(3).slice(token, token + alone.tokens()));
        token += alone.tokens();
      }
    }
  }

  @Test
  void requestsThatDoNotFitAreRefusedAtOnce() {
    try (EncoderModel model = open()) {
      ModelInfo info = model.info();
      List<Output> logits = List.of(Output.logits());
      TokenBatch one = TokenBatch.of(1);
      refused(model, TokenBatch.of(info.vocabulary()), logits);
      refused(model, TokenBatch.of(new int[info.positionsMax() + 1]), logits);
      refused(model, one, List.of());
      refused(model, one, List.of(Output.hidden(info.layers() + 1)));
      assertEquals(1, model.encode(one, logits).join().single().rows());
    }
  }

  @Test
  void tokenTypesAreCheckedOrIgnoredAsTheModelHasThem() {
    try (EncoderModel model = open()) {
      int types = model.info().tokenTypes();
      List<Output> logits = List.of(Output.logits());
      TokenBatch typed = TokenBatch.of(List.of(new int[] {1}), List.of(new int[] {types}));
      if (types > 0) {
        refused(model, typed, logits);
      } else {
        Matrix plain = model.encode(TokenBatch.of(1), logits).join().single();
        same(plain, model.encode(typed, logits).join().single());
      }
    }
  }

  @Test
  void manyThreadsGetTheirOwnResults() throws Exception {
    try (EncoderModel model = open()) {
      List<Matrix> expected = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        expected.add(logits(model, i));
      }
      List<FutureTask<Void>> callers = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        int id = i;
        callers.add(
            new FutureTask<>(() -> {
              for (int round = 0; round < 20; round++) {
                same(expected.get(id), logits(model, id));
              }
              return null;
            }));
        Thread.ofVirtual().name("caller-" + i).start(callers.get(i));
      }
      for (FutureTask<Void> caller : callers) {
        caller.get();
      }
    }
  }

  @Test
  void useAfterCloseIsRefusedAndClosingTwiceIsNot() {
    EncoderModel model = open();
    model.close();
    model.close();
    assertThrows(
        InferenceException.Closed.class,
        () -> model.encode(TokenBatch.of(1), List.of(Output.logits())));
    assertEquals(Head.SEQUENCE, model.info().head());
  }

  @Test
  void whatWasAskedForBeforeCloseEndsEitherWay() {
    EncoderModel model = open();
    List<CompletableFuture<Encoded>> futures = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      futures.add(model.encode(TokenBatch.of(i), List.of(Output.logits())));
    }
    model.close();
    for (CompletableFuture<Encoded> future : futures) {
      Throwable failure = future.handle((_, reason) -> reason).join();
      assertEquals(true, failure == null || failure instanceof InferenceException.Closed);
    }
  }

  private static Matrix logits(EncoderModel model, int id) {
    TokenBatch batch = TokenBatch.of(id, id + 1, id + 2);
    return model.encode(batch, List.of(Output.logits())).join().single();
  }

  private static void refused(EncoderModel model, TokenBatch batch, List<Output> outputs) {
    assertThrows(IllegalArgumentException.class, () -> model.encode(batch, outputs));
  }

  private static void same(Matrix expected, Matrix actual) {
    assertEquals(expected.rows(), actual.rows());
    assertArrayEquals(expected.values(), actual.values(), ROUNDING);
  }
}
