package dev.gatun.router.pii;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.re2j.Matcher;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Numbers below are examples of standards and of card schemes, or have reserved values. */
class ExactRecognizersTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          CREDIT_CARD    | Pay with [4111 1111 1111 1111], please
          CREDIT_CARD    | cc# [5555-5555-5555-4444].
          CREDIT_CARD    | amex [378282246310005]
          IBAN_CODE      | IBAN [GB82 WEST 1234 5698 7654 32] is mine
          IBAN_CODE      | to [DE89370400440532013000], reference 12
          IBAN_CODE      | [nl91 abna 0417 1643 00] graag
          EMAIL_ADDRESS  | write to [first.last+tag@mail.example.co.uk].
          EMAIL_ADDRESS  | <[käthe@müller.example]>
          IP_ADDRESS     | blocked [192.0.2.17].
          IP_ADDRESS     | from [2001:db8::8a2e:370:7334] again
          IP_ADDRESS     | host [::1], port 22
          IP_ADDRESS     | [2001:0db8:0000:0000:0000:ff00:0042:8329]
          US_SSN         | my number is [219-09-9999], is that safe?
          US_SSN         | Social security no. [219 09 9999]
          PHONE_NUMBER   | call [(212) 555-0123] now
          PHONE_NUMBER   | [+44 20 7946 0958]
          PHONE_NUMBER   | [212.555.0123x4567] or nothing
          PHONE_NUMBER   | Zadzwoń pod [533 742 825].
          PHONE_NUMBER   | Handy: [0151 23456789]
          PHONE_NUMBER   | phone [2125550123]; hired
          DATE_TIME      | on [2024-11-21], not later
          DATE_TIME      | am [21. November 2024] oder
          DATE_TIME      | due [June 25, 2019]
          DATE_TIME      | le [1er août 2021]
          DATE_TIME      | at [8:18 pm]. Thanks
          AGE            | Anna, aged [53], lives here
          AGE            | a [33-year-old] man
          AGE            | Ich bin [51 Jahre] alt
          AGE            | my son is [24].
          DOMAIN_NAME    | see [https://shop.example.org/a/b?c=d].
          DOMAIN_NAME    | on [www.example.dev], or
          DOMAIN_NAME    | visit [example.com].
          ZIP_CODE       | Postcode [1012 AB], plaats
          ZIP_CODE       | zip [02139], please
          US_DRIVER_LICENSE | DL# [D6329716] expires
          TITLE          | [Dr.] Weber
          """)
  void whatIsProvenIsFound(String type, String marked) {
    int start = marked.indexOf('[');
    int end = marked.indexOf(']') - 1;
    String text = marked.replace("[", "").replace("]", "");
    assertEquals(List.of(Mention.proven(start, end, type)), ExactRecognizers.find(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "4111 1111 1111 1112 fails its check digit",
        "order 9999 8888 7777 6666",
        "DE89370400440532013001 has wrong check digits",
        "upgrade from v5.8.1.2 to version 10.0.3.4",
        "10.0.10687.790 is a build, 1.2.3.4.5 a chapter",
        "at 12:30:45, ratio 3:2:1, std::vector and a::b",
        "order 219 09 9999",
        "000-12-3456 and 123-00-4567",
        "Where is my order 327-2150852-7523224?",
        "isbn 978-1-904110-88-0, ref 9436008519320241",
        "Convert 3795590 miles; invoice 212-555-0123",
        "in 1274, from 2019 on, 42 boxes",
        "someone @home, not@all"
      })
  void whatIsNotIsLeftAlone(String text) {
    assertEquals(List.of(), ExactRecognizers.find(text));
  }

  @Test
  void everyCandidateHoldsTheSignThatTextsAreSearchedFor() {
    List<String> pieces =
        List.of(
            "Dr. ", "M. A ", "7", "1", "2024", "-", "/", ".", ":", " ", "a@b.ex", "www.", "May ",
            "a");
    Random random = new Random(20261122);
    Set<String> found = new HashSet<>();
    for (int round = 0; round < 5_000; round++) {
      int few = random.nextInt(pieces.size());
      StringBuilder text = new StringBuilder("x.com ".repeat(random.nextInt(2)));
      for (int length = random.nextInt(24); length > 0; length--) {
        text.append(pieces.get((few + random.nextInt(4) * 5) % pieces.size()));
      }
      for (Recognizer recognizer : ExactRecognizers.ALL) {
        Matcher matcher = recognizer.pattern().matcher(text);
        if (matcher.find()) {
          assertTrue(recognizer.sign().in(matcher.group()), () -> recognizer + ": " + text);
          found.add(recognizer.type());
        }
      }
    }
    ExactRecognizers.ALL.forEach(
        recognizer -> assertTrue(found.contains(recognizer.type()), recognizer::type));
  }

  @Test
  void mentionsStandInTheOrderOfTheText() {
    List<Mention> found =
        ExactRecognizers.find("call +1 212 555 0123, mail a@b.example, from 192.0.2.1");
    assertEquals(
        List.of("PHONE_NUMBER", "EMAIL_ADDRESS", "IP_ADDRESS"),
        found.stream().map(Mention::type).toList());
  }

  @Test
  void anyTextHasMentionsInsideOfItThatDoNotOverlap() {
    String alphabet = "0123456789+-(). :@xXabcDE\n/é\uD83D\uDE00";
    Random random = new Random(20261121);
    for (int round = 0; round < 3_000; round++) {
      StringBuilder text = new StringBuilder();
      for (int length = random.nextInt(80); length > 0; length--) {
        text.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }
      int last = 0;
      for (Mention mention : ExactRecognizers.find(text.toString())) {
        assertTrue(mention.start() >= last && mention.end() <= text.length(), text::toString);
        last = mention.end();
      }
    }
  }
}
