package dev.gatun.router.signal;

import dev.gatun.router.port.Answer;
import dev.gatun.router.port.Embedding;
import dev.gatun.router.port.Embeddings;
import dev.gatun.router.signal.Inquiry.Deadline;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;

/** The vectors of one request by one encoder, each asked for once. For use by one thread. */
final class RequestVectors {
  private final Embeddings encoder;
  private final RequestModels models;
  private final Map<String, Vector> vectors = new HashMap<>();

  /**
   * The vector of a text: one of those that were asked for together.
   *
   * @param texts that were asked for together
   */
  private record Vector(Inquiry<List<Embedding>> inquiry, List<String> texts) {}

  RequestVectors(Embeddings encoder, RequestModels models) {
    this.encoder = encoder;
    this.models = models;
  }

  /** Asks for the vectors of texts together, as far as nobody has. */
  void ask(Collection<String> texts) {
    LinkedHashSet<String> missing = new LinkedHashSet<>(texts);
    missing.removeAll(vectors.keySet());
    if (!missing.isEmpty()) {
      askNow(List.copyOf(missing));
    }
  }

  private void askNow(List<String> together) {
    Inquiry<List<Embedding>> inquiry = models.begin(() -> encoder.embed(together));
    together.forEach(text -> vectors.put(text, new Vector(inquiry, together)));
  }

  /** The encoder for one family, which waits so long. */
  Embeddings until(Deadline deadline) {
    return new Waiting(deadline);
  }

  private final class Waiting implements Embeddings {
    private final Deadline deadline;

    Waiting(Deadline deadline) {
      this.deadline = deadline;
    }

    @Override
    public boolean isLoaded() {
      return encoder.isLoaded();
    }

    @Override
    public <T> Answer<T> waitFor(Supplier<Answer<T>> work) {
      return models.begin(work).await(deadline);
    }

    @Override
    public boolean isWithdrawn() {
      return models.isWithdrawn();
    }

    @Override
    public Answer<List<Embedding>> embed(List<String> texts) {
      ask(texts);
      return vectors(texts).fold(Answer::of, reason -> alone(texts, reason));
    }

    /** What one family asks must not fail because of a text of another. */
    private Answer<List<Embedding>> alone(List<String> texts, String reason) {
      LinkedHashSet<String> failed = new LinkedHashSet<>();
      for (String text : texts) {
        Vector vector = Objects.requireNonNull(vectors.get(text));
        boolean isShared = !texts.containsAll(vector.texts);
        if (isShared && vector.inquiry.isFailed(deadline)) {
          failed.add(text);
        }
      }
      if (failed.isEmpty()) {
        return Answer.failed(reason);
      }
      askNow(List.copyOf(failed));
      return vectors(texts);
    }

    private Answer<List<Embedding>> vectors(List<String> texts) {
      List<Embedding> found = new ArrayList<>();
      for (String text : texts) {
        Vector vector = Objects.requireNonNull(vectors.get(text));
        switch (vector.inquiry.await(deadline)) {
          case Answer.Known<List<Embedding>>(var together) ->
              found.add(together.get(vector.texts.indexOf(text)));
          case Answer.Failed<List<Embedding>> failure -> {
            return failure.again();
          }
        }
      }
      return Answer.of(found);
    }
  }
}
