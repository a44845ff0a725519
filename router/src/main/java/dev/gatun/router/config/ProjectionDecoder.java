package dev.gatun.router.config;

import dev.gatun.router.projection.Boost;
import dev.gatun.router.projection.Mapping;
import dev.gatun.router.projection.Order;
import dev.gatun.router.projection.Partition;
import dev.gatun.router.projection.Projections;
import dev.gatun.router.projection.Score;
import dev.gatun.router.rule.Rule;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads {@code routing.projections}, and the composers of complexity rules. */
final class ProjectionDecoder {
  private final RuleDecoder rules;
  private final DeclaredNames names;
  private final KnowledgeBases knowledge;

  ProjectionDecoder(RuleDecoder rules, DeclaredNames names, KnowledgeBases knowledge) {
    this.rules = rules;
    this.names = names;
    this.knowledge = knowledge;
  }

  Projections projections(Section routing, List<Boost> boosts) {
    Section section = routing.section("projections");
    List<Partition> partitions =
        new PartitionDecoder(routing.section("signals")).partitions(section);
    List<Score> scores = new ScoreDecoder(rules, names, knowledge).scores(section);
    List<Mapping> mappings = MappingDecoder.mappings(section);
    checkOrder(section, scores, mappings);
    checkReaders(section, Order.read(scores, mappings));
    return new Projections(
        partitions, scores, mappings, composers(routing.section("signals")), boosts);
  }

  private Map<String, Rule> composers(Section signals) {
    Map<String, Rule> composers = new LinkedHashMap<>();
    for (Section section : signals.sections("complexity")) {
      Optional<String> name = section.text("name");
      if (name.isPresent() && section.has("composer")) {
        composers.putIfAbsent(name.get(), rules.composer(section, name.get()));
      }
    }
    return composers;
  }

  private static void checkOrder(Section section, List<Score> scores, List<Mapping> mappings) {
    List<String> cycle = Order.of(scores, mappings).cycle();
    if (!cycle.isEmpty()) {
      Section first =
          section.sections("scores").stream()
              .filter(score -> score.text("name").equals(Optional.of(cycle.getFirst())))
              .findFirst()
              .orElse(section);
      first.error(
          "inputs",
          "projection scores read each other in a circle: " + String.join(" -> ", cycle),
          "remove one of these inputs");
    }
  }

  /** A score for nobody costs its signals and changes nothing. */
  private static void checkReaders(Section section, Set<String> read) {
    for (Section score : section.sections("scores")) {
      Optional<String> name = score.text("name");
      if (name.isPresent() && !read.contains(name.get())) {
        score.warning(
            "name",
            "nothing reads the score \"" + name.get() + "\"",
            "give it a mapping, or remove it");
      }
    }
  }
}
