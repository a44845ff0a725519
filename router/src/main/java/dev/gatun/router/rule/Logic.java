package dev.gatun.router.rule;

import dev.gatun.router.rule.Rule.All;
import dev.gatun.router.rule.Rule.Any;
import dev.gatun.router.rule.Rule.Despite;
import dev.gatun.router.rule.Rule.Measured;
import dev.gatun.router.rule.Rule.Not;
import dev.gatun.router.rule.Rule.On;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.LongPredicate;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * What rules can and cannot be, found by trying every way their leaves may come out. Leaves count
 * as independent of each other but for pairs that never hold together. A rule with more than
 * {@value #LEAVES_MAX} leaves is not tried: nothing is claimed of it.
 */
public final class Logic {
  /** 2^10 ways are tried in microseconds; a file has a few hundred pairs of decisions. */
  private static final int LEAVES_MAX = 10;

  private final BiPredicate<Rule, Rule> apart;
  private final Predicate<Rule> never;

  /**
   * A logic.
   *
   * @param apart whether two different leaves never hold together; asked in either order
   * @param never whether a leaf never holds
   */
  public Logic(BiPredicate<Rule, Rule> apart, Predicate<Rule> never) {
    this.apart = apart;
    this.never = never;
  }

  /** Whether it is certain that no request makes a rule hold. */
  public boolean neverHolds(Rule rule) {
    List<Rule> leaves = leaves(rule);
    return isTried(leaves) && ways(leaves).noneMatch(way -> holds(rule, way));
  }

  /** Whether it is certain that every request makes a rule hold. */
  public boolean alwaysHolds(Rule rule) {
    List<Rule> leaves = leaves(rule);
    return isTried(leaves) && ways(leaves).allMatch(way -> holds(rule, way));
  }

  /** Whether it is certain that a rule holds whenever another does. */
  public boolean implies(Rule first, Rule then) {
    List<Rule> leaves = leaves(first, then);
    return isTried(leaves) && ways(leaves).allMatch(way -> !holds(first, way) || holds(then, way));
  }

  private static boolean isTried(List<Rule> leaves) {
    return leaves.size() <= LEAVES_MAX;
  }

  private static List<Rule> leaves(Rule... rules) {
    Set<Rule> leaves = new LinkedHashSet<>();
    Stream.of(rules).forEach(rule -> collect(rule, leaves));
    return new ArrayList<>(leaves);
  }

  private static void collect(Rule rule, Set<Rule> leaves) {
    switch (rule) {
      case On _, Measured _, Despite _ -> leaves.add(rule);
      case All(List<Rule> of) -> of.forEach(inner -> collect(inner, leaves));
      case Any(List<Rule> of) -> of.forEach(inner -> collect(inner, leaves));
      case Not(Rule of) -> collect(of, leaves);
    }
  }

  /** Every set of leaves that may hold together. */
  private Stream<Set<Rule>> ways(List<Rule> leaves) {
    List<Long> pairs = new ArrayList<>(); // of one leaf where it never holds
    for (int i = 0; i < leaves.size(); i++) {
      if (never.test(leaves.get(i))) {
        pairs.add(1L << i);
      }
      for (int j = 0; j < i; j++) {
        if (apart.test(leaves.get(j), leaves.get(i))) {
          pairs.add(1L << i | 1L << j);
        }
      }
    }
    LongPredicate possible = way -> pairs.stream().allMatch(pair -> (way & pair) != pair);
    return java.util.stream.LongStream.range(0, 1L << leaves.size())
        .filter(possible)
        .mapToObj(way -> chosen(leaves, way));
  }

  private static Set<Rule> chosen(List<Rule> leaves, long way) {
    Set<Rule> chosen = new HashSet<>();
    for (int i = 0; i < leaves.size(); i++) {
      if ((way >> i & 1) == 1) {
        chosen.add(leaves.get(i));
      }
    }
    return chosen;
  }

  private static boolean holds(Rule rule, Set<Rule> way) {
    return switch (rule) {
      case On _, Measured _, Despite _ -> way.contains(rule);
      case All(List<Rule> of) -> of.stream().allMatch(inner -> holds(inner, way));
      case Any(List<Rule> of) -> of.stream().anyMatch(inner -> holds(inner, way));
      case Not(Rule of) -> !holds(of, way);
    };
  }
}
