package dev.gatun.server.external;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.gatun.router.port.Answer;
import dev.gatun.router.port.Distribution;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is believed of the answers of a tool. */
class ToolAnswerTest {
  private static final ToolAnswer READER =
      new ToolAnswer(List.of("math", "law"), List.of("computer science", "Poetry", "law"));

  private static CallToolResult text(String json) {
    return CallToolResult.builder().addTextContent(json).build();
  }

  private static Answer<Distribution> read(String json) {
    return READER.read(text(json));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"class": "math", "confidence": 0.75}                     | math
          {"class": "MATH", "confidence": 0.75, "model": "m"}       | math
          {"class": "computer_science", "confidence": 0.75}         | computer science
          {"class": "poetry", "confidence": 0.75}                   | Poetry
          {"class": 1, "confidence": 0.75, "probabilities": null}   | law
          """)
  void aClassIsALabelOrANumber(String json, String label) {
    assertEquals(Answer.of(Distribution.of(List.of(label), List.of(0.75))), read(json));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"class\": 0, \"confidence\": 0.7, \"probabilities\": [0.7, 0.3]}",
        "{\"class\": \"math\", \"confidence\": 1, \"probabilities\": {\"math\": 0.7, \"law\": 0.3}}"
      })
  void probabilitiesAreByPlaceOrByLabel(String json) {
    assertEquals(Answer.of(Distribution.of(List.of("math", "law"), List.of(0.7, 0.3))), read(json));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "math",
        "[]",
        "{}",
        "{\"class\": \"math\"}",
        "{\"confidence\": 1}",
        "{\"class\": null, \"confidence\": 1}",
        "{\"class\": \"astrology\", \"confidence\": 1}",
        "{\"class\": 2, \"confidence\": 1}",
        "{\"class\": -1, \"confidence\": 1}",
        "{\"class\": 99999999999, \"confidence\": 1}",
        "{\"class\": 0.5, \"confidence\": 1}",
        "{\"class\": \"math\", \"confidence\": 1.01}",
        "{\"class\": \"math\", \"confidence\": -0.1}",
        "{\"class\": \"math\", \"confidence\": NaN}",
        "{\"class\": \"math\", \"confidence\": 1e999}",
        "{\"class\": \"math\", \"confidence\": \"1\"}",
        "{\"class\": \"math\", \"confidence\": 1, \"confidence\": 0}",
        "{\"class\": \"math\", \"confidence\": 1, \"probabilities\": []}",
        "{\"class\": \"math\", \"confidence\": 1, \"probabilities\": {}}",
        "{\"class\": \"math\", \"confidence\": 1, \"probabilities\": \"all\"}",
        "{\"class\": \"math\", \"confidence\": 1, \"probabilities\": [1]}",
        "{\"class\": \"math\", \"confidence\": 1, \"probabilities\": [0.3, 0.7]}",
        "{\"class\": \"math\", \"confidence\": 1, \"probabilities\": [0.9, 0.9]}",
        "{\"class\": \"math\", \"confidence\": 1, \"probabilities\": [1, null]}",
        "{\"class\": \"math\", \"confidence\": 1, \"probabilities\": {\"law\": 1}}",
        "{\"class\": \"math\", \"confidence\": 1,"
            + " \"probabilities\": {\"math\": 0.5, \"Math\": 0.5}}",
        "{\"class\": \"math\", \"confidence\": 1, \"probabilities\": {\"math\": 0.6, \"x\": 0.4}}"
      })
  void everythingElseIsAFailure(String json) {
    assertInstanceOf(Answer.Failed.class, read(json), json);
  }

  @Test
  void anAnswerIsOneText() {
    CallToolResult two =
        CallToolResult.builder()
            .addTextContent("{\"class\": \"math\",")
            .addTextContent("\"confidence\": 1}")
            .build();
    assertInstanceOf(Answer.Failed.class, READER.read(two));
    assertInstanceOf(
        Answer.Failed.class, READER.read(CallToolResult.builder().content(List.of()).build()));
  }

  @Test
  void categoriesAreNames() {
    assertEquals(
        Optional.of(List.of("a b", "c-d")),
        ToolAnswer.categories(text("{\"categories\": [\"a b\", \"c-d\"], \"more\": {}}")));
    for (String json :
        List.of(
            "{}",
            "{\"categories\": []}",
            "{\"categories\": [1]}",
            "{\"categories\": [\"\"]}",
            "{\"categories\": [\"a,b\"]}",
            "{\"categories\": [\"a\\nb\"]}",
            "{\"categories\": [\"A\", \"a\"]}",
            "{\"categories\": {\"a\": \"b\"}}",
            "{\"categories\": [\"" + "a".repeat(65) + "\"]}")) {
      assertEquals(Optional.empty(), ToolAnswer.categories(text(json)), json);
    }
  }
}
