package dev.gatun.server.inference;

import dev.gatun.inference.Encoded;
import dev.gatun.inference.InferenceException;
import dev.gatun.inference.Matrix;
import dev.gatun.inference.ModelFolder;
import dev.gatun.inference.Output;
import dev.gatun.inference.TokenBatch;
import dev.gatun.inference.tokenize.TokenizerException;
import dev.gatun.inference.tokenize.Tokens;
import dev.gatun.router.port.Answer;
import dev.gatun.router.port.Distribution;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * A sequence classifier over whole texts. A text longer than a window is read in overlapping
 * windows and their probabilities are averaged, weighted by tokens; nothing is cut off. Owns the
 * model folder. Safe for use by many threads.
 */
final class Classifier implements AutoCloseable {
  /** Tokens of one native call; more windows are sent one call after another. */
  private static final int CALL_TOKENS_MAX = 8_192;

  private final ModelFolder folder;
  private final int windowTokens;
  private final double temperature;

  /**
   * A classifier.
   *
   * @param windowTokens tokens of a window, special tokens included
   * @param temperature divides logits before the softmax; more than 0
   */
  Classifier(ModelFolder folder, int windowTokens, double temperature) {
    this.folder = folder;
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
      return Answer.of(classify(folder.tokenizer().encode(text)));
    } catch (TokenizerException.TooLong e) {
      return Answer.failed("the text is too long to be classified");
    } catch (TokenizerException e) {
      return Answer.failed("the text cannot be tokenized");
    } catch (InferenceException e) {
      return Answer.failed(String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Answer.failed("the request was cancelled");
    }
  }

  private Distribution classify(Tokens tokens) throws InterruptedException {
    double[] sum = new double[labels().size()];
    long weight = 0;
    for (List<int[]> call : calls(Windows.of(tokens, windowTokens))) {
      Matrix logits = encode(TokenBatch.of(call));
      for (int row = 0; row < call.size(); row++) {
        double[] p = Softmax.of(logits, row, temperature);
        int length = call.get(row).length;
        weight += length;
        for (int i = 0; i < p.length; i++) {
          sum[i] += p[i] * length;
        }
      }
    }
    List<Double> mean = new ArrayList<>(sum.length);
    for (double value : sum) {
      mean.add(Math.min(1, value / weight));
    }
    TokenLog.add(tokens.total());
    return new Distribution(labels(), mean, tokens.total(), tokens.total());
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
    folder.close();
  }
}
