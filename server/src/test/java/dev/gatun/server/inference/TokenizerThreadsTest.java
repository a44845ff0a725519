package dev.gatun.server.inference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.gatun.inference.tokenize.Tokenizer;
import dev.gatun.inference.tokenize.TokenizerException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Short and long texts, from virtual threads. */
class TokenizerThreadsTest {
  private static final Path FILE =
      Path.of(System.getProperty("gatun.models"), Trunk.MODEL, "tokenizer.json");

  @Test
  void everyLengthGivesWhatTheTokenizerGives() throws Exception {
    try (Tokenizer tokenizer = Tokenizer.load(FILE);
        TokenizerThreads threads = new TokenizerThreads(tokenizer);
        var callers =
            Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("caller-", 0).factory())) {
      List<String> texts =
          IntStream.of(0, 1, 100, 1_000, 5_000).mapToObj("a long text "::repeat).toList();
      List<Callable<int[]>> calls =
          texts.stream().<Callable<int[]>>map(text -> () -> threads.encode(text).ids()).toList();
      var ids = callers.invokeAll(calls);
      for (int i = 0; i < texts.size(); i++) {
        assertArrayEquals(tokenizer.encode(texts.get(i)).ids(), ids.get(i).get());
      }
    }
  }

  @Test
  void refusalsOfTheTokenizerArriveAsThemselves() {
    try (Tokenizer tokenizer = Tokenizer.load(FILE, 4_000);
        TokenizerThreads threads = new TokenizerThreads(tokenizer)) {
      assertThrows(TokenizerException.TooLong.class, () -> threads.encode("x ".repeat(10_000)));
    }
  }

  @Test
  void aClosedOneRefusesLongTexts() throws Exception {
    try (Tokenizer tokenizer = Tokenizer.load(FILE)) {
      TokenizerThreads threads = new TokenizerThreads(tokenizer);
      threads.close();
      assertThrows(RejectedExecutionException.class, () -> threads.encode("x ".repeat(10_000)));
      assertEquals(3, threads.encode("short").ids().length);
    }
  }
}
