package dev.gatun.router.projection;

import dev.gatun.router.rule.Rule;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The projections of a configuration, in the order of the file.
 *
 * @param composers what must hold besides for a complexity rule to say anything, by its name
 * @param boosts decisions that only add to scores
 */
public record Projections(
    List<Partition> partitions,
    List<Score> scores,
    List<Mapping> mappings,
    Map<String, Rule> composers,
    List<Boost> boosts) {

  public Projections {
    partitions = List.copyOf(partitions);
    scores = List.copyOf(scores);
    mappings = List.copyOf(mappings);
    composers = Collections.unmodifiableMap(new LinkedHashMap<>(composers));
    boosts = List.copyOf(boosts);
  }

  public static Projections none() {
    return new Projections(List.of(), List.of(), List.of(), Map.of(), List.of());
  }

  /** Sums and their bands only. */
  public static Projections of(List<Score> scores, List<Mapping> mappings) {
    return new Projections(List.of(), scores, mappings, Map.of(), List.of());
  }
}
