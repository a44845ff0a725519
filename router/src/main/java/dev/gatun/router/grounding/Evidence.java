package dev.gatun.router.grounding;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What the words of an answer have to do with its context, as a type for each: those of training
 * ({@code model-cards/hallucination/evidence.py}), {@code 15 · presence + 3 · frame + kind}.
 *
 * <p>presence: 0 in a run of three or more words that the context has too, 1 in a run of two, 2
 * alone, 3 only its stem, 4 only in the question, 5 nowhere. frame: see {@link Frames.Frame}. kind:
 * see {@link Word.Kind}. A stop has type {@value #STOP}.
 *
 * @param words of the answer
 * @param types one for each word
 */
@SuppressWarnings("ArrayRecordComponent") // made here and read only
record Evidence(List<Word> words, int[] types) {
  /** Number of presences. */
  static final int PRESENCES = 6;

  /** The type of a stop. */
  static final int STOP = 90;

  private static final int FRAMES = 5;
  private static final int KINDS = 3;
  private static final int RUN = 3;
  private static final int STEM = 3;
  private static final int ASKED = 4;
  private static final int NOWHERE = 5;

  /** Compares three texts; each may be empty. */
  static Evidence of(List<Word> context, List<Word> question, List<Word> answer) {
    Map<String, List<Integer>> places = CommonRuns.places(context);
    int[] runs = CommonRuns.longest(answer, places);
    Frames frames = new Frames(context, answer, places, runs);
    Set<String> stems = context.stream().map(Word::stem).collect(Collectors.toSet());
    Set<String> asked = new HashSet<>();
    question.forEach(word -> asked.add(word.folded()));
    int[] types = new int[answer.size()];
    for (int i = 0; i < types.length; i++) {
      Word word = answer.get(i);
      int presence = presence(word, runs[i], stems, asked);
      types[i] =
          word.stop()
              ? STOP
              : KINDS * (FRAMES * presence + frames.of(i).type()) + word.kind().type();
    }
    return new Evidence(answer, types);
  }

  private static int presence(Word word, int run, Set<String> stems, Set<String> asked) {
    if (run > 0) {
      return RUN - Math.min(run, RUN);
    }
    if (stems.contains(word.stem())) {
      return STEM;
    }
    return asked.contains(word.folded()) ? ASKED : NOWHERE;
  }

  /** The presence of a word that is no stop. */
  int presence(int word) {
    return types[word] / (FRAMES * KINDS);
  }

  /** Whether the context has another of its kind in the place of a word that is no stop. */
  boolean replaces(int word) {
    return types[word] / KINDS % FRAMES >= Frames.Frame.ONE_SIDE.type();
  }
}
