package dev.gatun.server.inference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.inference.Inference;
import dev.gatun.inference.InferenceOptions;
import dev.gatun.inference.LoadOptions;
import dev.gatun.router.port.Answer;
import dev.gatun.router.port.Embedding;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class SentenceEmbedderTest {
  private static Inference inference;
  private static SentenceEmbedder embedder;

  @BeforeAll
  static void open() {
    inference = Inference.open(InferenceOptions.defaults());
    ModelStore store = new ModelStore(Path.of(System.getProperty("gatun.models")));
    embedder = SentenceEmbedder.open(inference, store, LoadOptions.defaults());
  }

  @AfterAll
  static void close() {
    embedder.close();
    inference.close();
  }

  private static List<Embedding> embed(String... texts) {
    return known(embedder.embed(List.of(texts)));
  }

  private static <T> T known(Answer<T> answer) {
    return answer.fold(
        value -> value,
        reason -> {
          throw new AssertionError(reason);
        });
  }

  @Test
  void roundingMakesNoCosineAboveOne() {
    float[] unit = {0.6f, 0.8f};
    assertEquals(1, SentenceEmbedder.cosine(unit, unit));
    assertEquals(-1, SentenceEmbedder.cosine(unit, new float[] {-0.6f, -0.8f}));
  }

  @Test
  void manyTextsAtOnceGetTheVectorsTheyHaveAlone() {
    String text = "Where is my parcel? It should have come on Monday. ".repeat(100);
    String[] texts = {"How do I get my money back?", text, "Write a poem about the sea."};
    List<Embedding> together = embed(texts);
    for (int i = 0; i < texts.length; i++) {
      assertEquals(1, together.get(i).cosine(embed(texts[i]).getFirst()), 1e-4);
      assertEquals(1, together.get(i).cosine(together.get(i)), 1e-5);
      float[] alone = known(embedder.embed(texts[i]));
      assertEquals(alone.length, together.get(i).dimension());
    }
    assertEquals(together.get(1).coverage().present(), together.get(1).coverage().read());
    assertTrue(together.get(1).coverage().present() > 1_000);
  }

  @Test
  void likeTextsAreNearerThanOthers() {
    List<Embedding> vectors =
        embed("I want a refund", "please give me my money back", "prove that e is irrational");
    double like = vectors.get(0).cosine(vectors.get(1));
    assertTrue(like > vectors.get(0).cosine(vectors.get(2)) + 0.2, () -> "cosine " + like);
  }

  @Test
  void noTextsHaveNoVectors() {
    assertTrue(known(embedder.embed(List.of())).isEmpty());
  }

  @Test
  void theFirstComponentsAreBroughtToUnitLength() {
    Embedding vector = embed("a text").getFirst();
    Embedding shorter = vector.truncated(64);
    assertEquals(64, shorter.dimension());
    assertEquals(1, shorter.cosine(shorter), 1e-5);
    assertEquals(vector, vector.truncated(10_000));
  }
}
