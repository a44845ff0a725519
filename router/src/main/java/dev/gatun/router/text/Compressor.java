package dev.gatun.router.text;

import dev.gatun.router.model.Compatibility;
import dev.gatun.router.text.Compressed.Scores;
import dev.gatun.router.text.Compressed.Sentence;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;

/**
 * Shortens a text to a budget of tokens by leaving out the sentences that say least.
 *
 * @param weights which sentences are worth most
 * @param tokensMax the budget; nothing is ever shortened when it is 0 or less
 */
public record Compressor(CompressionWeights weights, long tokensMax, Compatibility compatibility) {
  /** Comparing all pairs of more sentences than this costs too much; an even sample is weighed. */
  private static final int SENTENCES_MAX = 500;

  /**
   * The shortened text; empty when the text is within the budget or is one sentence.
   *
   * @param estimate how tokens are counted; {@code upstream-0.3} counts words instead
   */
  public Optional<Compressed> compress(String text, TokenEstimate estimate) {
    ToLongFunction<String> count = counter(estimate, compatibility);
    long tokens = count.applyAsLong(text);
    if (tokensMax <= 0 || tokens <= tokensMax) {
      return Optional.empty();
    }
    List<String> all = Sentences.of(text, compatibility);
    if (all.size() <= 1) {
      return Optional.empty();
    }
    int[] sample = sample(all.size());
    List<String> sentences = IntStream.of(sample).mapToObj(all::get).toList();
    long[] lengths = sentences.stream().mapToLong(count).toArray();
    List<Scores> scores = SentenceScores.of(sentences, weights);
    Selection selection = selection(sentences, lengths, estimate);
    selection.fill(scores);
    List<Sentence> judged = new ArrayList<>();
    for (int i = 0; i < sample.length; i++) {
      String kept = selection.kept(i);
      long keptTokens = kept.isEmpty() ? 0 : count.applyAsLong(kept);
      judged.add(
          new Sentence(sample[i], sentences.get(i), lengths[i], scores.get(i), kept, keptTokens));
    }
    return Optional.of(new Compressed(selection.text(), tokens, judged));
  }

  /** A selection that holds the first and the last sentences. */
  private Selection selection(List<String> sentences, long[] tokens, TokenEstimate estimate) {
    return switch (compatibility) {
      case GATUN -> {
        long[] behind =
            sentences.stream()
                .mapToLong(s -> estimate.tokens(TokenEstimate.bytes(s) + 1))
                .toArray();
        Selection selection = new Selection(sentences, tokens, behind, tokensMax);
        selection.preserve(weights.first(), weights.last(), true);
        selection.cut(estimate);
        yield selection;
      }
      case UPSTREAM_0_3 -> {
        Selection selection = new Selection(sentences, tokens, tokens, tokensMax);
        selection.preserve(weights.first(), weights.last(), false);
        yield selection;
      }
    };
  }

  /** How the tokens of a text are counted here. */
  public static ToLongFunction<String> counter(
      TokenEstimate estimate, Compatibility compatibility) {
    return switch (compatibility) {
      case GATUN -> estimate::tokens;
      case UPSTREAM_0_3 -> WordTokens::count;
    };
  }

  /** Evenly spaced places with the first and the last, or all of them when they are few. */
  private static int[] sample(int sentences) {
    if (sentences <= SENTENCES_MAX) {
      return IntStream.range(0, sentences).toArray();
    }
    double step = (sentences - 2.0) / (SENTENCES_MAX - 2);
    int[] sample = new int[SENTENCES_MAX];
    for (int i = 0; i < SENTENCES_MAX - 2; i++) {
      sample[i + 1] = Math.min(1 + (int) (i * step + 0.5), sentences - 2);
    }
    sample[SENTENCES_MAX - 1] = sentences - 1;
    return sample;
  }

  /** What is kept of each sentence while the budget lasts. */
  private static final class Selection {
    private final List<String> sentences;
    private final long[] lengths;
    private final String[] kept;
    private final long[] lengthsBehind;
    private final long budget;
    private boolean isEmpty = true;
    private long left;
    private int first;
    private int last;

    /**
     * Nothing is kept yet.
     *
     * @param lengths of the sentences
     * @param lengthsBehind the same with the space that stands before one behind another
     */
    Selection(List<String> sentences, long[] lengths, long[] lengthsBehind, long budget) {
      this.sentences = sentences;
      this.lengths = lengths;
      this.lengthsBehind = lengthsBehind;
      this.budget = budget;
      this.left = budget;
      this.kept = sentences.stream().map(_ -> "").toArray(String[]::new);
    }

    /**
     * Keeps the first and the last sentences that fit.
     *
     * @param backwards whether the very last one, where the question stands, comes before those in
     *     front of it
     */
    void preserve(int wantedFirst, int wantedLast, boolean backwards) {
      int end = sentences.size();
      first = Math.min(wantedFirst, end);
      last = Math.max(0, end - wantedLast);
      IntStream.range(0, first).forEach(this::keepIfItFits);
      IntStream.range(last, end)
          .map(i -> backwards ? last + end - 1 - i : i)
          .forEach(this::keepIfItFits);
    }

    private void keepIfItFits(int i) {
      long length = isEmpty ? lengths[i] : lengthsBehind[i];
      if (kept[i].isEmpty() && length <= left) {
        keep(i, sentences.get(i), length);
      }
    }

    private void keep(int i, String piece, long length) {
      kept[i] = piece;
      left -= length;
      isEmpty = false;
    }

    /**
     * Divides what is left among the first and last sentences that are longer than the whole
     * budget: of those in the first half the beginning is kept, of the others the end, where a
     * question stands.
     */
    void cut(TokenEstimate estimate) {
      int[] tooLong =
          IntStream.range(0, sentences.size())
              .filter(i -> (i < first || i >= last) && lengths[i] > budget)
              .toArray();
      for (int i = 0; i < tooLong.length; i++) {
        int at = tooLong[i];
        int joint = isEmpty ? 0 : 1;
        long bytes = estimate.bytesIn(left / (tooLong.length - i)) - joint;
        String piece =
            2 * at < sentences.size()
                ? Pieces.beginning(sentences.get(at), bytes)
                : Pieces.end(sentences.get(at), bytes);
        if (piece.codePoints().anyMatch(Character::isLetterOrDigit)) {
          keep(at, piece, estimate.tokens(TokenEstimate.bytes(piece) + joint));
        }
      }
    }

    /** Keeps the best of the others, as long as they fit. */
    void fill(List<Scores> scores) {
      IntStream.range(0, sentences.size())
          .boxed()
          .sorted(Comparator.comparingDouble((Integer i) -> scores.get(i).composite()).reversed())
          .forEach(this::keepIfItFits);
    }

    String kept(int i) {
      return kept[i];
    }

    String text() {
      return String.join(" ", List.of(kept).stream().filter(piece -> !piece.isEmpty()).toList());
    }
  }
}
