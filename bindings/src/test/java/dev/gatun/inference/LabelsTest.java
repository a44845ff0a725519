package dev.gatun.inference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

class LabelsTest {

  @TempDir Path directory;

  @TestFactory
  Stream<DynamicTest> everyShape() {
    return Golden.roots().stream()
        .flatMap(root -> Golden.folders(root.resolve("labels")).stream())
        .map(folder -> DynamicTest.dynamicTest(folder.toString(), () -> golden(folder)));
  }

  private static void golden(Path folder) {
    JsonObject expect = Golden.json(folder.resolve("expect.json"));
    if (expect.get("must_fail").getAsBoolean()) {
      Expectation.check(
          expect, assertThrows(InferenceException.Refused.class, () -> Labels.read(folder)));
    } else {
      assertEquals(Golden.strings(expect.get("labels")), Labels.read(folder).names());
    }
  }

  @Test
  void namesAreTrimmedAndNormalized() throws IOException {
    write("config.json", "{\"id2label\": {\"0\": \" cafe\\u0301 \", \"1\": \"tea\"}}");
    Labels labels = Labels.read(directory);
    assertEquals("caf\u00e9", labels.name(0));
    assertEquals(OptionalInt.of(0), labels.index("cafe\u0301"));
    assertEquals(OptionalInt.empty(), labels.index("milk"));
  }

  @Test
  void filesMayDifferInSpellingOnly() throws IOException {
    write("config.json", "{\"id2label\": {\"0\": \"caf\\u00e9\"}}");
    write("label_mapping.json", "{\"label_to_id\": {\"cafe\\u0301 \": 0}}");
    assertEquals(List.of("caf\u00e9"), Labels.read(directory).names());
  }

  @Test
  void aMappingThatContradictsTheConfigurationNamesBothFiles() throws IOException {
    write("config.json", "{\"id2label\": {\"0\": \"a\", \"1\": \"b\"}}");
    write("category_mapping.json", "{\"idx_to_category\": {\"0\": \"b\", \"1\": \"a\"}}");
    refused("config.json", "category_mapping.json", "disagree");
  }

  @Test
  void twoMappingsThatContradictEachOther() throws IOException {
    write("category_mapping.json", "{\"idx_to_category\": {\"0\": \"a\"}}");
    write("label_mapping.json", "{\"id_to_label\": {\"0\": \"b\"}}");
    refused("category_mapping.json", "label_mapping.json", "disagree");
  }

  @Test
  void anonymousNamesMustBeAsManyAsThoseOfTheMapping() throws IOException {
    write("config.json", "{\"id2label\": {\"0\": \"LABEL_0\", \"1\": \"LABEL_1\"}}");
    write("label_mapping.json", "{\"id2label\": {\"0\": \"a\", \"1\": \"b\", \"2\": \"c\"}}");
    refused("config.json", "label_mapping.json", "3 labels");
  }

  @Test
  void damagedFiles() throws IOException {
    for (String content :
        List.of(
            "{\"id2label\": {\"0\": \"a\"}",
            "[]",
            "{}",
            "{\"id2label\": {}}",
            "{\"id2label\": [\"a\"]}",
            "{\"id2label\": {\"0\": 7}}",
            "{\"id2label\": {\"0\": \" \"}}",
            "{\"id2label\": {\"00\": \"a\"}}",
            "{\"id2label\": {\"-1\": \"a\"}}",
            "{\"id2label\": {\"99999999999\": \"a\"}}",
            "{\"label2id\": {\"a\": 0.5}}",
            "{\"label2id\": {\"a\": true}}",
            "{\"label2id\": {\"a\": 0, \"b\": 0}}",
            "{\"label2id\": {\"a\": 0, \"a\": 0}}",
            "{\"id2label\": {\"0\": \"a\", \"0\": \"b\"}}",
            "{\"label2id\": {\"a\": 0, \" a\": 1}}",
            "{\"id2label\": {\"0\": \"a\"}} {}")) {
      write("label_mapping.json", content);
      refused("label_mapping.json");
    }
  }

  @Test
  void otherFilesThatHappenToBeMappingsAreNotLabels() throws IOException {
    write("config.json", "{\"id2label\": {\"0\": \"a\"}}");
    write("weight_mapping.json", "{\"layers\": {}}");
    assertEquals(List.of("a"), Labels.read(directory).names());
  }

  @Test
  void aFolderWithoutLabelsHasNone() {
    assertEquals(Labels.none(), Labels.read(directory));
  }

  private void write(String file, String content) throws IOException {
    Files.writeString(directory.resolve(file), content);
  }

  private void refused(String... mentions) {
    String message =
        assertThrows(InferenceException.Refused.class, () -> Labels.read(directory)).getMessage();
    assertFalse(message.contains("Strictness") || message.contains("\n"), message);
    for (String mention : mentions) {
      assertTrue(message.contains(mention), message);
    }
  }
}
