package dev.gatun.inference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.gatun.inference.tokenize.Tokens;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * The real all-MiniLM-L6-v2, as the build makes it from its Maven artifact, against onnxruntime.
 * The server module builds the folder, so the first build of a fresh clone goes without this test.
 */
class MiniLmTest {

  private static final float EMBEDDINGS = 2e-5f;
  private static final int TOKENS_MAX = 512;
  private static final Path MODEL =
      Path.of(System.getProperty("gatun.models")).resolve("all-MiniLM-L6-v2");

  private final Inference inference = Inference.open(InferenceOptions.defaults());

  @AfterEach
  void nothingIsLeft() {
    inference.close();
    LaneThreads.assertNone();
  }

  @Test
  void matchesTheReference() throws IOException {
    List<Path> shared = Golden.shared("the real all-MiniLM-L6-v2");
    if (!Files.isDirectory(MODEL)) {
      System.out.println("skipped: the real all-MiniLM-L6-v2 (" + MODEL + " is not built yet)");
      return;
    }
    try (ModelFolder model = ModelFolder.open(inference, MODEL)) {
      assertEquals(384, model.encoder().info().hiddenSize());
      for (Path golden : shared) {
        tokens(model, golden);
        embeddings(model, golden.resolve("minilm"));
      }
    }
  }

  private static void tokens(ModelFolder model, Path golden) {
    Map<String, String> texts = new HashMap<>();
    for (JsonObject row : Golden.lines(golden.resolve("tokenizers/strings.jsonl"))) {
      texts.put(row.get("id").getAsString(), row.get("text").getAsString());
    }
    for (JsonObject row : Golden.lines(golden.resolve("minilm/strings.jsonl"))) {
      Tokens tokens = model.tokenizer().encode(texts.get(row.get("id").getAsString()));
      assertArrayEquals(Golden.ints(row.get("ids")), tokens.ids(), row::toString);
      JsonArray offsets = row.getAsJsonArray("offsets_utf16");
      for (int i = 0; i < offsets.size(); i++) {
        int[] actual = {tokens.startsUtf16()[i], tokens.endsUtf16()[i]};
        assertArrayEquals(Golden.ints(offsets.get(i)), actual, row::toString);
      }
    }
  }

  private static void embeddings(ModelFolder model, Path golden) throws IOException {
    float[] expected = Safetensors.read(golden.resolve("outputs.safetensors")).get("embeddings");
    Matrix all = new Matrix(200, 384, expected);
    int row = 0;
    for (JsonObject input : Golden.lines(golden.resolve("inputs.jsonl"))) {
      Tokens tokens = model.tokenizer().encode(input.get("text").getAsString(), TOKENS_MAX);
      assertArrayEquals(Golden.ints(input.get("ids")), tokens.ids());
      assertEquals(input.get("total_tokens").getAsInt(), tokens.total());
      TokenBatch batch = TokenBatch.of(List.of(tokens.ids()), List.of(tokens.typeIds()));
      Matrix embedding = model.encoder().encode(batch, List.of(Output.embedding())).join().single();
      assertArrayEquals(all.row(row++), embedding.values(), EMBEDDINGS);
    }
    assertEquals(200, row);
  }
}
