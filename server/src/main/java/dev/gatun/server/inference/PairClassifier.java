package dev.gatun.server.inference;

import dev.gatun.inference.Matrix;
import dev.gatun.inference.TaskFolder;
import dev.gatun.inference.TokenBatch;
import dev.gatun.inference.WeightOrigin;
import dev.gatun.inference.tokenize.Tokens;
import dev.gatun.router.grounding.Comparison;
import dev.gatun.router.grounding.PairChances;
import dev.gatun.server.inference.Windows.Window;
import dev.gatun.server.models.ModelCard;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The classifier of an answer's tokens beside its context, over the trunk, as {@code
 * model-cards/hallucination/pairs.py} trains it. A long answer is read in segments, a long context
 * in overlapping windows: what one window supports is supported. Of a context of more than {@value
 * #WINDOWS_MAX} windows those are read that have most words in common with the answer, and of an
 * answer of many segments fewer with each, so that the cost of one answer is bounded. Owns the task
 * and holds the trunk. Safe for use by many threads.
 */
final class PairClassifier implements AutoCloseable {
  /** With windows of 320 tokens, 5 000 tokens of context. */
  private static final int WINDOWS_MAX = 32;

  /** Windows of all segments together, but one with each: eight segments have all of theirs. */
  private static final int SEQUENCES_MAX = 256;

  private static final int ANSWER_MAX = 150;
  private static final int QUESTION_MAX = 40;

  private final Trunk trunk;
  private final TaskFolder task;
  private final int windowTokens;

  private PairClassifier(Trunk trunk, TaskFolder task, int windowTokens) {
    this.trunk = trunk.held();
    this.task = task;
    this.windowTokens = windowTokens;
  }

  /**
   * Opens the classifier of a card.
   *
   * @throws dev.gatun.inference.InferenceException when it is missing, changed or unusable
   */
  static PairClassifier open(Trunk trunk, ModelCard card) {
    return of(trunk, trunk.task(card), card);
  }

  /** Of a task that is open, which it owns. */
  static PairClassifier of(Trunk trunk, TaskFolder task, ModelCard card) {
    return new PairClassifier(trunk, task, card.trainedTokens());
  }

  /** Part of a sequence: ids with their types. */
  @SuppressWarnings("ArrayRecordComponent") // made here and read only
  private record Part(int[] ids, int[] types) {
    static Part of(Part... parts) {
      return new Part(
          Arrays.stream(parts).flatMapToInt(p -> Arrays.stream(p.ids)).toArray(),
          Arrays.stream(parts).flatMapToInt(p -> Arrays.stream(p.types)).toArray());
    }

    static Part all(int[] ids, int type) {
      int[] types = new int[ids.length];
      Arrays.fill(types, type);
      return new Part(ids, types);
    }

    Part part(int from, int to) {
      return new Part(Arrays.copyOfRange(ids, from, to), Arrays.copyOfRange(types, from, to));
    }

    int length() {
      return ids.length;
    }
  }

  /** A sequence, and the row at which its answer begins. */
  private record Sequence(Part part, int answer) {}

  /**
   * The chances of an answer's words.
   *
   * @throws dev.gatun.inference.InferenceException as the encoder does
   * @throws dev.gatun.inference.tokenize.TokenizerException as the tokenizer does
   */
  PairChances classify(Comparison comparison) throws InterruptedException {
    Tokens context = trunk.encode(comparison.context());
    int[] types = comparison.contextTypes(context.startsUtf16());
    for (int i = 0; i < types.length; i++) {
      types[i] = context.sequence()[i] == Tokens.SPECIAL ? Comparison.CONTEXT : types[i];
    }
    Part around = new Part(context.ids(), types);
    int[] last = {context.ids()[context.length() - 1]};
    Part asked = asked(comparison.question(), last);
    Tokens answer = plain(trunk.encode(comparison.answer()));
    Part said = new Part(answer.ids(), comparison.answerTypes(answer.startsUtf16()));
    int[] begins = comparison.begins(answer.startsUtf16());
    double[] chances = new double[comparison.words()];
    Arrays.fill(chances, Double.NaN);
    double whole = 0;
    int windows = windowsEach(said.length());
    for (int from = 0; from < said.length(); from += ANSWER_MAX) {
      int to = Math.min(said.length(), from + ANSWER_MAX);
      Part behind = Part.of(asked, said.part(from, to), Part.all(last, Comparison.BESIDE));
      List<Sequence> sequences = sequences(context, around, behind, asked.length(), windows);
      whole = Math.max(whole, least(sequences, begins, from, to, chances));
    }
    return new PairChances(chances, whole);
  }

  private static int windowsEach(int answerTokens) {
    int segments = Math.ceilDiv(answerTokens, ANSWER_MAX);
    return Math.clamp(SEQUENCES_MAX / Math.max(1, segments), 1, WINDOWS_MAX);
  }

  /** The question with its separator, cut; nothing where there is none. */
  private Part asked(String question, int[] last) throws InterruptedException {
    int[] ids = question.isBlank() ? new int[0] : plain(trunk.encode(question)).ids();
    if (ids.length == 0) {
      return Part.all(ids, Comparison.BESIDE);
    }
    int[] cut = Arrays.copyOf(ids, Math.min(ids.length, QUESTION_MAX));
    return Part.all(Part.of(Part.all(cut, 0), Part.all(last, 0)).ids, Comparison.BESIDE);
  }

  /** Without the special tokens. */
  private static Tokens plain(Tokens tokens) {
    int[] kept =
        IntStream.range(0, tokens.length())
            .filter(i -> tokens.sequence()[i] != Tokens.SPECIAL)
            .toArray();
    return new Tokens(
        chosen(tokens.ids(), kept),
        chosen(tokens.typeIds(), kept),
        chosen(tokens.startsUtf16(), kept),
        chosen(tokens.endsUtf16(), kept),
        chosen(tokens.sequence(), kept),
        false,
        kept.length);
  }

  private static int[] chosen(int[] values, int[] places) {
    return Arrays.stream(places).map(i -> values[i]).toArray();
  }

  /** The windows of the context with what is behind it, those with most shared words. */
  private List<Sequence> sequences(
      Tokens context, Part around, Part behind, int before, int windows) {
    Comparator<Part> shared = Comparator.comparingInt(part -> -Arrays.stream(part.types).sum());
    return Windows.cut(context, windowTokens - behind.length()).stream()
        .map(window -> part(window, around))
        .sorted(shared)
        .limit(windows)
        .map(front -> new Sequence(Part.of(front, behind), front.length() + before))
        .toList();
  }

  private static Part part(Window window, Part whole) {
    return new Part(window.of(whole.ids), window.of(whole.types));
  }

  /**
   * Lowers the chances of a segment's words to the least of all windows.
   *
   * @return the least chance of the whole
   */
  private double least(List<Sequence> sequences, int[] begins, int from, int to, double[] chances)
      throws InterruptedException {
    double whole = 1;
    for (List<Sequence> call : Calls.of(sequences, sequence -> sequence.part.length())) {
      TokenBatch batch =
          TokenBatch.of(
              call.stream().map(sequence -> sequence.part.ids).toList(),
              call.stream().map(sequence -> sequence.part.types).toList());
      Matrix logits = Calls.logits(trunk.encoder(), task.task(), batch);
      for (int i = 0; i < call.size(); i++) {
        int row = batch.offsets()[i];
        whole = Math.min(whole, chance(logits, row));
        for (int token = from; token < to; token++) {
          if (begins[token] >= 0) {
            double found = chance(logits, row + call.get(i).answer + token - from);
            double before = chances[begins[token]];
            chances[begins[token]] = Double.isNaN(before) ? found : Math.min(before, found);
          }
        }
      }
    }
    return whole;
  }

  /** Of the second label, which is unsupported. */
  private static double chance(Matrix logits, int row) {
    return Math.clamp(Softmax.of(logits, row, 1)[1], 0.0, 1.0);
  }

  WeightOrigin origin() {
    return trunk.origin();
  }

  @Override
  public void close() {
    task.close();
    trunk.close();
  }
}
