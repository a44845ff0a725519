package dev.gatun.router.signal;

import dev.gatun.router.port.Answer;
import dev.gatun.router.port.Embedding;
import dev.gatun.router.port.Embeddings;
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
    missing.removeAll(known.keySet());
    if (missing.isEmpty()) {
      return Answer.of(vectors(texts));
    }
    LinkedHashSet<String> together = new LinkedHashSet<>(missing);
    together.addAll(expected);
    together.removeAll(known.keySet());
    Answer<List<Embedding>> answer = ask(together, texts);
    // What one family asks must not fail because of a text of another.
    return answer instanceof Answer.Failed && together.size() > missing.size()
        ? ask(missing, texts)
        : answer;
  }

  private Answer<List<Embedding>> ask(Collection<String> asked, List<String> texts) {
    List<String> inOrder = List.copyOf(asked);
    return embeddings
        .embed(inOrder)
        .map(vectors -> {
          for (int i = 0; i < inOrder.size(); i++) {
            known.put(inOrder.get(i), vectors.get(i));
          }
          return vectors(texts);
        });
  }

  private List<Embedding> vectors(List<String> texts) {
    return texts.stream().map(text -> Objects.requireNonNull(known.get(text))).toList();
  }
}
