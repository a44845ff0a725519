package dev.gatun.server.inference;

import dev.gatun.inference.tokenize.Tokenizer;
import dev.gatun.inference.tokenize.Tokens;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Tokenizes for virtual threads. The tokenizer is native code, which holds the carrier of a virtual
 * thread for as long as it runs: a short text is done in less time than a hand-off takes, a longer
 * one goes to a platform thread. Safe for use by many threads.
 */
final class TokenizerThreads implements AutoCloseable {
  /** About a tenth of a millisecond of work; a hand-off costs a tenth of that at the median. */
  private static final int SHORT_CHARS_MAX = 2_048;

  private static final int WAITING_MAX = 64;

  private final Tokenizer tokenizer;
  private final ThreadPoolExecutor threads;

  TokenizerThreads(Tokenizer tokenizer) {
    this.tokenizer = tokenizer;
    int count = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
    threads =
        new ThreadPoolExecutor(
            count,
            count,
            10,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(WAITING_MAX),
            Thread.ofPlatform().daemon().name("gatun-tokenizer-", 0).factory());
    threads.allowCoreThreadTimeOut(true);
  }

  /**
   * The tokens of a text; the calling thread waits.
   *
   * @throws RejectedExecutionException when too many long texts wait already
   * @throws dev.gatun.inference.tokenize.TokenizerException as the tokenizer does
   */
  Tokens encode(String text) throws InterruptedException {
    if (text.length() <= SHORT_CHARS_MAX) {
      return tokenizer.encode(text);
    }
    Future<Tokens> tokens = threads.submit(() -> tokenizer.encode(text));
    try {
      return tokens.get();
    } catch (InterruptedException e) {
      tokens.cancel(false);
      throw e;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException known) {
        throw known;
      }
      throw new IllegalStateException("tokenizing failed", e);
    }
  }

  /** Takes no more texts; those that wait are still read. */
  @Override
  public void close() {
    threads.shutdown();
  }
}
