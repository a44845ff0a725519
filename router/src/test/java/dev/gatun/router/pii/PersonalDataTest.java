package dev.gatun.router.pii;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gatun.router.model.Compatibility;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is proven and what a model says, put together. */
class PersonalDataTest {
  private static final PersonalData RULES =
      new PersonalData(Map.of("GPE", 0.8), 0.5, Compatibility.GATUN);

  /** In the text, what the model finds stands in brackets. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          PERSON         | call [Anna Bell] now             | PERSON Anna Bell
          PERSON         | ask [Dr. Weber] about it         | TITLE Dr. + PERSON Weber
          PERSON         | write to [anna@mail.example]     | EMAIL_ADDRESS anna@mail.example
          ORGANIZATION   | from [192.0.2.17], today         | IP_ADDRESS 192.0.2.17
          STREET_ADDRESS | at [5 Elm Rd, ssn 219-09-9999, B] | US_SSN 219-09-9999
          PERSON         | order [12345] came               | ''
          DATE_TIME      | in [1789] they                   | ''
          DATE_TIME      | on [9 of June 1789] they         | DATE_TIME 9 of June 1789
          CREDIT_CARD    | card [4000 0000 0000 0001] no    | ''
          NRP            | the [Somali] team                | NRP Somali
          AGE            | he is [1234] or so               | ''
          ORGANIZATION   | of [Blue Traveller),] who        | ORGANIZATION Blue Traveller
          ORGANIZATION   | at [Elm Ltd. (UK),] in           | ORGANIZATION Elm Ltd. (UK)
          PERSON         | said ["Anna"] then               | PERSON Anna
          """)
  void provenMentionsWinAndValuesMustBePlausible(String type, String marked, String wanted) {
    assertEquals(wanted, found(RULES, type, marked, 0.9));
  }

  @Test
  void everyTypeHasItsThreshold() {
    assertEquals("", found(RULES, "GPE", "in [Oslo] now", 0.79));
    assertEquals("GPE Oslo", found(RULES, "GPE", "in [Oslo] now", 0.8));
    assertEquals("PERSON Oslo", found(RULES, "PERSON", "in [Oslo] now", 0.5));
  }

  private static String found(PersonalData rules, String type, String marked, double score) {
    int start = marked.indexOf('[');
    int end = marked.indexOf(']') - 1;
    String text = marked.replace("[", "").replace("]", "");
    List<String> shown = new ArrayList<>();
    for (Mention mention : rules.find(text, labels(type, start, end, score))) {
      shown.add(mention.type() + " " + text.substring(mention.start(), mention.end()));
    }
    return String.join(" + ", shown);
  }

  /** A token for every unit of the mention. */
  private static TokenLabels labels(String type, int start, int end, double score) {
    int tokens = end - start;
    double[] scores = new double[tokens];
    Arrays.fill(scores, score);
    return new TokenLabels(
        List.of("O", "B-" + type, "I-" + type),
        IntStream.range(start, end).toArray(),
        IntStream.range(start + 1, end + 1).toArray(),
        IntStream.range(0, tokens).map(i -> i == 0 ? 1 : 2).toArray(),
        scores);
  }
}
