package dev.gatun.server.inference;

import dev.gatun.inference.Labels;
import dev.gatun.inference.Matrix;
import dev.gatun.inference.Plan;
import dev.gatun.inference.TaskFolder;
import dev.gatun.inference.TokenBatch;
import dev.gatun.inference.WeightOrigin;
import dev.gatun.inference.tokenize.Tokens;
import dev.gatun.router.pii.TokenLabels;
import dev.gatun.router.pii.TokenShapes;
import dev.gatun.server.inference.Windows.Window;
import dev.gatun.server.models.ModelCard;
import dev.gatun.server.models.ModelCard.TokenTypes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A classifier of the tokens of whole texts. A longer text is read in overlapping windows; where
 * two overlap, the first half of the common part is labelled by the earlier one and the rest by the
 * later one, so that every token is labelled with text on both sides of it. Owns the task and holds
 * the trunk. Safe for use by many threads.
 */
final class TokenClassifier implements AutoCloseable {
  private final Trunk trunk;
  private final Scoring scoring;
  private final List<String> labels;
  private final int windowTokens;
  private final TokenTypes types;

  private TokenClassifier(
      Trunk trunk, Scoring scoring, Labels labels, int windowTokens, TokenTypes types) {
    this.trunk = trunk.held();
    this.scoring = scoring;
    this.labels = labels.names();
    this.windowTokens = Math.min(windowTokens, trunk.info().positionsMax());
    this.types = types;
  }

  /**
   * Opens the classifier of a card.
   *
   * @throws dev.gatun.inference.InferenceException when it is missing, changed or unusable
   */
  static TokenClassifier open(Trunk trunk, ModelCard card) {
    TaskFolder task = trunk.task(card);
    return new TokenClassifier(
        trunk, new Scoring.Adapter(task), task.labels(), card.trainedTokens(), card.tokenTypes());
  }

  /** A classifier of the user, which it owns from now on; what no card says is as usual. */
  static TokenClassifier own(Trunks.OwnTokens own, Optional<ModelCard> card) {
    int trained = OwnFolders.trainedTokens(own.folder(), OwnFolders.CLASSIFIER_TOKENS);
    TokenTypes types = card.map(ModelCard::tokenTypes).orElse(TokenTypes.SEQUENCE);
    return new TokenClassifier(own.trunk(), own.scoring(), own.labels(), trained, types);
  }

  Trunk trunk() {
    return trunk;
  }

  WeightOrigin origin() {
    return trunk.origin();
  }

  /**
   * The likeliest label of every token of a text.
   *
   * @throws dev.gatun.inference.InferenceException as the encoder does
   * @throws dev.gatun.inference.tokenize.TokenizerException as the tokenizer does
   */
  TokenLabels classify(String text) throws InterruptedException {
    Tokens tokens = trunk.encode(text);
    int[] kinds = kinds(text, tokens);
    int[] best = new int[tokens.length()];
    double[] scores = new double[tokens.length()];
    List<Window> windows = Windows.cut(tokens, windowTokens);
    int next = 0;
    for (List<Window> call : Calls.of(windows, window -> window.of(tokens.ids()).length)) {
      Matrix logits =
          Calls.encode(trunk.encoder(), batch(call, tokens.ids(), kinds), List.of(scoring.output()))
              .results()
              .getFirst();
      int row = 0;
      for (Window window : call) {
        int from = seam(windows, next);
        int to = seam(windows, ++next);
        label(logits, row + window.row(from), from, to, best, scores);
        row += window.of(kinds).length;
      }
    }
    return new TokenLabels(labels, tokens.startsUtf16(), tokens.endsUtf16(), best, scores);
  }

  private int[] kinds(String text, Tokens tokens) {
    return switch (types) {
      case SEQUENCE -> tokens.typeIds();
      case SHAPE -> TokenShapes.of(text, tokens.startsUtf16(), tokens.endsUtf16());
    };
  }

  /** How the tokens of a text are labelled. */
  Plan plan(String text) throws InterruptedException {
    Tokens tokens = trunk.encode(text);
    TokenBatch batch = batch(Windows.cut(tokens, windowTokens), tokens.ids(), kinds(text, tokens));
    return trunk.encoder().plan(batch, List.of(scoring.output()));
  }

  private static TokenBatch batch(List<Window> windows, int[] ids, int[] kinds) {
    List<int[]> sequences = new ArrayList<>(windows.size());
    List<int[]> typeIds = new ArrayList<>(windows.size());
    for (Window window : windows) {
      sequences.add(window.of(ids));
      typeIds.add(window.of(kinds));
    }
    return TokenBatch.of(sequences, typeIds);
  }

  /** The first token that window {@code index} labels; past the last window, the end. */
  static int seam(List<Window> windows, int index) {
    if (index == 0) {
      return windows.getFirst().from();
    }
    if (index == windows.size()) {
      return windows.getLast().to();
    }
    return (windows.get(index).from() + windows.get(index - 1).to()) / 2;
  }

  private static void label(Matrix logits, int row, int from, int to, int[] best, double[] scores) {
    for (int token = from; token < to; token++) {
      double[] p = Softmax.of(logits, row + token - from, 1);
      for (int label = 1; label < p.length; label++) {
        if (p[label] > p[best[token]]) {
          best[token] = label;
        }
      }
      scores[token] = Math.min(1, p[best[token]]);
    }
  }

  @Override
  public void close() {
    scoring.close();
    trunk.close();
  }
}
