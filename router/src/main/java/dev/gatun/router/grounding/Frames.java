package dev.gatun.router.grounding;

import dev.gatun.router.grounding.Word.Kind;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Places of a context where it says something else between the words that an answer has too. */
final class Frames {
  /** How the words beside a word of an answer stand in the context. */
  enum Frame {
    NONE(0),
    /** With nothing between them. */
    INSERTED(1),
    /** With words of another kind between them. */
    OTHER_KIND(2),
    /** One side agrees, and a word of its kind is in its place. */
    ONE_SIDE(3),
    /** Both sides agree, with a word of its kind between them. */
    BOTH_SIDES(4);

    private final int type;

    Frame(int type) {
      this.type = type;
    }

    /** What the model calls it; what proves more is greater. */
    int type() {
      return type;
    }
  }

  /** How far the words around may be apart in the context. */
  private static final int GAP_MAX = 6;

  private static final int FRAME_WORDS = 3;
  private static final int SIDE_WORDS = 2;
  private static final int AGREEING_MAX = 4;

  private final List<Word> context;
  private final List<Word> answer;
  private final Map<String, List<Integer>> places;
  private final Frame[] frames;

  /**
   * @param places of the words of the context
   * @param runs for every word of the answer the longest common run it is part of
   */
  Frames(List<Word> context, List<Word> answer, Map<String, List<Integer>> places, int[] runs) {
    this.context = context;
    this.answer = answer;
    this.places = places;
    this.frames = new Frame[answer.size()];
    int start = 0;
    while (start < answer.size()) {
      int end = start + 1;
      while (end < answer.size() && together(start, end, runs)) {
        end++;
      }
      Frame frame = answer.get(start).stop() ? Frame.NONE : frame(start, end);
      Arrays.fill(frames, start, end, frame);
      start = end;
    }
  }

  Frame of(int wordOfAnswer) {
    return frames[wordOfAnswer];
  }

  /** Words that would be exchanged together: of a name, or unknown ones. */
  private boolean together(int first, int i, int[] runs) {
    Word one = answer.get(first);
    Word other = answer.get(i);
    if (one.stop() || other.stop() || one.kind() != other.kind()) {
      return false;
    }
    return switch (one.kind()) {
      case CAPITAL -> true;
      case NUMBER -> false;
      case OTHER -> runs[first] == 0 && runs[i] == 0;
    };
  }

  private List<Integer> places(int wordOfAnswer) {
    return wordOfAnswer >= 0 && wordOfAnswer < answer.size()
        ? places.getOrDefault(answer.get(wordOfAnswer).folded(), List.of())
        : List.of();
  }

  /** How many words agree from these two on, so many at most. */
  private int agreeing(int wordOfAnswer, int wordOfContext, int step) {
    int count = 0;
    while (count < AGREEING_MAX
        && same(wordOfAnswer + count * step, wordOfContext + count * step)) {
      count++;
    }
    return count;
  }

  private boolean same(int wordOfAnswer, int wordOfContext) {
    return wordOfAnswer >= 0
        && wordOfAnswer < answer.size()
        && wordOfContext >= 0
        && wordOfContext < context.size()
        && !answer.get(wordOfAnswer).stop()
        && answer.get(wordOfAnswer).folded().equals(context.get(wordOfContext).folded());
  }

  /** Words beside the unit that the context has beside it too, on the side where those are most. */
  private int support(int start, int end) {
    int support = 0;
    for (int j : places(start)) {
      support = Math.max(support, agreeing(start - 1, j - 1, -1));
    }
    for (int j : places(end - 1)) {
      support = Math.max(support, agreeing(end, j + 1, 1));
    }
    return support;
  }

  private Frame frame(int start, int end) {
    Kind kind = answer.get(start).kind();
    int own = support(start, end);
    Frame best = Frame.NONE;
    for (int p : places(start - 1)) {
      int left = agreeing(start - 1, p, -1);
      for (int q = p + 1; q <= p + GAP_MAX; q++) {
        best = better(best, around(start, end, p, q, left, own));
      }
      if (left >= SIDE_WORDS && left > own && has(p + 1, p + 2, kind)) {
        best = better(best, Frame.ONE_SIDE);
      }
    }
    for (int q : places(end)) {
      int right = agreeing(end, q, 1);
      if (right >= SIDE_WORDS && right > own && has(q - 1, q, kind)) {
        best = better(best, Frame.ONE_SIDE);
      }
    }
    return best;
  }

  /** What is between two places that agree with the words before the unit and behind it. */
  private Frame around(int start, int end, int p, int q, int left, int own) {
    int right = agreeing(end, q, 1);
    boolean agrees = right > 0 && left + right >= FRAME_WORDS && left + right > own;
    if (!agrees || between(start, end, p, q)) {
      return Frame.NONE;
    }
    if (q - p == 1) {
      return Frame.INSERTED;
    }
    return has(p + 1, q, answer.get(start).kind()) ? Frame.BOTH_SIDES : Frame.OTHER_KIND;
  }

  /** Whether the context has all words of the unit between two places. */
  private boolean between(int start, int end, int p, int q) {
    Set<String> there =
        context.subList(p + 1, q).stream().map(Word::folded).collect(Collectors.toSet());
    return answer.subList(start, end).stream().map(Word::folded).allMatch(there::contains);
  }

  private static Frame better(Frame one, Frame other) {
    return one.type >= other.type ? one : other;
  }

  /** Whether a word of the kind is in a part of the context. */
  private boolean has(int from, int to, Kind kind) {
    return context.subList(Math.max(0, from), Math.min(to, context.size())).stream()
        .anyMatch(word -> word.kind() == kind && !word.stop());
  }
}
