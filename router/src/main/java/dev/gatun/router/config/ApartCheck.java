package dev.gatun.router.config;

import dev.gatun.router.projection.Mapping;
import dev.gatun.router.projection.Mapping.Output;
import dev.gatun.router.projection.Partition;
import dev.gatun.router.rule.Rule;
import dev.gatun.router.signal.ContextSize;
import dev.gatun.router.signal.Predicate;
import dev.gatun.router.signal.SignalKey;
import java.util.List;
import java.util.Optional;

/**
 * Conditions that never hold together: outcomes of one question, members of one partition, bands of
 * one score, and lengths that no request has at once.
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

  private boolean areApart(SignalKey one, SignalKey other) {
    return switch (one.family()) {
      case FACT_CHECK, MODALITY -> true;
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
      case AUTHZ,
          CONVERSATION,
          EVENT,
          JAILBREAK,
          KB,
          KEYWORD,
          LANGUAGE,
          PII,
          PREFERENCE,
          REASK,
          STRUCTURE,
          USER_FEEDBACK ->
          false;
    };
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
