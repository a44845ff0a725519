package dev.gatun.router.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gatun.router.config.Node.Scalar;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScalarsTest {
  private static Scalar scalar(String text) {
    return Scalar.plain(new Position("config.yaml", 1, 1), text);
  }

  @ParameterizedTest
  @CsvSource({
    "100, 100",
    "-7, -7",
    "1_000, 1000",
    "0x64, 100",
    "0o144, 100",
    "8899.0, 8899",
    "1e2, 100"
  })
  void wholeNumbersInAllTheirForms(String text, long value) {
    assertEquals(OptionalLong.of(value), Scalars.whole(scalar(text)));
  }

  @ParameterizedTest
  @CsvSource({"0144, 100", "-0144, -100", "0_144, 100", "00010, 8"})
  void aLeadingZeroMeansOctalToUpstream(String text, long value) {
    assertEquals(OptionalLong.of(value), Scalars.octal(scalar(text)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "07", "0007", "0189", "144", "0o144", "0x64", "010.0", "ten", ""})
  void whatBothReadAlike(String text) {
    assertEquals(OptionalLong.empty(), Scalars.octal(scalar(text)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.5", "1e300", "_1", "0x", "0o8", "ten", "", "NaN", ".inf", "1e"})
  void whatIsNoWholeNumber(String text) {
    assertEquals(OptionalLong.empty(), Scalars.whole(scalar(text)));
  }

  @ParameterizedTest
  @CsvSource({
    "true, true",
    "True, true",
    "TRUE, true",
    "Yes, true",
    "ON, true",
    "n, false",
    "Off, false"
  })
  void truthInTheSpellingsOfYaml(String text, boolean value) {
    assertEquals(Optional.of(value), Scalars.flag(scalar(text)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"tRue", "yEs", "oN", "1", "", "wahr"})
  void whatIsNoTruth(String text) {
    assertEquals(Optional.empty(), Scalars.flag(scalar(text)));
  }
}
