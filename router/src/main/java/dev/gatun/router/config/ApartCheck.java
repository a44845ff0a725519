package dev.gatun.router.config;

import dev.gatun.router.projection.Mapping;
import dev.gatun.router.projection.Mapping.Output;
import dev.gatun.router.projection.Partition;
import dev.gatun.router.rule.Rule;
import dev.gatun.router.signal.ContextSize;
import dev.gatun.router.signal.Predicate;
import dev.gatun.router.signal.SignalKey;
import dev.gatun.router.signal.Structure;
import java.util.List;
import java.util.Optional;

/**
 * Conditions that never hold together: outcomes of one question, members of one partition, bands of
 * one score, and numbers that nothing measured is at once; and those that never hold at all.
 */
final class ApartCheck {
  private final Routing routing;

  ApartCheck(Routing routing) {
    this.routing = routing;
  }

  boolean areApart(Rule first, Rule second) {
    return first instanceof Rule.On(SignalKey one)
        && second instanceof Rule.On(SignalKey other)
        && one.family() == other.family()
        && !one.equals(other)
        && areApart(one, other);
  }

  /** Whether no request makes a condition hold. */
  boolean neverHolds(Rule leaf) {
    if (!(leaf instanceof Rule.On(SignalKey key))) {
      return false;
    }
    List<Mapping> mappings = mappings(key);
    return switch (key.family()) {
      case STRUCTURE ->
          structure(key).flatMap(Structure::predicate).filter(Predicate::isEmpty).isPresent();
      case CONTEXT ->
          !lengths(key).isEmpty()
              && lengths(key).stream().allMatch(a -> a.minTokens() > a.maxTokens());
      case PROJECTION ->
          !mappings.isEmpty()
              && mappings.stream().noneMatch(mapping -> BandCheck.isEmitted(mapping, key.name()));
      case AUTHZ,
          COMPLEXITY,
          CONVERSATION,
          DOMAIN,
          EMBEDDING,
          EVENT,
          FACT_CHECK,
          JAILBREAK,
          KB,
          KEYWORD,
          LANGUAGE,
          MODALITY,
          PII,
          PREFERENCE,
          REASK,
          USER_FEEDBACK ->
          false;
    };
  }

  private boolean areApart(SignalKey one, SignalKey other) {
    return switch (one.family()) {
      case FACT_CHECK, LANGUAGE, MODALITY, USER_FEEDBACK -> true;
      case COMPLEXITY -> before(one.name()).equals(before(other.name()));
      case DOMAIN, EMBEDDING -> {
        Optional<String> partition = partition(one);
        yield partition.isPresent() && partition.equals(partition(other));
      }
      case CONTEXT ->
          lengths(one).stream()
              .allMatch(a ->
                  lengths(other).stream()
                      .allMatch(b ->
                          Math.max(a.minTokens(), b.minTokens())
                              > Math.min(a.maxTokens(), b.maxTokens())));
      case PROJECTION -> areBands(one, other);
      case STRUCTURE -> areNumbersApart(structure(one), structure(other));
      case AUTHZ, CONVERSATION, EVENT, JAILBREAK, KB, KEYWORD, PII, PREFERENCE, REASK -> false;
    };
  }

  private Optional<Structure> structure(SignalKey key) {
    return routing.signals().of(Structure.class).stream()
        .filter(rule -> rule.key().equals(key))
        .findFirst();
  }

  /** Whether two rules measure the same and take no number both. */
  private static boolean areNumbersApart(Optional<Structure> one, Optional<Structure> other) {
    return one.isPresent()
        && other.isPresent()
        && one.get().measure() == other.get().measure()
        && one.get().source().equals(other.get().source())
        && one.get().predicate().isPresent()
        && other.get().predicate().isPresent()
        && one.get().predicate().get().isApartFrom(other.get().predicate().get());
  }

  private Optional<String> partition(SignalKey key) {
    return routing.projections().partitions().stream()
        .filter(partition -> partition.keys().contains(key))
        .map(Partition::name)
        .findFirst();
  }

  private static String before(String name) {
    int colon = name.lastIndexOf(':');
    return colon < 0 ? name : name.substring(0, colon);
  }

  private List<ContextSize> lengths(SignalKey key) {
    return routing.signals().of(ContextSize.class).stream()
        .filter(rule -> rule.key().equals(key))
        .toList();
  }

  /** Whether both are outputs of one mapping only, which never emits the two for one score. */
  private boolean areBands(SignalKey one, SignalKey other) {
    List<Mapping> mappings = mappings(one);
    if (mappings.size() != 1 || !mappings.equals(mappings(other))) {
      return false;
    }
    Mapping mapping = mappings.getFirst();
    return switch (mapping.method()) {
      case THRESHOLD_BANDS -> true;
      case MULTI_EMIT -> bounds(mapping, one).isApartFrom(bounds(mapping, other));
    };
  }

  private List<Mapping> mappings(SignalKey key) {
    return routing.projections().mappings().stream()
        .filter(mapping -> mapping.outputs().stream().anyMatch(output -> output.key().equals(key)))
        .toList();
  }

  private static Predicate bounds(Mapping mapping, SignalKey key) {
    return mapping.outputs().stream()
        .filter(output -> output.key().equals(key))
        .map(Output::bounds)
        .findFirst()
        .orElseThrow();
  }
}
