package dev.gatun.router.projection;

import dev.gatun.router.projection.Mapping.Output;
import dev.gatun.router.projection.Score.Input;
import dev.gatun.router.projection.Score.Subject;
import dev.gatun.router.signal.Family;
import dev.gatun.router.signal.SignalKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * In which order scores are computed: every one after those it reads, directly or through an output
 * of theirs, otherwise as in the file.
 *
 * @param scores in that order; those of a cycle are left out
 * @param cycle names along a cycle, the first again at the end; empty when there is none
 */
public record Order(List<Score> scores, List<String> cycle) {
  public Order {
    scores = List.copyOf(scores);
    cycle = List.copyOf(cycle);
  }

  public static Order of(List<Score> scores, List<Mapping> mappings) {
    return new Search(scores, mappings).order();
  }

  /** The scores that something reads: a mapping, or another score. */
  public static Set<String> read(List<Score> scores, List<Mapping> mappings) {
    Map<String, String> scoreByOutput = scoreByOutput(mappings);
    Set<String> read = new LinkedHashSet<>(scoreByOutput.values());
    mappings.forEach(mapping -> read.add(mapping.source()));
    for (Score score : scores) {
      score.inputs().stream()
          .flatMap(input -> needs(input, scoreByOutput))
          .filter(name -> !name.equals(score.name()))
          .forEach(read::add);
    }
    return read;
  }

  /** The scores that an input needs, by name; also of names that no score has. */
  static Stream<String> needs(Input input, Map<String, String> scoreByOutput) {
    Stream<String> direct =
        switch (input.subject()) {
          case Subject.OfScore(String score) -> Stream.of(score);
          case Subject.OfOutput(String output) ->
              Optional.ofNullable(scoreByOutput.get(output)).stream();
          case Subject.Matched _, Subject.Confidence _, Subject.Raw _, Subject.Metric _ ->
              Stream.empty();
        };
    Stream<String> conditional =
        input.when().stream()
            .flatMap(rule -> rule.keys())
            .filter(key -> key.family() == Family.PROJECTION)
            .map(SignalKey::name)
            .flatMap(output -> Optional.ofNullable(scoreByOutput.get(output)).stream());
    return Stream.concat(direct, conditional);
  }

  /** The score behind every output. */
  static Map<String, String> scoreByOutput(List<Mapping> mappings) {
    Map<String, String> scores = new HashMap<>();
    for (Mapping mapping : mappings) {
      for (Output output : mapping.outputs()) {
        scores.putIfAbsent(output.name(), mapping.source());
      }
    }
    return scores;
  }

  /** Depth first. */
  private static final class Search {
    private final Map<String, Score> byName = new LinkedHashMap<>();
    private final Map<String, String> scoreByOutput;
    private final Set<String> path = new LinkedHashSet<>();
    private final Set<String> done = new LinkedHashSet<>();
    private final List<Score> ordered = new ArrayList<>();
    private List<String> cycle = List.of();

    Search(List<Score> scores, List<Mapping> mappings) {
      scores.forEach(score -> byName.putIfAbsent(score.name(), score));
      scoreByOutput = scoreByOutput(mappings);
    }

    Order order() {
      byName.values().forEach(this::visit);
      return new Order(ordered, cycle);
    }

    private void visit(Score score) {
      if (done.contains(score.name()) || !cycle.isEmpty()) {
        return;
      }
      if (!path.add(score.name())) {
        List<String> names = new ArrayList<>(path);
        cycle = new ArrayList<>(names.subList(names.indexOf(score.name()), names.size()));
        cycle.add(score.name());
        return;
      }
      score.inputs().stream()
          .flatMap(input -> needs(input, scoreByOutput))
          .flatMap(name -> Optional.ofNullable(byName.get(name)).stream())
          .forEach(this::visit);
      path.remove(score.name());
      if (cycle.isEmpty()) {
        done.add(score.name());
        ordered.add(score);
      }
    }
  }
}
