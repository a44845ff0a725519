package dev.gatun.server.inference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.router.port.Answer;
import dev.gatun.router.port.Coverage;
import dev.gatun.router.port.Embedding;
import dev.gatun.router.port.Embeddings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Vectors of a configuration's texts outlive the process, those of requests do not. */
class LastingEmbeddingsTest {
  private static final List<String> TEXTS = List.of("a", "bc", "");

  @TempDir private Path folder;
  private final List<List<String>> asked = new ArrayList<>();

  private Embeddings encoder(String version, long bytesMax) {
    Embeddings model =
        texts -> {
          asked.add(texts);
          return Answer.of(
              texts.stream()
                  .map(text ->
                      Embedding.of(
                          new float[] {text.length(), 0.5f, -1f},
                          new Coverage(text.length(), text.length() + 1)))
                  .toList());
        };
    VectorFiles files = new VectorFiles(Optional.of(folder.resolve("examples")), bytesMax);
    return new LastingEmbeddings(model, files, version);
  }

  private void embed(String version, List<String> texts) {
    embed(version, texts, 1 << 20);
  }

  private void embed(String version, List<String> texts, long bytesMax) {
    Answer<List<Embedding>> answer = encoder(version, bytesMax).lasting().embed(texts);
    List<Embedding> vectors = answer.fold(found -> found, _ -> List.of());
    assertEquals(texts.size(), vectors.size());
  }

  private List<Path> files() throws IOException {
    if (!Files.isDirectory(folder.resolve("examples"))) {
      return List.of();
    }
    try (Stream<Path> all = Files.list(folder.resolve("examples"))) {
      return all.toList();
    }
  }

  @Test
  void theNextStartReadsThem() throws IOException {
    embed("one", TEXTS);
    Answer<List<Embedding>> again = encoder("one", 1 << 20).lasting().embed(TEXTS);

    assertEquals(List.of(TEXTS), asked);
    List<Embedding> vectors = again.fold(found -> found, _ -> List.of());
    assertArrayEquals(new float[] {2, 0.5f, -1f}, vectors.get(1).components());
    assertEquals(new Coverage(2, 3), vectors.get(1).coverage());
    assertEquals(
        "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(files().get(0))));
  }

  @Test
  void otherTextsAndOtherModelsAreAskedAnew() {
    embed("one", TEXTS);
    embed("two", TEXTS);
    embed("one", List.of("ab", "c", ""));
    embed("one", TEXTS.reversed());
    assertEquals(4, asked.size());
  }

  @Test
  void whatRequestsSayIsNotWritten() throws IOException {
    assertTrue(encoder("one", 1 << 20).embed(TEXTS) instanceof Answer.Known);
    assertTrue(encoder("one", 1 << 20).truncated(2).embed(TEXTS) instanceof Answer.Known);
    assertEquals(List.of(), files());
    assertEquals(2, asked.size());
  }

  @Test
  void aDamagedFileIsAsNone() throws IOException {
    embed("one", TEXTS);
    Path file = files().getFirst();
    byte[] whole = Files.readAllBytes(file);
    for (int length : new int[] {0, 15, whole.length - 1}) {
      Files.write(file, java.util.Arrays.copyOf(whole, length));
      embed("one", TEXTS);
      assertArrayEquals(whole, Files.readAllBytes(file), "written again");
    }
    whole[20] ^= 1;
    Files.write(file, whole);
    embed("one", TEXTS);
    assertEquals(5, asked.size());
  }

  @Test
  void whatWasUsedLongestAgoGoesFirst() throws IOException {
    long one = 16 + TEXTS.size() * (8L + 12) + 32;
    embed("one", TEXTS, 2 * one);
    Path first = files().getFirst();
    Files.setLastModifiedTime(first, FileTime.from(Instant.now().minusSeconds(60)));
    embed("two", TEXTS, 2 * one);
    embed("three", TEXTS, 2 * one);
    assertEquals(2, files().size());
    assertFalse(files().contains(first));
    embed("four", TEXTS, one - 1);
    assertEquals(2, files().size(), "one that is too large alone is not kept");
  }

  @Test
  void aFailureIsNotKept() throws IOException {
    Embeddings failing =
        new LastingEmbeddings(
            _ -> Answer.failed("no"), new VectorFiles(Optional.of(folder), 1 << 20), "one");
    assertTrue(failing.lasting().embed(TEXTS) instanceof Answer.Failed);
    assertEquals(List.of(), files());
  }
}
