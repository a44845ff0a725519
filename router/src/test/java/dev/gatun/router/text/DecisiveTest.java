package dev.gatun.router.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gatun.router.text.Decisive.Difference;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DecisiveTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          Take 5 mg a day                 | Take 50 mg a day                  | NUMBERS
          What is 2 + 2?                  | What is 2 + 3?                    | NUMBERS
          What is 6 / 2?                  | What is 6 * 2?                    | NUMBERS
          Tell me three jokes             | Tell me four jokes                | NUMBERS
          Is Java 21 out?                 | Is Java 21.5 out?                 | NUMBERS
          Should I see a doctor?          | Should I not see a doctor?        | NEGATION
          Why can I log in?               | Why can't I log in?               | NEGATION
          What means "sushi"?             | What means "sake"?                | QUOTES
          How far is the Moon from Oslo?  | How far is the Moon from Lima?    | NAMES
          the best phone                  | the worst phone                   | OPPOSITES
          increasing the limit            | decreases the limit               | OPPOSITES
          cats on monday                  | cats on friday                    | OPPOSITES
          sorting in c++                  | sorting in python                 | OPPOSITES
          """)
  void tellsApart(String left, String right, Difference difference) {
    assertEquals(Optional.of(difference), Decisive.of(left).from(Decisive.of(right)));
    assertEquals(Optional.of(difference), Decisive.of(right).from(Decisive.of(left)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          How is everyone doing?          | How's everyone doing?
          What costs 1,000 shares?        | What do 1000 shares cost?
          Tell me two jokes               | Tell me 2 jokes
          I am twenty five                | I am 25
          It does not start               | It doesn't start
          How can I lose weight quickly?  | How can I lose weight fast?
          the capital of France           | The capital of france
          When did Rome fall?             | When did the fall of Rome happen?
          """)
  void letsPass(String left, String right) {
    assertEquals(Optional.empty(), Decisive.of(left).from(Decisive.of(right)));
  }

  @Test
  void numbersArePlain() {
    assertEquals(
        List.of("1234567", "2.5", "7"), Decisive.of("1,234,567 and 2.50 and 007").numbers());
  }
}
