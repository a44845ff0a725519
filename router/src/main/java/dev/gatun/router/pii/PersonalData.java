package dev.gatun.router.pii;

import dev.gatun.router.model.Compatibility;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * Personal data of a text: what is proven by its form, and what a classifier of tokens finds beside
 * it. Immutable.
 *
 * @param thresholds for a type the score from which the classifier is believed, 0 … 1
 * @param threshold the same for all other types
 * @param compatibility how mentions and their scores are made of tokens
 */
public record PersonalData(
    Map<String, Double> thresholds, double threshold, Compatibility compatibility) {
  /** Signs with which a value may begin. */
  private static final String OPENING = "+#@";

  public PersonalData {
    thresholds = Map.copyOf(thresholds);
  }

  /** The mentions of a text in its order, none overlapping another. */
  public List<Mention> find(String text, TokenLabels labels) {
    List<Mention> proven = ExactRecognizers.find(text);
    List<Mention> found = new ArrayList<>(proven);
    for (Mention mention : runs(text, labels)) {
      if (mention.score() >= thresholds.getOrDefault(mention.type(), threshold)) {
        add(text, mention, proven, found);
      }
    }
    found.sort(Comparator.comparingInt(Mention::start));
    return List.copyOf(found);
  }

  private List<Mention> runs(String text, TokenLabels labels) {
    List<Mention> whole = TokenRuns.toWords(text, TokenRuns.of(labels, compatibility));
    return switch (compatibility) {
      case GATUN -> TokenRuns.joined(text, whole);
      case UPSTREAM_0_3 -> whole;
    };
  }

  /** Adds what the proven mentions leave of one: of a title with a name, the name. */
  private static void add(String text, Mention mention, List<Mention> proven, List<Mention> found) {
    int start = mention.start();
    int end = mention.end();
    for (Mention other : proven) {
      if (other.start() <= start && start < other.end()) {
        start = other.end();
      }
      if (other.start() < end && end <= other.end()) {
        end = other.start();
      }
    }
    start = trimmedStart(text, start, end, start > mention.start());
    end = trimmedEnd(text, start, end, end < mention.end());
    if (start >= end || !Plausible.is(mention.type(), text.substring(start, end))) {
      return;
    }
    Mention rest = mention.at(start, end);
    if (proven.stream().noneMatch(rest::overlaps)) {
      found.add(rest);
    }
  }

  /** Without blanks, quotes and signs before it; a bracket stays when its partner is there. */
  private static int trimmedStart(String text, int start, int end, boolean cut) {
    int at = start;
    while (at < end && !Words.wordAt(text, at)) {
      char c = text.charAt(at);
      boolean paired = c == '(' && text.substring(at, end).indexOf(')') > 0;
      if (!cut && (OPENING.indexOf(c) >= 0 || paired)) {
        break;
      }
      at++;
    }
    return at;
  }

  /** The same behind it; a full stop stays, which may belong to an abbreviation. */
  private static int trimmedEnd(String text, int start, int end, boolean cut) {
    int at = end;
    while (at > start && !Words.wordBefore(text, at)) {
      char c = text.charAt(at - 1);
      boolean paired = c == ')' && text.substring(start, at).indexOf('(') >= 0;
      if (!cut && (c == '.' || paired)) {
        break;
      }
      at--;
    }
    return at;
  }
}
