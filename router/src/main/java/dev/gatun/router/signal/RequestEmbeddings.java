package dev.gatun.router.signal;

import dev.gatun.router.port.Answer;
import dev.gatun.router.port.Embedding;
import dev.gatun.router.port.Embeddings;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The vectors of one request: whatever several families ask about, a text is embedded once. Safe
 * for use by many threads, which wait for each other.
 */
final class RequestEmbeddings implements Embeddings {
  private final Embeddings embeddings;
  private final LinkedHashSet<String> expected;
  private final Map<String, Embedding> known = new HashMap<>();

  /**
   * Vectors of a request.
   *
   * @param expected texts that will be asked for; the first question has them all embedded
   */
  RequestEmbeddings(Embeddings embeddings, Collection<String> expected) {
    this.embeddings = embeddings;
    this.expected = new LinkedHashSet<>(expected);
  }

  @Override
  public synchronized Answer<List<Embedding>> embed(List<String> texts) {
    LinkedHashSet<String> missing = new LinkedHashSet<>(texts);
    missing.addAll(expected);
    missing.removeAll(known.keySet());
    if (texts.isEmpty() || known.keySet().containsAll(texts)) {
      return Answer.of(vectors(texts));
    }
    List<String> asked = new ArrayList<>(missing);
    return embeddings
        .embed(asked)
        .map(vectors -> {
          for (int i = 0; i < asked.size(); i++) {
            known.put(asked.get(i), vectors.get(i));
          }
          return vectors(texts);
        });
  }

  private List<Embedding> vectors(List<String> texts) {
    return texts.stream().map(text -> Objects.requireNonNull(known.get(text))).toList();
  }
}
