package dev.gatun.router.migration;

import dev.gatun.router.config.Node;
import dev.gatun.router.config.Node.Entry;
import dev.gatun.router.config.Node.Mapping;
import dev.gatun.router.config.Node.Scalar;
import dev.gatun.router.config.Node.Sequence;
import dev.gatun.router.model.Compatibility;
import java.util.Comparator;
import java.util.List;

/**
 * A file of an older layout, moved to that of v0.3 (spec config §8).
 *
 * @param document the new layout; keys keep the places of the old file
 * @param unplaced what is not in it, in the order of the old file
 */
public record Migration(Mapping document, List<Unplaced> unplaced) {
  private static final String VERSION = "v0.3";

  /** What has no older form. */
  private static final List<String> KEPT = List.of("listeners", "setup", "entrypoints", "recipes");

  public Migration {
    unplaced = List.copyOf(unplaced);
  }

  /**
   * Moves a file. What is new already stays as it is.
   *
   * @param compatibility upstream lets go of some settings that have a place, and so does this then
   */
  public static Migration of(Mapping written, Compatibility compatibility) {
    Leftovers leftovers = new Leftovers();
    Mapping old = distinct(written);
    Draft top = Draft.of(old);
    Draft document = new Draft(old.position());
    document.put(
        "version",
        new Entry(
            old.entries().stream()
                .filter(entry -> entry.key().equals("version"))
                .map(Entry::position)
                .findFirst()
                .orElse(Draft.NOWHERE),
            "version",
            Scalar.plain(Draft.NOWHERE, VERSION)));
    top.remove("version").map(Entry::value).ifPresent(leftovers::used);
    KEPT.forEach(key -> top.remove(key).ifPresent(document::put));
    Draft providers = section(top, document, "providers");
    Draft routing = section(top, document, "routing");
    Draft global = section(top, document, "global");
    boolean ours = compatibility == Compatibility.GATUN;
    new LegacySignals(ours, leftovers).move(top, routing);
    new LegacyProviders(ours, leftovers).move(top, providers, routing);
    new LegacyGlobal(ours, leftovers).move(top, providers, global);
    top.node().entries().forEach(entry -> leftovers.add(entry, entry.key()));
    Mapping moved = withoutEmpty(document.node());
    leftovers.audit(old, moved);
    return new Migration(
        moved,
        leftovers.all().stream()
            .sorted(
                Comparator.<Unplaced>comparingInt(u -> u.position().line())
                    .thenComparingInt(u -> u.position().column()))
            .toList());
  }

  /** The same tree, in which what an alias repeats is written out. */
  private static Mapping distinct(Mapping mapping) {
    return new Mapping(
        mapping.position(),
        mapping.entries().stream()
            .map(entry -> new Entry(entry.position(), entry.key(), distinct(entry.value())))
            .toList());
  }

  private static Node distinct(Node node) {
    return switch (node) {
      case Mapping mapping -> distinct(mapping);
      case Sequence sequence ->
          new Sequence(
              sequence.position(), sequence.items().stream().map(Migration::distinct).toList());
      case Scalar(var position, var text, var quoted, var secret) ->
          new Scalar(position, text, quoted, secret);
    };
  }

  private static Draft section(Draft top, Draft document, String key) {
    top.remove(key).filter(entry -> entry.value() instanceof Mapping).ifPresent(document::put);
    return document.inner(key);
  }

  /** Sections that the moving began and nothing went into. */
  private static Mapping withoutEmpty(Mapping mapping) {
    return new Mapping(
        mapping.position(),
        mapping.entries().stream()
            .map(entry ->
                entry.value() instanceof Mapping inner
                    ? new Entry(entry.position(), entry.key(), withoutEmpty(inner))
                    : entry)
            .filter(entry -> !isBegunOnly(entry.value()))
            .toList());
  }

  private static boolean isBegunOnly(Node node) {
    return node.position().equals(Draft.NOWHERE)
        && switch (node) {
          case Mapping mapping -> mapping.entries().isEmpty();
          case Sequence sequence -> sequence.items().isEmpty();
          case Scalar scalar -> scalar.isNull();
        };
  }
}
