package dev.gatun.router.grounding;

import dev.gatun.router.grounding.Grounding.Span;
import java.util.ArrayList;
import java.util.List;

/**
 * What the chances of words to be unsupported say of an answer.
 *
 * @param threshold score from which something counts as unsupported
 * @param opens chance that one word of a span has
 * @param continues chance that all of its words have; at most {@code opens}
 */
public record Verdict(double threshold, double opens, double continues) {
  public Verdict {
    if (!(continues > 0 && continues <= opens && opens <= 1 && threshold >= 0 && threshold <= 1)) {
      throw new IllegalArgumentException(
          "a span opens at " + opens + ", continues at " + continues + ", counts at " + threshold);
    }
  }

  /**
   * Judges an answer. Where something counts as unsupported and no word opens a span, the worst one
   * is the span. A stop ends every span.
   *
   * @param words at least one that is no stop
   * @param chances of the words
   * @param score of the whole
   */
  Grounding of(List<Word> words, double[] chances, double score) {
    if (score < threshold) {
      return new Grounding.Supported(score);
    }
    List<Span> spans = spans(words, chances);
    return new Grounding.Unsupported(score, spans.isEmpty() ? worst(words, chances) : spans);
  }

  private List<Span> spans(List<Word> words, double[] chances) {
    List<Span> spans = new ArrayList<>();
    boolean open = false;
    for (int i = 0; i < chances.length; i++) {
      Word word = words.get(i);
      boolean counts = !word.stop() && chances[i] >= continues;
      if (counts) {
        Span last = open ? spans.removeLast() : span(word, chances[i]);
        spans.add(new Span(last.start(), word.end(), Math.max(last.score(), chances[i])));
      }
      open = counts;
    }
    spans.removeIf(span -> span.score() < opens);
    return spans;
  }

  private static List<Span> worst(List<Word> words, double[] chances) {
    int worst = -1;
    for (int i = 0; i < chances.length; i++) {
      if (!words.get(i).stop() && (worst < 0 || chances[i] > chances[worst])) {
        worst = i;
      }
    }
    return List.of(span(words.get(worst), chances[worst]));
  }

  private static Span span(Word word, double chance) {
    return new Span(word.start(), word.end(), chance);
  }
}
