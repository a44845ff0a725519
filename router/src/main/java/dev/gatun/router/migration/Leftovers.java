package dev.gatun.router.migration;

import dev.gatun.router.config.Node;
import dev.gatun.router.config.Node.Entry;
import dev.gatun.router.config.Node.Mapping;
import dev.gatun.router.config.Node.Scalar;
import dev.gatun.router.config.Node.Sequence;
import dev.gatun.router.config.Position;
import dev.gatun.router.config.Untyped;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Collects what found no place. Movers name what they know to have none; {@link #audit} finds the
 * rest, so that no mover can lose a value in silence: every value of the older file is in the new
 * one, became part of something there, or is named.
 */
final class Leftovers {
  private static final String UNKNOWN = "v0.3 has no such setting";
  private static final String NOT_TAKEN = "it has no place in v0.3; write it by hand if it counts";
  private static final String SECOND =
      "its place in v0.3 has another value already; write it there by hand if it counts";

  private final List<Unplaced> all = new ArrayList<>();

  /** Values by identity: two that read the same are still two settings. */
  private final Set<Node> accounted = Collections.newSetFromMap(new IdentityHashMap<>());

  /** Values for whose place the older file has another one. */
  private final Set<Node> second = Collections.newSetFromMap(new IdentityHashMap<>());

  void add(Entry entry, String path) {
    add(entry, path, UNKNOWN);
  }

  void add(Entry entry, String path, String reason) {
    all.add(new Unplaced(entry.position(), path, reason));
    used(entry.value());
  }

  /** Everything that is left of a mapping. */
  void rest(Draft draft, String path) {
    draft.node().entries().forEach(entry -> add(entry, path + "." + entry.key()));
  }

  /**
   * Takes note of values that the new file says in other words, such as a name that was looked up.
   */
  void used(Node node) {
    values(node).forEach(accounted::add);
  }

  /** Takes note of a value whose place is taken: nothing is lost where both are the same. */
  void second(Node node, Node there) {
    if (isSame(node, there)) {
      used(node);
    } else {
      values(node).forEach(second::add);
    }
  }

  /** Whether two values say the same, wherever they stand. */
  static boolean isSame(Node one, Node other) {
    return Objects.equals(Untyped.value(one), Untyped.value(other));
  }

  /** Takes note of a name that was looked up, unless another one is written. */
  void lookedUp(Optional<Node> written, String name) {
    written
        .filter(node -> node instanceof Scalar scalar && scalar.text().equals(name))
        .ifPresent(this::used);
  }

  /**
   * Names every value of the older file that is neither in the new one nor accounted for.
   *
   * @param old a tree no two values of which are the same object
   */
  void audit(Mapping old, Mapping document) {
    used(document);
    old.entries().forEach(entry -> audit(entry.value(), entry.position(), entry.key()));
  }

  private void audit(Node node, Position position, String path) {
    if (values(node).allMatch(accounted::contains)) {
      return;
    }
    if (values(node).noneMatch(accounted::contains)) {
      boolean isSecond = values(node).allMatch(second::contains);
      all.add(new Unplaced(position, path, isSecond ? SECOND : NOT_TAKEN));
      return;
    }
    switch (node) {
      case Mapping mapping ->
          mapping
              .entries()
              .forEach(entry -> audit(entry.value(), entry.position(), path + "." + entry.key()));
      case Sequence sequence -> {
        for (int i = 0; i < sequence.items().size(); i++) {
          Node item = sequence.items().get(i);
          audit(item, item.position(), path + "[" + i + "]");
        }
      }
      case Scalar _ -> throw new IllegalStateException("one value cannot be partly accounted for");
    }
  }

  /** The values of a tree; nothing is lost with a key that has none. */
  private static Stream<Scalar> values(Node node) {
    return switch (node) {
      case Mapping mapping -> mapping.entries().stream().flatMap(entry -> values(entry.value()));
      case Sequence sequence -> sequence.items().stream().flatMap(Leftovers::values);
      case Scalar scalar -> scalar.isNull() ? Stream.empty() : Stream.of(scalar);
    };
  }

  List<Unplaced> all() {
    return all;
  }
}
