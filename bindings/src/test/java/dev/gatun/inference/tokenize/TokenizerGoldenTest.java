package dev.gatun.inference.tokenize;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.gatun.inference.Golden;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Ids and UTF-16 offsets of every tokenizer family against the Python tokenizers package. */
class TokenizerGoldenTest {

  @TestFactory
  Stream<DynamicTest> families() {
    return Golden.roots().stream()
        .flatMap(root -> Golden.folders(root.resolve("tokenizers")).stream())
        .map(family -> DynamicTest.dynamicTest(family.toString(), () -> family(family)));
  }

  @TestFactory
  Stream<DynamicTest> inputsOfCases() {
    return Golden.shared("tokenizers of the case folders").stream()
        .flatMap(root -> Golden.folders(root.resolve("cases")).stream())
        .filter(inputs -> Files.exists(tokenizerOf(inputs)))
        .map(inputs -> DynamicTest.dynamicTest(inputs.toString(), () -> inputs(inputs)));
  }

  private static void family(Path family) {
    Map<String, String> texts = texts(family.resolveSibling("strings.jsonl"));
    try (Tokenizer tokenizer = Tokenizer.load(family.resolve("tokenizer.json"))) {
      for (JsonObject row : Golden.lines(family.resolve("strings.jsonl"))) {
        same(row, tokenizer.encode(texts.get(row.get("id").getAsString())));
      }
      for (JsonObject row : Golden.lines(family.resolve("pairs.jsonl"))) {
        String first = texts.get(row.get("a").getAsString());
        same(row, tokenizer.encode(first, texts.get(row.get("b").getAsString())));
      }
      for (JsonObject row : Golden.lines(family.resolve("truncation.jsonl"))) {
        truncation(row, tokenizer, texts.get(row.get("text_id").getAsString()));
      }
    }
  }

  private static void truncation(JsonObject row, Tokenizer tokenizer, String text) {
    Tokens cut = tokenizer.encode(text, row.get("max_length").getAsInt());
    assertArrayEquals(Golden.ints(row.get("ids")), cut.ids(), row::toString);
    assertEquals(row.get("kept").getAsInt(), cut.length());
    assertEquals(row.get("total").getAsInt(), cut.total());
    assertEquals(row.get("truncated").getAsBoolean(), cut.truncated());
  }

  private static void inputs(Path inputs) {
    try (Tokenizer tokenizer = Tokenizer.load(tokenizerOf(inputs))) {
      for (JsonObject row : Golden.lines(inputs.resolve("inputs.jsonl"))) {
        JsonElement text = row.has("encoded_text") ? row.get("encoded_text") : row.get("text");
        if (text.isJsonNull()) {
          continue;
        }
        JsonElement pair = row.get("text_pair");
        same(
            row,
            pair == null || pair.isJsonNull()
                ? tokenizer.encode(text.getAsString())
                : tokenizer.encode(text.getAsString(), pair.getAsString()));
      }
    }
  }

  private static Path tokenizerOf(Path inputs) {
    return inputs.resolve("../../models").resolve(inputs.getFileName()).resolve("tokenizer.json");
  }

  private static void same(JsonObject row, Tokens tokens) {
    assertArrayEquals(Golden.ints(row.get("ids")), tokens.ids(), row::toString);
    if (row.has("type_ids")) {
      assertArrayEquals(Golden.ints(row.get("type_ids")), tokens.typeIds(), row::toString);
    }
    JsonArray offsets = row.getAsJsonArray("offsets_utf16");
    for (int i = 0; i < offsets.size(); i++) {
      int[] expected = Golden.ints(offsets.get(i));
      assertArrayEquals(
          expected, new int[] {tokens.startsUtf16()[i], tokens.endsUtf16()[i]}, row::toString);
    }
    if (row.has("sequence_ids") && !row.get("sequence_ids").isJsonNull()) {
      JsonArray sequence = row.getAsJsonArray("sequence_ids");
      for (int i = 0; i < sequence.size(); i++) {
        JsonElement text = sequence.get(i);
        assertEquals(
            text.isJsonNull() ? Tokens.SPECIAL : text.getAsInt(),
            tokens.sequence()[i],
            row::toString);
      }
    }
  }

  private static Map<String, String> texts(Path strings) {
    Map<String, String> texts = new HashMap<>();
    for (JsonObject row : Golden.lines(strings)) {
      texts.put(row.get("id").getAsString(), row.get("text").getAsString());
    }
    return texts;
  }
}
