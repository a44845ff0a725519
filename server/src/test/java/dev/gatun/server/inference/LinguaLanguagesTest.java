package dev.gatun.server.inference;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gatun.router.model.Compatibility;
import dev.gatun.router.port.Distribution;
import dev.gatun.router.signal.Language;
import dev.gatun.server.wire.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Languages under {@code compatibility: upstream-0.3}. */
class LinguaLanguagesTest {
  private static final double LEAST = 0.3;
  private static final double TOLERANCE = 1e-4;

  private static final Path CASES =
      Path.of(System.getProperty("gatun.home"), "..", "shared", "conformance")
          .resolve("cases/unit/language.jsonl");

  private static final LinguaLanguages LANGUAGES = LinguaLanguages.open();

  @AfterAll
  static void close() {
    LANGUAGES.close();
  }

  /** A rule for any other language is told that it never matches. */
  @Test
  void theRouterKnowsWhichLanguagesAreToldApart() {
    assertEquals(
        Language.CODES,
        com.github.pemistahl.lingua.api.Language.all().stream()
            .map(language -> language.getIsoCode639_1().toString().toLowerCase(Locale.ROOT))
            .collect(Collectors.toSet()));
  }

  @TestFactory
  Stream<DynamicTest> cases() throws IOException {
    if (!Files.exists(CASES)) {
      System.out.println("skipped: the cases of language.detect (../shared not present)");
      return Stream.of();
    }
    List<DynamicTest> tests = new ArrayList<>();
    for (String line : Files.readAllLines(CASES)) {
      JsonNode one = Json.read(line.getBytes(StandardCharsets.UTF_8));
      tests.add(DynamicTest.dynamicTest(one.path("id").asText(), () -> check(one)));
    }
    return tests.stream();
  }

  private static void check(JsonNode one) {
    double threshold = one.at("/input/threshold").asDouble();
    Language.Detected detected =
        Language.Evaluator.detected(
            detect(one.at("/input/text").asText()),
            threshold > 0 ? threshold : LEAST,
            Compatibility.UPSTREAM_0_3);
    assertEquals(one.at("/expect/language").asText(), detected.language());
    assertEquals(one.at("/expect/confidence").asDouble(), detected.confidence(), TOLERANCE);
  }

  @Test
  void aScriptOfOneLanguageIsCertain() {
    Distribution found = detect("Πού είναι ο σταθμός;");
    assertEquals(List.of("el"), found.labels());
    assertEquals(List.of(1.0), found.probabilities());
  }

  @Test
  void theConfidencesOfAllLanguagesSumToOne() {
    Distribution found = detect("Швидка лисиця");
    assertEquals(1, found.probabilities().stream().mapToDouble(p -> p).sum(), 1e-9);
    assertEquals("uk", found.likeliest());
  }

  @Test
  void aTextWithoutLettersHasNone() {
    assertEquals(List.of(), detect(" 42 + 1 ").labels());
  }

  private static Distribution detect(String text) {
    return LANGUAGES
        .detect(text)
        .fold(found -> found, reason -> Distribution.of(List.of(), List.of()));
  }
}
