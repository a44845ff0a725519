package dev.gatun.server.inference;

import dev.gatun.router.port.Answer;
import dev.gatun.router.port.Embedding;
import dev.gatun.router.port.Embeddings;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Sentence vectors that are kept in a {@link TurnCache}. */
record RememberedEmbeddings(Embeddings embeddings, String version, TurnCache cache, String tenant)
    implements Embeddings {
  @Override
  public Embeddings forTenant(String other) {
    return new RememberedEmbeddings(embeddings, version, cache, other);
  }

  @Override
  public Embeddings lasting() {
    return embeddings.lasting();
  }

  @Override
  public boolean isLoaded() {
    return embeddings.isLoaded();
  }

  @Override
  public Answer<List<Embedding>> embed(List<String> texts) {
    Map<String, Embedding> known = new LinkedHashMap<>();
    LinkedHashSet<String> unknown = new LinkedHashSet<>();
    for (String text : texts) {
      cache
          .find(key(text), Embedding.class)
          .ifPresentOrElse(vector -> known.put(text, vector), () -> unknown.add(text));
    }
    List<String> asked = List.copyOf(unknown);
    Answer<List<Embedding>> answer =
        asked.isEmpty() ? Answer.of(List.of()) : embeddings.embed(asked);
    return answer.map(vectors -> {
      for (int i = 0; i < asked.size(); i++) {
        Embedding vector = vectors.get(i);
        cache.keep(key(asked.get(i)), vector, (long) Float.BYTES * vector.dimension());
        known.put(asked.get(i), vector);
      }
      return texts.stream().map(text -> Objects.requireNonNull(known.get(text))).toList();
    });
  }

  private TurnCache.Key key(String text) {
    return TurnCache.key(tenant, version, "embedding", text);
  }
}
