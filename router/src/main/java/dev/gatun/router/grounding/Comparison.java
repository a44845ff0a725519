package dev.gatun.router.grounding;

import dev.gatun.router.port.Answer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * An answer beside its context, compared word by word, and what a classifier of tokens is told of
 * that: a type for each token ({@code model-cards/hallucination/pairs.py}). Immutable.
 */
public final class Comparison {
  /** Type of a token of the context. */
  public static final int CONTEXT = 0;

  /** Type of a token of the question, and of the separator behind the answer. */
  public static final int BESIDE = 2;

  private static final int SHARED = 1;
  private static final int ANSWER = 3;

  /** Words of the context times words of the answer: seconds of work. */
  private static final long WORK_MAX = 400_000_000L;

  private static final int NO_WORD = -1;

  private final String context;
  private final String question;
  private final String answer;
  private final List<Word> known;
  private final Evidence evidence;

  private Comparison(
      String context, String question, String answer, List<Word> known, Evidence evidence) {
    this.context = context;
    this.question = question;
    this.answer = answer;
    this.known = known;
    this.evidence = evidence;
  }

  /**
   * Compares an answer with its context; fails where there is nothing to compare, or too much.
   *
   * @param question what was asked; may be empty
   */
  public static Answer<Comparison> of(String context, String question, String answer) {
    List<Word> said = Word.of(answer);
    List<Word> known = Word.of(context);
    if (said.stream().allMatch(Word::stop)) {
      return Answer.failed("the answer has no words");
    }
    if (known.stream().allMatch(Word::stop)) {
      return Answer.failed("there is no context to compare with");
    }
    if ((long) said.size() * known.size() > WORK_MAX) {
      return Answer.failed(
          "an answer of "
              + said.size()
              + " words and a context of "
              + known.size()
              + " are too much to compare");
    }
    Evidence evidence = Evidence.of(known, Word.of(question), said);
    return Answer.of(new Comparison(context, question, answer, known, evidence));
  }

  public String context() {
    return context;
  }

  public String question() {
    return question;
  }

  public String answer() {
    return answer;
  }

  /** Number of words of the answer, stops between sentences among them. */
  public int words() {
    return evidence.words().size();
  }

  Evidence evidence() {
    return evidence;
  }

  /**
   * A type for each token of the context.
   *
   * @param starts where tokens begin, rising, in UTF-16 units
   */
  public int[] contextTypes(int[] starts) {
    Set<String> inside =
        evidence.words().stream()
            .filter(word -> !word.stop())
            .map(Word::folded)
            .collect(Collectors.toSet());
    int[] types = owners(known, starts);
    for (int i = 0; i < types.length; i++) {
      boolean shared = types[i] != NO_WORD && inside.contains(known.get(types[i]).folded());
      types[i] = shared ? SHARED : CONTEXT;
    }
    return types;
  }

  /** A type for each token of the answer; {@code starts} as for the context. */
  public int[] answerTypes(int[] starts) {
    int[] types = owners(evidence.words(), starts);
    for (int i = 0; i < types.length; i++) {
      types[i] = ANSWER + (types[i] == NO_WORD ? Evidence.STOP : evidence.types()[types[i]]);
    }
    return types;
  }

  /** The word of the answer that each of its tokens begins, or -1. */
  public int[] begins(int[] starts) {
    int[] owners = owners(evidence.words(), starts);
    int[] begins = owners.clone();
    for (int i = 1; i < begins.length; i++) {
      begins[i] = owners[i] == owners[i - 1] ? NO_WORD : owners[i];
    }
    return begins;
  }

  /** For every token the word, not a stop, that it begins in. */
  private static int[] owners(List<Word> words, int[] starts) {
    int[] owners = new int[starts.length];
    Arrays.fill(owners, NO_WORD);
    int at = 0;
    for (int i = 0; i < owners.length; i++) {
      while (at < words.size() && words.get(at).end() <= starts[i]) {
        at++;
      }
      if (at < words.size() && words.get(at).start() <= starts[i] && !words.get(at).stop()) {
        owners[i] = at;
      }
    }
    return owners;
  }

  /** Share of the rarer words of the answer whose stem the context lacks. */
  double missing(Map<String, Integer> frequent) {
    Set<String> stems = known.stream().map(Word::stem).collect(Collectors.toSet());
    List<Word> rare =
        evidence.words().stream()
            .filter(word -> !word.stop() && !frequent.containsKey(word.folded()))
            .toList();
    long missing = rare.stream().filter(word -> !stems.contains(word.stem())).count();
    return missing / (double) Math.max(1, rare.size());
  }
}
