package dev.gatun.router.pii;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;

/**
 * Finds what can be recognised without a model: numbers and addresses whose form, check digits or
 * label prove them. A mention is never missed by chance, and costs microseconds. Immutable.
 */
public final class ExactRecognizers {
  /** The surest first: a part of the text belongs to the first that claims it. */
  static final List<Recognizer> ALL =
      List.of(
          EmailAddress.recognizer(),
          Iban.recognizer(),
          CardNumber.recognizer(),
          IpAddress.version4(),
          IpAddress.version6(),
          SocialSecurityNumber.recognizer(),
          DriverLicense.recognizer(),
          PostalCode.recognizer(),
          DateAndTime.recognizer(),
          PhoneNumber.recognizer(),
          WebAddress.recognizer(),
          Age.recognizer(),
          Title.recognizer());

  private ExactRecognizers() {}

  /** The mentions of a text in its order, none overlapping another. */
  public static List<Mention> find(String text) {
    List<Mention> mentions = new ArrayList<>();
    BitSet taken = new BitSet(text.length());
    for (Recognizer recognizer : ALL) {
      int before = mentions.size();
      recognizer.find(text, taken, mentions::add);
      mentions.subList(before, mentions.size()).forEach(m -> taken.set(m.start(), m.end()));
    }
    mentions.sort(Comparator.comparingInt(Mention::start));
    return List.copyOf(mentions);
  }
}
