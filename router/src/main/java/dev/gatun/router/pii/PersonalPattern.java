package dev.gatun.router.pii;

import dev.gatun.router.text.Pattern;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * A form by which a rule recognises personal data. Takes time linear in the text. Immutable.
 *
 * @param type of what it finds
 */
public record PersonalPattern(String type, Function<String, List<Mention>> finder) {
  /** Names of the forms that come with the program, with the types they find. */
  private static final Map<String, String> BUILT_IN =
      Map.of(
          "ssn", "US_SSN",
          "credit_card", "CREDIT_CARD",
          "iban", "IBAN_CODE",
          "email", "EMAIL_ADDRESS",
          "phone", "PHONE_NUMBER",
          "ip", "IP_ADDRESS");

  /**
   * A form that comes with the program: numbers of cards and accounts with their check digits.
   *
   * @param type to report it as; empty means its own
   * @return empty when there is none of that name
   */
  public static Optional<PersonalPattern> builtIn(String name, Optional<String> type) {
    return Optional.ofNullable(BUILT_IN.get(name))
        .map(own -> {
          String as = type.orElse(own);
          return new PersonalPattern(as, text -> exact(text, own, as));
        });
  }

  /** The names of the forms that come with the program. */
  public static List<String> builtInNames() {
    return BUILT_IN.keySet().stream().sorted().toList();
  }

  /**
   * A form as a regular expression; it finds every part of a text that matches it and is not empty.
   */
  public static PersonalPattern of(String type, Pattern regex) {
    return new PersonalPattern(
        type,
        text -> {
          List<Mention> found = new ArrayList<>();
          regex.forEach(text, (start, end) -> found.add(Mention.proven(start, end, type)));
          return found;
        });
  }

  /** The mentions of a text in its order. */
  public List<Mention> find(String text) {
    return finder.apply(text);
  }

  private static List<Mention> exact(String text, String own, String as) {
    return ExactRecognizers.guaranteed(text, own).stream()
        .map(mention -> Mention.proven(mention.start(), mention.end(), as))
        .toList();
  }
}
