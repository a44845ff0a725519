package dev.gatun.router.pii;

import dev.gatun.router.model.Compatibility;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * From labels of tokens to mentions. A mention is a maximal run B(X) I(X)*; an I that continues
 * nothing begins one. Its score is the arithmetic mean over its tokens, that of upstream the mean
 * of each token with all before it, in which the last token counts half.
 */
public final class TokenRuns {
  private static final String OUTSIDE = "O";
  private static final String FIRST = "B-";
  private static final int MARK_LENGTH = 2;

  /** Types whose values have several words, so that neighbours are parts of one. */
  private static final Set<String> SEVERAL_WORDS =
      Set.of("DATE_TIME", "GPE", "ORGANIZATION", "PERSON", "STREET_ADDRESS");

  private TokenRuns() {}

  /** The mentions of a text in its order, as the tokens cut it. */
  static List<Mention> of(TokenLabels labels, Compatibility compatibility) {
    List<Mention> mentions = new ArrayList<>();
    int from = 0;
    while (from < labels.size()) {
      if (labels.isSpecial(from) || labels.name(from).equals(OUTSIDE)) {
        from++;
        continue;
      }
      int to = end(labels, from);
      mentions.add(mention(labels, from, to, compatibility));
      from = to;
    }
    return mentions;
  }

  private static int end(TokenLabels labels, int from) {
    String type = type(labels.name(from));
    int to = from + 1;
    while (to < labels.size()
        && !labels.isSpecial(to)
        && !labels.name(to).equals(OUTSIDE)
        && !labels.name(to).startsWith(FIRST)
        && type(labels.name(to)).equals(type)) {
      to++;
    }
    return to;
  }

  private static Mention mention(
      TokenLabels labels, int from, int to, Compatibility compatibility) {
    double sum = 0;
    double running = labels.scores()[from];
    double min = 1;
    for (int token = from; token < to; token++) {
      sum += labels.scores()[token];
      running = (running + labels.scores()[token]) / 2;
      min = Math.min(min, labels.scores()[token]);
    }
    double mean =
        switch (compatibility) {
          case GATUN -> sum / (to - from);
          case UPSTREAM_0_3 -> running;
        };
    return new Mention(
        labels.starts()[from],
        labels.ends()[to - 1],
        type(labels.name(from)),
        Math.clamp(mean, min, 1),
        min,
        Mention.Evidence.MODEL);
  }

  /** The type of a label, without its mark. */
  private static String type(String label) {
    return label.substring(MARK_LENGTH);
  }

  /**
   * Mentions grown to whole words. Of two that share a word then, those of one type become one, and
   * otherwise the one with the higher score stays.
   */
  static List<Mention> toWords(String text, List<Mention> mentions) {
    List<Mention> grown = new ArrayList<>();
    for (Mention mention : mentions) {
      Mention whole = whole(text, mention);
      if (grown.isEmpty() || !grown.getLast().overlaps(whole)) {
        grown.add(whole);
      } else {
        grown.add(better(grown.removeLast(), whole));
      }
    }
    return grown;
  }

  /**
   * Mentions of which neighbours of one type, with nothing but a blank between, have become one:
   * the classifier begins a name anew within it now and then.
   */
  static List<Mention> joined(String text, List<Mention> mentions) {
    List<Mention> joined = new ArrayList<>();
    for (Mention mention : mentions) {
      if (!joined.isEmpty() && goesOn(text, joined.getLast(), mention)) {
        joined.add(together(joined.removeLast(), mention));
      } else {
        joined.add(mention);
      }
    }
    return joined;
  }

  private static boolean goesOn(String text, Mention first, Mention second) {
    return first.type().equals(second.type())
        && SEVERAL_WORDS.contains(first.type())
        && second.start() == first.end() + 1
        && text.charAt(first.end()) == ' ';
  }

  private static Mention whole(String text, Mention mention) {
    int start = mention.start();
    int end = mention.end();
    return mention.at(
        Words.wordAt(text, start) ? Words.start(text, start) : start,
        Words.wordBefore(text, end) ? dev.gatun.router.text.Words.end(text, end) : end);
  }

  private static Mention better(Mention first, Mention second) {
    if (!first.type().equals(second.type())) {
      return second.score() > first.score() ? second : first;
    }
    return together(first, second);
  }

  private static Mention together(Mention first, Mention second) {
    return new Mention(
        first.start(),
        Math.max(first.end(), second.end()),
        first.type(),
        Math.max(first.score(), second.score()),
        Math.min(first.scoreMin(), second.scoreMin()),
        first.evidence());
  }
}
