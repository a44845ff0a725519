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
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
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
  private final ReentrantLock lock = new ReentrantLock();
  private volatile Optional<T> made = Optional.empty();
  private final AtomicInteger attempts = new AtomicInteger();
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
      attempt();
    }
  }

  /**
   * What was made, now when it was not yet, or why it cannot be.
   *
   * @param vectors of the request, which say how long it waits
   */
  Answer<T> answer(Embeddings vectors) {
    return made.map(Answer::of).orElseGet(() -> vectors.waitFor(this::attempt));
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
  private Answer<T> attempt() {
    int before = attempts.get();
    try {
      lock.lockInterruptibly();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Answer.failed("the examples of the rules were not waited for");
    }
    try {
      if (made.isPresent()) {
        return Answer.of(made.get());
      }
      return attempts.get() == before ? tried() : last;
    } finally {
      lock.unlock();
    }
  }

  /** A failure because nobody waits any more is none of the encoder, and nobody else's. */
  private Answer<T> tried() {
    Answer<T> answer = embeddings.embed(texts).map(this::made);
    if (!Thread.currentThread().isInterrupted()) {
      last = answer;
      attempts.incrementAndGet();
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
