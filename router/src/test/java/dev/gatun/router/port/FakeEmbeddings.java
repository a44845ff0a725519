package dev.gatun.router.port;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Embeds by the words of a small vocabulary: a text points where its words do. Keeps what it was
 * asked.
 */
public final class FakeEmbeddings implements Embeddings {
  private final List<String> vocabulary;
  private final List<List<String>> calls = new ArrayList<>();
  private Optional<String> failure = Optional.empty();
  private boolean loaded = true;

  public FakeEmbeddings(String... vocabulary) {
    this.vocabulary = List.of(vocabulary);
  }

  /** Answers with a failure from now on. */
  public FakeEmbeddings failing(String reason) {
    failure = Optional.of(reason);
    return this;
  }

  public FakeEmbeddings healed() {
    failure = Optional.empty();
    return this;
  }

  /** Says that it would have to be loaded first. */
  public FakeEmbeddings notLoaded() {
    loaded = false;
    return this;
  }

  /** The texts of every call. */
  public List<List<String>> calls() {
    return List.copyOf(calls);
  }

  @Override
  public Answer<List<Embedding>> embed(List<String> texts) {
    calls.add(List.copyOf(texts));
    return failure
        .<Answer<List<Embedding>>>map(Answer::failed)
        .orElseGet(() -> Answer.of(texts.stream().map(this::vector).toList()));
  }

  @Override
  public boolean isLoaded() {
    return loaded;
  }

  private Embedding vector(String text) {
    List<String> words = List.of(text.split(" "));
    float[] components = new float[vocabulary.size() + 1];
    for (int i = 0; i < vocabulary.size(); i++) {
      String word = vocabulary.get(i);
      components[i] = words.stream().filter(word::equals).count();
    }
    components[vocabulary.size()] = 1e-3f;
    double squares = 0;
    for (float component : components) {
      squares += component * (double) component;
    }
    for (int i = 0; i < components.length; i++) {
      components[i] /= (float) Math.sqrt(squares);
    }
    return Embedding.of(components, new Coverage(words.size(), words.size()));
  }
}
