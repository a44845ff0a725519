package dev.gatun.server.inference;

import dev.gatun.inference.Encoded;
import dev.gatun.inference.InferenceException;
import dev.gatun.inference.Matrix;
import dev.gatun.inference.ModelFolder;
import dev.gatun.inference.Output;
import dev.gatun.inference.Plan;
import dev.gatun.inference.TokenBatch;
import dev.gatun.inference.tokenize.TokenizerException;
import dev.gatun.inference.tokenize.Tokens;
import dev.gatun.router.port.Answer;
import dev.gatun.router.port.Coverage;
import dev.gatun.router.port.Distribution;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;

/**
 * A sequence classifier over whole texts. A text longer than a window is read in overlapping
 * windows; their probabilities are averaged, weighted by tokens, or those of the most alarming
 * window count. Of a text that needs more than {@value #WINDOWS_MAX} windows, that many are read,
 * spread evenly from the first to the last, and the answer says how many tokens that were: the cost
 * of one request is bounded. Owns the model folder. Safe for use by many threads.
 */
final class Classifier implements AutoCloseable {
  /** Tokens of one native call; more windows are sent one call after another. */
  private static final int CALL_TOKENS_MAX = 8_192;

  /** With windows of 160 tokens, 20 000 tokens: about as long as a prompt with documents gets. */
  private static final int WINDOWS_MAX = 128;

  private final ModelFolder folder;
  private final TokenizerThreads tokenizer;
  private final int windowTokens;
  private final double temperature;
  private final OptionalInt alarm;

  /**
   * A classifier whose windows are averaged.
   *
   * @param windowTokens tokens of a window, special tokens included
   * @param temperature divides logits before the softmax; more than 0
   */
  static Classifier averaging(ModelFolder folder, int windowTokens, double temperature) {
    return new Classifier(folder, windowTokens, temperature, OptionalInt.empty());
  }

  /**
   * A classifier that looks for something anywhere in a text: the window where {@code label} is
   * likeliest counts.
   */
  static Classifier alarming(
      ModelFolder folder, int windowTokens, double temperature, String label) {
    int index = folder.labels().names().indexOf(label);
    if (index < 0) {
      throw new IllegalArgumentException("no label " + label + " among " + folder.labels().names());
    }
    return new Classifier(folder, windowTokens, temperature, OptionalInt.of(index));
  }

  private Classifier(ModelFolder folder, int windowTokens, double temperature, OptionalInt alarm) {
    this.alarm = alarm;
    this.folder = folder;
    this.tokenizer = new TokenizerThreads(folder.tokenizer());
    this.windowTokens = Math.min(windowTokens, folder.encoder().info().positionsMax());
    this.temperature = temperature;
  }

  List<String> labels() {
    return folder.labels().names();
  }

  ModelFolder folder() {
    return folder;
  }

  /** Probabilities of all labels. The calling thread waits; an interrupt withdraws the request. */
  Answer<Distribution> classify(String text) {
    try {
      return Answer.of(classify(tokenizer.encode(text)));
    } catch (TokenizerException.TooLong e) {
      return Answer.failed("the text is too long to be classified");
    } catch (TokenizerException e) {
      return Answer.failed("the text cannot be tokenized");
    } catch (RejectedExecutionException e) {
      return Answer.failed("too many long texts are waiting to be read");
    } catch (InferenceException e) {
      return Answer.failed(String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Answer.failed("the request was cancelled");
    }
  }

  /** How a text is computed; empty when it cannot be read, which {@link #classify} explains. */
  Optional<Plan> plan(String text) {
    try {
      List<int[]> windows =
          Windows.spread(Windows.of(tokenizer.encode(text), windowTokens), WINDOWS_MAX);
      return Optional.of(folder.encoder().plan(TokenBatch.of(windows), List.of(Output.logits())));
    } catch (TokenizerException | RejectedExecutionException | InferenceException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  private Distribution classify(Tokens tokens) throws InterruptedException {
    WindowScores scores = new WindowScores(labels().size(), alarm);
    List<int[]> windows = Windows.spread(Windows.of(tokens, windowTokens), WINDOWS_MAX);
    for (List<int[]> call : calls(windows)) {
      Matrix logits = encode(TokenBatch.of(call));
      for (int row = 0; row < call.size(); row++) {
        scores.add(Softmax.of(logits, row, temperature), call.get(row).length);
      }
    }
    int read = (int) Math.min(scores.tokens(), tokens.total());
    return new Distribution(labels(), scores.probabilities(), new Coverage(read, tokens.total()));
  }

  private static List<List<int[]>> calls(List<int[]> windows) {
    List<List<int[]>> calls = new ArrayList<>();
    List<int[]> call = new ArrayList<>();
    int tokens = 0;
    for (int[] window : windows) {
      if (!call.isEmpty() && tokens + window.length > CALL_TOKENS_MAX) {
        calls.add(call);
        call = new ArrayList<>();
        tokens = 0;
      }
      call.add(window);
      tokens += window.length;
    }
    calls.add(call);
    return calls;
  }

  private Matrix encode(TokenBatch batch) throws InterruptedException {
    CompletableFuture<Encoded> future = folder.encoder().encode(batch, List.of(Output.logits()));
    try {
      return future.get().results().getFirst();
    } catch (InterruptedException e) {
      future.cancel(true);
      throw e;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof InferenceException known) {
        throw known;
      }
      throw new IllegalStateException("inference failed", e);
    }
  }

  @Override
  public void close() {
    tokenizer.close();
    folder.close();
  }
}
