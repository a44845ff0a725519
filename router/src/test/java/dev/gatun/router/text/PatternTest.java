package dev.gatun.router.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Patterns find what RE2 finds, by whatever shorter way. */
class PatternTest {
  private static final long SEED = 20_261_123;

  @ParameterizedTest
  @CsvSource(
      delimiter = ' ',
      value = {
        "[^a-z-] K",
        "[^a-z-] é",
        "[^A-Z\\s] k",
        "[^a-z]{2}7 AB7",
        "[^\\x00-\\x1fa-z] Q",
        "(?-i:[^a-z]{2})7 AB7",
        "[\\x{212A}]b \u212Ab"
      })
  void whatASensitiveSetExcludesIsExcludedInItsCaseAlone(String regex, String text) {
    assertTrue(Pattern.compile(regex, true).occursIn(text), regex);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[\\x{80}-\\x{FFFF}]",
        "[!-\\x{10FFFF}]",
        "(?i)[Ѐ-ῼ]",
        "[\\x{1C80}-\\x{1C88}]",
        "x|[ā-]|[]!-\\x{FFFF}_]",
        "[\\p{Ll}\\177-\\x{20FF}]+"
      })
  void rangesOverTheHistoricLettersAreCompiledAndFindThem(String regex) {
    assertTimeoutPreemptively(
        Duration.ofSeconds(20),
        () -> {
          for (boolean sensitive : new boolean[] {false, true}) {
            Pattern pattern = Pattern.compile(regex, sensitive);
            assertTrue(pattern.occursIn("\u1C80"), regex);
            assertTrue(pattern.occursIn("a \u1C88"), regex);
            assertFalse(pattern.occursIn(" "), regex);
          }
          assertTrue(Pattern.compile(regex, false).occursIn("в В"), regex);
        });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[^ -\\x{FFFF}]",
        "\u1C83",
        "\\x{1C80}",
        "[a\\x{1C84}]",
        "\\Q\u1C85\\E",
        "[\u1C81"
      })
  void whatCannotBeWrittenWithoutThemIsRefused(String regex) {
    IllegalArgumentException refused =
        assertTimeoutPreemptively(
            Duration.ofSeconds(20),
            () ->
                assertThrows(IllegalArgumentException.class, () -> Pattern.compile(regex, false)));
    assertTrue(refused.getMessage().contains("case_sensitive"), refused.getMessage());
  }

  @Test
  void smallLettersAreCapitalsWhereCaseIsIgnored() {
    assertTrue(Pattern.compile("\\p{Ll}x", false).occursIn("AX"));
    assertTrue(Pattern.compile("[\\p{Ll}7]x", false).occursIn("ÉX"));
    assertFalse(Pattern.compile("\\p{Ll}x", true).occursIn("Ax"));
  }

  @Test
  void setsOfAllKindsFindWhatRe2Finds() {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(SEED);
    List<String> items =
        List.of("a-z", "A-Z", "k", "S", "0-9", "\\s", "\\d", "\\D", "é-ü", ".", "\\x{4E00}", "-");
    List<String> characters =
        List.of("a", "K", "k", "s", "S", "ſ", "\u212A", "7", " ", "é", "Ü", "中", "😀", "-", ".");
    int occurred = 0;
    for (int run = 0; run < 20_000; run++) {
      StringBuilder regex = new StringBuilder();
      for (int parts = random.nextInt(1, 4); parts > 0; parts--) {
        regex.append(random.nextBoolean() ? "[^" : "[");
        for (int i = random.nextInt(1, 4); i > 0; i--) {
          regex.append(items.get(random.nextInt(items.size() - (i == 1 ? 0 : 1))));
        }
        regex.append(List.of("]", "]{2}", "]+", "]?7").get(random.nextInt(4)));
      }
      StringBuilder text = new StringBuilder();
      for (int i = random.nextInt(8); i > 0; i--) {
        text.append(characters.get(random.nextInt(characters.size())));
      }
      boolean sensitive = random.nextBoolean();
      int flags = sensitive ? 0 : com.google.re2j.Pattern.CASE_INSENSITIVE;
      boolean occurs = com.google.re2j.Pattern.compile("" + regex, flags).matcher(text).find();
      String why = "seed " + SEED + ", pattern " + regex + " " + sensitive + ", text " + text;
      assertEquals(occurs, Pattern.compile("" + regex, sensitive).occursIn("" + text), why);
      occurred += occurs ? 1 : 0;
    }
    assertTrue(occurred > 2_000 && occurred < 18_000, "too few of both kinds: " + occurred);
  }
}
