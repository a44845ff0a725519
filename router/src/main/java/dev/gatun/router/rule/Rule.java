package dev.gatun.router.rule;

import dev.gatun.router.signal.Family;
import dev.gatun.router.signal.Predicate;
import dev.gatun.router.signal.SignalKey;
import java.util.List;
import java.util.stream.Stream;

/** A Boolean expression over signals. */
public sealed interface Rule {
  /** True when the signal matched; confidence is the signal's. */
  record On(SignalKey key) implements Rule {}

  /**
   * True when what was measured lies within bounds, whether or not the signal matched.
   *
   * @param key of the raw value; where none is recorded the confidence of a match is compared
   */
  record Measured(SignalKey key, Predicate bounds) implements Rule {}

  /**
   * A leaf, unless its family could not answer: then true with confidence 0, or false.
   *
   * @param matches what it is when the family could not answer
   */
  record Despite(Rule leaf, Family family, boolean matches) implements Rule {}

  /** True when all are; confidence is their mean. Of nothing: true with confidence 0. */
  record All(List<Rule> of) implements Rule {
    public All {
      of = List.copyOf(of);
    }
  }

  /** True when one is; confidence is the highest. Of nothing: false. */
  record Any(List<Rule> of) implements Rule {
    public Any {
      of = List.copyOf(of);
    }
  }

  /** True when the other is not, with confidence 1. */
  record Not(Rule of) implements Rule {}

  /** Every request. */
  static Rule always() {
    return new All(List.of());
  }

  /** No request. */
  static Rule never() {
    return new Any(List.of());
  }

  static Rule on(SignalKey key) {
    return new On(key);
  }

  static Rule all(Rule... of) {
    return new All(List.of(of));
  }

  static Rule any(Rule... of) {
    return new Any(List.of(of));
  }

  static Rule not(Rule of) {
    return new Not(of);
  }

  /** All signals named anywhere inside, in order, with repetitions. */
  default Stream<SignalKey> keys() {
    return switch (this) {
      case On(SignalKey key) -> Stream.of(key);
      case Measured(SignalKey key, Predicate _) -> Stream.of(key);
      case Despite(Rule leaf, Family _, boolean _) -> leaf.keys();
      case All(List<Rule> of) -> of.stream().flatMap(Rule::keys);
      case Any(List<Rule> of) -> of.stream().flatMap(Rule::keys);
      case Not(Rule of) -> of.keys();
    };
  }

  /** The signals whose matches speak for it: those under no NOT, or under an even number. */
  default Stream<SignalKey> positive() {
    return switch (this) {
      case All(List<Rule> of) -> of.stream().flatMap(Rule::positive);
      case Any(List<Rule> of) -> of.stream().flatMap(Rule::positive);
      case Not(Rule of) -> of.negative();
      case On _, Measured _, Despite _ -> keys();
    };
  }

  /** The signals whose matches speak against it. */
  private Stream<SignalKey> negative() {
    return switch (this) {
      case All(List<Rule> of) -> of.stream().flatMap(Rule::negative);
      case Any(List<Rule> of) -> of.stream().flatMap(Rule::negative);
      case Not(Rule of) -> of.positive();
      case On _, Measured _, Despite _ -> Stream.empty();
    };
  }
}
