package dev.gatun.inference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.gatun.inference.tokenize.Tokens;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Text in, numbers out: every golden model through tokenizer, queue and native engine, alone and
 * packed, within the tolerances of the golden set.
 */
class GoldenEncodingTest {

  private static final float LOGITS = 1e-4f;
  private static final float EMBEDDINGS = 2e-5f;
  private static final float HIDDEN = 2e-4f;

  private final Inference inference = Inference.open(InferenceOptions.defaults());

  @AfterEach
  void nothingIsLeft() {
    inference.close();
    LaneThreads.assertNone();
  }

  @TestFactory
  Stream<DynamicTest> models() {
    List<Path> roots = new ArrayList<>(List.of(Golden.home().resolve("model-cards/golden")));
    roots.addAll(Golden.shared("golden encodings of the whole set"));
    return roots.stream()
        .flatMap(root -> Golden.folders(root.resolve("cases")).stream())
        .filter(GoldenEncodingTest::ours)
        .map(model -> DynamicTest.dynamicTest(model.toString(), () -> check(model)));
  }

  private static boolean ours(Path cases) {
    return Files.exists(model(cases).resolve("config.json"));
  }

  private static Path model(Path cases) {
    return cases.resolve("../../models").resolve(cases.getFileName()).normalize();
  }

  private void check(Path cases) throws IOException {
    try (ModelFolder folder = ModelFolder.open(inference, model(cases))) {
      Map<String, float[]> expected = Safetensors.read(cases.resolve("outputs.safetensors"));
      Map<String, TokenBatch> inputs = new HashMap<>();
      for (JsonObject row : Golden.lines(cases.resolve("inputs.jsonl"))) {
        String id = row.get("id").getAsString();
        TokenBatch input = input(folder, row);
        inputs.put(id, input);
        compare(folder.encoder(), input, List.of(id), expected);
        hidden(folder.encoder(), input, id, expected);
      }
      for (List<String> members : batches(cases)) {
        compare(folder.encoder(), packed(members, inputs), members, expected);
      }
    }
  }

  /** The ids of an input: from its text where it has one, which must give the golden ids. */
  private static TokenBatch input(ModelFolder folder, JsonObject row) {
    JsonElement text = row.has("encoded_text") ? row.get("encoded_text") : row.get("text");
    int[] ids = Golden.ints(row.get("ids"));
    if (text == null || text.isJsonNull()) {
      return row.has("type_ids")
          ? TokenBatch.of(List.of(ids), List.of(Golden.ints(row.get("type_ids"))))
          : TokenBatch.of(ids);
    }
    JsonElement pair = row.get("text_pair");
    Tokens tokens =
        pair == null || pair.isJsonNull()
            ? folder.tokenizer().encode(text.getAsString())
            : folder.tokenizer().encode(text.getAsString(), pair.getAsString());
    assertArrayEquals(ids, tokens.ids(), row::toString);
    return TokenBatch.of(List.of(tokens.ids()), List.of(tokens.typeIds()));
  }

  /** The answers to a batch, sequence by sequence, against those of the sequences alone. */
  private static void compare(
      EncoderModel encoder, TokenBatch batch, List<String> ids, Map<String, float[]> expected) {
    ModelInfo info = encoder.info();
    Output output = info.head() == Head.NONE ? Output.embedding() : Output.logits();
    String suffix = info.head() == Head.NONE ? ".embedding" : ".logits";
    float tolerance = info.head() == Head.NONE ? EMBEDDINGS : LOGITS;
    Matrix all = encoder.encode(batch, List.of(output)).join().single();
    int row = 0;
    for (int i = 0; i < ids.size(); i++) {
      int rows = output.perToken(info) ? batch.length(i) : 1;
      float[] golden = expected.get(ids.get(i) + suffix);
      assertArrayEquals(golden, all.slice(row, row + rows).values(), tolerance, ids.get(i));
      row += rows;
    }
    assertEquals(all.rows(), row);
  }

  private static void hidden(
      EncoderModel encoder, TokenBatch input, String id, Map<String, float[]> expected) {
    compareHidden(encoder, input, Output.hidden(), expected.get(id + ".last_hidden_state"));
    for (int layer = 0; layer <= encoder.info().layers(); layer++) {
      float[] golden = expected.get(id + ".layer" + layer);
      compareHidden(encoder, input, Output.hidden(layer), golden);
    }
  }

  private static void compareHidden(
      EncoderModel encoder, TokenBatch input, Output output, float[] golden) {
    if (golden != null) {
      Matrix states = encoder.encode(input, List.of(output)).join().single();
      assertArrayEquals(golden, states.values(), HIDDEN);
    }
  }

  private static TokenBatch packed(List<String> members, Map<String, TokenBatch> inputs) {
    List<int[]> ids = new ArrayList<>();
    List<int[]> types = new ArrayList<>();
    for (String member : members) {
      TokenBatch input = inputs.get(member);
      ids.add(input.ids());
      types.add(input.typeIds().length == 0 ? new int[input.tokens()] : input.typeIds());
    }
    return TokenBatch.of(ids, types);
  }

  private static List<List<String>> batches(Path cases) throws IOException {
    Path file = cases.resolve("batches.json");
    if (!Files.exists(file)) {
      return List.of();
    }
    JsonArray groups = JsonParser.parseString(Files.readString(file)).getAsJsonArray();
    return groups.asList().stream()
        .map(group -> Golden.strings(group.getAsJsonObject().get("members")))
        .toList();
  }
}
