package dev.gatun.server.conformance;

import dev.gatun.router.model.Compatibility;
import dev.gatun.router.projection.Mapping;
import dev.gatun.router.projection.Mapping.Output;
import dev.gatun.router.projection.Partition;
import dev.gatun.router.projection.Projections;
import dev.gatun.router.projection.Score;
import dev.gatun.router.projection.Score.Subject;
import dev.gatun.router.rule.Rule;
import dev.gatun.router.signal.Family;
import dev.gatun.router.signal.Predicate;
import dev.gatun.router.signal.Predicate.Bound;
import dev.gatun.router.signal.SignalKey;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Projections of a case, which name signals that nobody declares. The loader would refuse that, so
 * they are built here.
 */
final class WrittenProjections {
  private WrittenProjections() {}

  /**
   * Partitions alone.
   *
   * @param embeddings names of embedding rules; other members are domains
   */
  static Projections partitions(List<Input> written, List<String> embeddings) {
    List<Partition> partitions =
        written.stream().map(partition -> partition(partition, embeddings)).toList();
    return new Projections(partitions, List.of(), List.of(), Map.of(), List.of());
  }

  /** Scores and mappings. */
  static Projections scores(Input written, Compatibility compatibility) {
    return Projections.of(
        written.items("scores").stream().map(score -> score(score, compatibility)).toList(),
        written.items("mappings").stream().map(WrittenProjections::mapping).toList());
  }

  /** A signal as {@code type:name}. */
  static SignalKey key(String text) {
    String[] parts = text.split(":", 2);
    if (parts[0].equals("kb_metric")) {
      String[] metric = parts[1].split(":", 2);
      return SignalKey.kbMetric(metric[0], metric[1]);
    }
    Family family =
        Family.ofType(parts[0]).orElseThrow(() -> new Refused("no signal type in " + text));
    return new SignalKey(family, parts[1]);
  }

  private static Partition partition(Input written, List<String> embeddings) {
    List<String> members = written.texts("members");
    return new Partition(
        written.text("name"),
        embeddings.contains(members.getFirst()) ? Family.EMBEDDING : Family.DOMAIN,
        Partition.Semantics.valueOf(written.text("semantics").toUpperCase(Locale.ROOT)),
        members,
        Optional.of(written.text("default")).filter(name -> !name.isEmpty()),
        written.number("temperature"));
  }

  private static Score score(Input written, Compatibility compatibility) {
    return new Score(
        written.text("name"),
        written.items("inputs").stream().map(input -> input(input, compatibility)).toList(),
        !written.text("normalize").isEmpty(),
        Optional.of(written.at("clip")).filter(_ -> written.has("clip")).map(c -> clip(c)));
  }

  private static Score.Clip clip(Input written) {
    return new Score.Clip(limit(written, "min"), limit(written, "max"));
  }

  private static OptionalDouble limit(Input written, String key) {
    return written.has(key) ? OptionalDouble.of(written.number(key)) : OptionalDouble.empty();
  }

  private static Score.Input input(Input written, Compatibility compatibility) {
    return new Score.Input(
        subject(written, compatibility),
        written.number("weight"),
        Optional.of(written.at("when")).filter(_ -> written.has("when")).map(w -> rule(w)));
  }

  /** A condition of an input. */
  private static Rule rule(Input node) {
    if (WrittenRules.isLeaf(node)) {
      SignalKey key = key(node.text("type") + ":" + node.text("name"));
      return node.has("predicate")
          ? new Rule.Measured(key, predicate(node.at("predicate")))
          : Rule.on(key);
    }
    List<Rule> children = node.items("conditions").stream().map(WrittenProjections::rule).toList();
    return WrittenRules.composite(node, children);
  }

  private static Subject subject(Input input, Compatibility compatibility) {
    String type = input.text("type");
    String name = input.text("name");
    if (type.equals("kb_metric")) {
      return new Subject.Metric(input.text("kb"), input.text("metric"));
    }
    if (type.equals("projection")) {
      return input.text("value_source").equals("confidence")
          ? new Subject.OfOutput(name)
          : new Subject.OfScore(name);
    }
    SignalKey key = key(type + ":" + name);
    return switch (input.text("value_source")) {
      case "confidence" -> new Subject.Confidence(key);
      case "raw" -> new Subject.Raw(key);
      default -> new Subject.Matched(key, match(input, compatibility), input.number("miss"));
    };
  }

  /** Upstream takes a match of 0 for one that is not written. */
  private static double match(Input input, Compatibility compatibility) {
    double written = input.has("match") ? input.number("match") : 1;
    return compatibility == Compatibility.UPSTREAM_0_3 && written == 0 ? 1 : written;
  }

  private static Mapping mapping(Input written) {
    double slope = written.at("calibration").number("slope");
    return new Mapping(
        written.text("name"),
        written.text("source"),
        written.text("method").equals("multi_emit")
            ? Mapping.Method.MULTI_EMIT
            : Mapping.Method.THRESHOLD_BANDS,
        slope > 0 ? slope : Mapping.SLOPE_DEFAULT,
        written.items("outputs").stream().map(WrittenProjections::output).toList());
  }

  private static Output output(Input written) {
    return new Output(written.text("name"), predicate(written));
  }

  /** Bounds as outputs and leaves write them. */
  static Predicate predicate(Input written) {
    return new Predicate(bound(written, "gt", "gte"), bound(written, "lt", "lte"));
  }

  private static Optional<Bound> bound(Input written, String outside, String inside) {
    if (written.has(outside)) {
      return Optional.of(new Bound(written.number(outside), false));
    }
    return written.has(inside)
        ? Optional.of(new Bound(written.number(inside), true))
        : Optional.empty();
  }
}
