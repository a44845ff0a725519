package dev.gatun.server.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.server.classify.Row;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SentenceFilesTest {
  @TempDir private Path folder;

  @Test
  void withoutFilesATextIsReadAsItIs() {
    SentenceFiles files = SentenceFiles.read(folder);
    assertEquals("A text", files.input("A text", Optional.empty()));
    assertEquals(Integer.MAX_VALUE, files.tokensMax());
  }

  @Test
  void theDefaultPromptGoesBeforeTextsThatNameNone() throws IOException {
    write(
        "config_sentence_transformers.json",
        """
        {"prompts": {"query": "q: ", "document": ""}, "default_prompt_name": "query"}\
        """);
    SentenceFiles files = SentenceFiles.read(folder);
    assertEquals("q: cats", files.input("cats", Optional.empty()));
    assertEquals("cats", files.input("cats", Optional.of("document")));
    Row.Bad unknown =
        assertThrows(Row.Bad.class, () -> files.input("cats", Optional.of("passage")));
    assertTrue(unknown.getMessage().contains("[document, query]"), unknown.getMessage());
  }

  @Test
  void aDefaultPromptThatIsNoPromptIsRefused() throws IOException {
    write(
        "config_sentence_transformers.json",
        """
        {"prompts": {"document": ""}, "default_prompt_name": "query"}\
        """);
    Failure refused = assertThrows(Failure.class, () -> SentenceFiles.read(folder));
    assertTrue(
        refused.getMessage().contains("default_prompt_name is \"query\""), refused.getMessage());
  }

  @Test
  void promptsThatAreNotPooledAreRefusedAndOtherTextsAreNot() throws IOException {
    write("modules.json", "[{\"type\": \"a.b.Pooling\", \"path\": \"1_Pooling\"}]");
    Files.createDirectory(folder.resolve("1_Pooling"));
    write("1_Pooling/config.json", "{\"include_prompt\": false}");
    write("config_sentence_transformers.json", "{\"prompts\": {\"query\": \"q: \"}}");
    SentenceFiles files = SentenceFiles.read(folder);
    assertEquals("cats", files.input("cats", Optional.empty()));
    Row.Bad bad = assertThrows(Row.Bad.class, () -> files.input("cats", Optional.of("query")));
    assertTrue(bad.getMessage().contains("include_prompt"), bad.getMessage());
  }

  @Test
  void lowerCaseIsWhatTheFolderSays() throws IOException {
    write("sentence_bert_config.json", "{\"do_lower_case\": true, \"max_seq_length\": 77}");
    SentenceFiles files = SentenceFiles.read(folder);
    assertEquals("straße", files.input("STRAßE", Optional.empty()));
    assertEquals(77, files.tokensMax());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "sentence_bert_config.json|[1]|expected a JSON object",
        "sentence_bert_config.json|{\"max_seq_length\":\"abc\"}|max_seq_length: expected an",
        "sentence_bert_config.json|{\"max_seq_length\":1}|max_seq_length: expected an",
        "sentence_bert_config.json|{\"max_seq_length\":-5}|max_seq_length: expected an",
        "sentence_bert_config.json|{\"max_seq_length\":9.5}|max_seq_length: expected an",
        "sentence_bert_config.json|{\"do_lower_case\":\"yes\"}|do_lower_case: expected a boolean",
        "config_sentence_transformers.json|[1]|expected a JSON object",
        "config_sentence_transformers.json|{\"prompts\":[1]}|prompts: expected an object",
        "config_sentence_transformers.json|{\"prompts\":{\"q\":3}}|prompts.q: expected a string",
        "config_sentence_transformers.json|{\"default_prompt_name\":1}|default_prompt_name",
      })
  void valuesOfOtherTypesAndRangesAreRefused(String file, String text, String words)
      throws IOException {
    write(file, text);
    Failure refused = assertThrows(Failure.class, () -> SentenceFiles.read(folder));
    assertTrue(refused.getMessage().contains(file + ": " + words), refused.getMessage());
  }

  @Test
  void nullMeansAbsent() throws IOException {
    write("sentence_bert_config.json", "{\"max_seq_length\":null,\"do_lower_case\":null}");
    write("config_sentence_transformers.json", "{\"prompts\":null,\"default_prompt_name\":null}");
    assertEquals(Integer.MAX_VALUE, SentenceFiles.read(folder).tokensMax());
  }

  private void write(String file, String text) throws IOException {
    Files.writeString(folder.resolve(file), text);
  }
}
