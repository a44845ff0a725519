package dev.gatun.router.signal;

import dev.gatun.router.model.Facts;
import dev.gatun.router.port.Answer;
import dev.gatun.router.port.Coverage;
import dev.gatun.router.port.Embedding;
import dev.gatun.router.port.Embeddings;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * What rules make of texts of their own: embedded in one call when they are planned, or, where the
 * encoder is loaded with the first question, with that. Tried again at the next request when it
 * fails. Safe for use by many threads.
 *
 * @param <T> what is made of the vectors
 */
final class Exemplars<T> {
  private final Embeddings embeddings;
  private final List<String> texts;
  private final Function<Map<String, Embedding>, T> make;
  private volatile Optional<T> made = Optional.empty();
  private volatile int attempts;
  private Answer<T> last = Answer.failed("not tried yet");

  /**
   * Embeds the texts, unless a model would have to be loaded for that.
   *
   * @param texts in any order; repetitions count once
   * @param make from the vector of every text
   */
  Exemplars(
      Embeddings embeddings, Collection<String> texts, Function<Map<String, Embedding>, T> make) {
    this.embeddings = embeddings.lasting();
    this.texts = new ArrayList<>(new LinkedHashSet<>(texts));
    this.make = make;
    if (!this.texts.isEmpty() && embeddings.isLoaded()) {
      attempt(embeddings);
    }
  }

  /**
   * What was made, now when it was not yet, or why it cannot be.
   *
   * @param vectors of the request, which say how long it waits
   */
  Answer<T> answer(Embeddings vectors) {
    return made.map(Answer::of).orElseGet(() -> vectors.waitFor(() -> attempt(vectors)));
  }

  /** What a request is compared by: its text, unless that is blank. */
  static List<String> compared(Facts facts) {
    String text = facts.evaluationText();
    return text.isBlank() ? List.of() : List.of(text);
  }

  /**
   * Compares a request with what was made, which is made now when it was not yet.
   *
   * @param vectors of the request
   * @param comparison of what was made with the vector of the request
   * @return what the comparison returns, nothing read for a blank text, or why it cannot be done
   */
  Answer<Coverage> compare(
      Facts facts, Embeddings vectors, BiFunction<T, Embedding, Answer<Coverage>> comparison) {
    List<String> text = compared(facts);
    if (text.isEmpty()) {
      return Answer.of(Coverage.NONE);
    }
    return answer(vectors)
        .fold(
            value ->
                vectors
                    .embed(text)
                    .fold(found -> comparison.apply(value, found.getFirst()), Answer::failed),
            Answer::failed);
  }

  /** What was made so far. */
  Optional<T> made() {
    return made;
  }

  /** Whoever waited while another tried takes its failure, and does not wait for one more. */
  private Answer<T> attempt(Embeddings vectors) {
    int before = attempts;
    synchronized (this) {
      if (made.isPresent()) {
        return Answer.of(made.get());
      }
      return attempts == before ? tried(vectors, before) : last;
    }
  }

  /** A failure because nobody waits any more is none of the encoder, and nobody else's. */
  private Answer<T> tried(Embeddings vectors, int before) {
    Answer<T> answer = embeddings.embed(texts).map(this::made);
    if (!vectors.isWithdrawn()) {
      last = answer;
      attempts = before + 1;
    }
    return answer;
  }

  private T made(List<Embedding> vectors) {
    Map<String, Embedding> byText = new HashMap<>();
    for (int i = 0; i < texts.size(); i++) {
      byText.put(texts.get(i), vectors.get(i));
    }
    T value = make.apply(byText);
    made = Optional.of(value);
    return value;
  }
}
