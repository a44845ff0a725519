package dev.gatun.router.pii;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Numbers below are examples of standards and of card schemes, or have reserved values. */
class PersonalPatternTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          credit_card | 7,[4111111111111111],123
          credit_card | name,[4111111111111111],12/27
          credit_card | [5555555555554444],[4111111111111111]
          credit_card | 12/[4111111111111111]
          credit_card | 12:[4111111111111111]:27
          credit_card | [4111 1111 1111 1111] 12/27 123
          credit_card | [4111111111111111] 123
          credit_card | [4111111111111111]-123
          credit_card | 2024-[4111-1111-1111-1111]
          credit_card | order [4111111111111111]
          credit_card | Case [4111111111111111]
          credit_card | invoice number [4111111111111111]
          credit_card | [4111111111111111]@example.com
          credit_card | 12-[378282246310005], seat 7
          ssn         | 1,[123-45-6789],2
          ssn         | ssn,[123-45-6789],77
          ssn         | 7/[123-45-6789]-1
          ssn         | ssn [219 09 9999]
          phone       | ticket [415-555-2671]
          phone       | [+14155552671],[+14155552672]
          phone       | 1,[415-555-2671],2
          phone       | 12/[415-555-2671]/12
          phone       | order: [(212) 555-0123]
          phone       | call [2125550123] now
          phone       | [415-555-2671]@sms.example
          iban        | 1,[DE89370400440532013000],2
          email       | 1,[a@b.example],2
          ip          | 7,[192.0.2.17],8
          """)
  void nothingBesideANumberHidesWhatItsFormProves(String name, String marked) {
    assertEquals(inBrackets(marked), found(name, plain(marked)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          credit_card | 41111111111111114111
          credit_card | 00004111111111111111
          credit_card | x4111111111111111 and 4111111111111111y
          credit_card | 4111 1111 1111 1112
          credit_card | 3.4111111111111111
          credit_card | 4111111111111111.25
          credit_card | 123e4567-e89b-12d3-4111-111111111111
          credit_card | 41111111-1111-1111-a456-426614174000
          credit_card | 9999888877776666
          ssn         | 1123-45-6789
          ssn         | 123-45-67890
          ssn         | 000-12-3456 and 123-00-4567
          ssn         | 1.123-45-6789
          phone       | 1415-555-26711
          phone       | 2024-11-21
          phone       | on 12.05.2024 10,5
          phone       | DE89 3704 0044 0532 0130 00
          phone       | 4111 1111 1111 1111
          phone       | 123e4567-e89b-12d3-a456-426614174000
          phone       | 3.14159265358979
          """)
  void partsOfLongerNumbersAreNotFound(String name, String text) {
    assertEquals(List.of(), found(name, text));
  }

  private static List<String> found(String name, String text) {
    return PersonalPattern.builtIn(name, Optional.empty()).orElseThrow().find(text).stream()
        .map(mention -> text.substring(mention.start(), mention.end()))
        .toList();
  }

  private static String plain(String marked) {
    return marked.replace("[", "").replace("]", "");
  }

  private static List<String> inBrackets(String marked) {
    return Arrays.stream(marked.split("\\[", -1))
        .skip(1)
        .map(part -> part.substring(0, part.indexOf(']')))
        .toList();
  }
}
