package dev.gatun.router.signal;

import dev.gatun.router.model.Facts;
import dev.gatun.router.port.Answer;
import dev.gatun.router.port.Coverage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedCollection;
import java.util.function.Function;

/**
 * What a safety family knows of the texts of one request: each was judged once, whatever the number
 * of rules, and some could not be.
 *
 * @param <T> a judgement
 */
final class Safety<T> {
  private final Map<String, Answer<T>> judged = new LinkedHashMap<>();

  private Safety() {}

  /**
   * The texts a rule looks at: that of the request, if it has one, and with history all others,
   * each once.
   */
  static SequencedCollection<String> texts(Facts facts, boolean history) {
    LinkedHashSet<String> texts = new LinkedHashSet<>();
    if (!facts.evaluationText().isEmpty()) {
      texts.add(facts.evaluationText());
    }
    if (history) {
      texts.addAll(facts.history());
    }
    return texts;
  }

  /** Judges texts. */
  static <T> Safety<T> of(SequencedCollection<String> texts, Function<String, Answer<T>> judge) {
    Safety<T> safety = new Safety<>();
    texts.forEach(text -> safety.judged.put(text, judge.apply(text)));
    return safety;
  }

  /** The judgements of some of the texts, those that could not be judged left out. */
  List<T> known(SequencedCollection<String> texts) {
    List<T> known = new ArrayList<>();
    for (String text : texts) {
      if (Objects.requireNonNull(judged.get(text)) instanceof Answer.Known<T>(T judgement)) {
        known.add(judgement);
      }
    }
    return known;
  }

  /** Why the first of some texts that could not be judged could not. */
  Optional<String> failure(SequencedCollection<String> texts) {
    for (String text : texts) {
      if (Objects.requireNonNull(judged.get(text)) instanceof Answer.Failed<T>(String reason, _)) {
        return Optional.of(reason);
      }
    }
    return Optional.empty();
  }

  /** What was read of all texts, or why one could not be. */
  Answer<Coverage> coverage(Function<T, Coverage> of) {
    Optional<String> failure = failure(List.copyOf(judged.keySet()));
    if (failure.isPresent()) {
      return Answer.failed(failure.get());
    }
    return Answer.of(
        known(List.copyOf(judged.keySet())).stream().map(of).reduce(Coverage.NONE, Coverage::plus));
  }
}
