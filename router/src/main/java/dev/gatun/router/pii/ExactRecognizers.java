package dev.gatun.router.pii;

import dev.gatun.router.pii.Candidate.Judgement;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;

/**
 * Finds what can be recognised without a model: numbers and addresses whose form, check digits or
 * label prove them. A mention is never missed by chance, and costs microseconds. Immutable.
 */
public final class ExactRecognizers {
  /** Those with check digits. */
  private static final List<Recognizer> CHECKED =
      List.of(Iban.recognizer(), CardNumber.recognizer());

  /** The surest first: a part of the text belongs to the first that claims it. */
  static final List<Recognizer> ALL =
      List.of(
          EmailAddress.recognizer(),
          CHECKED.getFirst(),
          CHECKED.getLast(),
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
      recognizer.find(text, Judgement.READER, taken, mentions::add);
      mentions.subList(before, mentions.size()).forEach(m -> taken.set(m.start(), m.end()));
    }
    mentions.sort(Comparator.comparingInt(Mention::start));
    return List.copyOf(mentions);
  }

  /**
   * The mentions of one type, in the order of the text: all that the form alone proves, whatever
   * stands beside it. Telephone numbers that a label proves are found as {@link #find} does.
   */
  static List<Mention> guaranteed(String text, String type) {
    boolean isPhone = type.equals(PhoneNumber.TYPE);
    BitSet taken = new BitSet(text.length());
    if (isPhone) {
      // Check digits prove more than the form of a telephone number.
      CHECKED.forEach(surer ->
          surer.find(text, Judgement.FORM, new BitSet(), m -> taken.set(m.start(), m.end())));
    }
    List<Mention> mentions = new ArrayList<>();
    ALL.stream()
        .filter(recognizer -> recognizer.type().equals(type))
        .forEach(recognizer -> recognizer.find(text, Judgement.FORM, taken, mentions::add));
    if (isPhone) {
      List<Mention> proven = List.copyOf(mentions);
      find(text).stream()
          .filter(mention -> mention.type().equals(type))
          .filter(mention -> proven.stream().noneMatch(mention::overlaps))
          .forEach(mentions::add);
    }
    mentions.sort(Comparator.comparingInt(Mention::start));
    return List.copyOf(mentions);
  }
}
