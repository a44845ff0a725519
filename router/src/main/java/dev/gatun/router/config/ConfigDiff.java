package dev.gatun.router.config;

import dev.gatun.router.config.Difference.Change;
import dev.gatun.router.config.Node.Mapping;
import dev.gatun.router.config.Node.Scalar;
import dev.gatun.router.config.Node.Sequence;
import dev.gatun.router.config.Shape.Anything;
import dev.gatun.router.config.Shape.Entries;
import dev.gatun.router.config.Shape.Field;
import dev.gatun.router.config.Shape.Flag;
import dev.gatun.router.config.Shape.Items;
import dev.gatun.router.config.Shape.Keys;
import dev.gatun.router.config.Shape.Real;
import dev.gatun.router.config.Shape.Text;
import dev.gatun.router.config.Shape.Time;
import dev.gatun.router.config.Shape.Whole;
import dev.gatun.router.config.Shape.Word;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Compares two configuration files by what they say, not by how: the order of keys, comments,
 * anchors and spellings of one value ({@code yes} and {@code true}, {@code 60s} and {@code 1m}) do
 * not count. Items of lists are the same when they have the same name. References to the
 * environment are compared as written.
 */
public final class ConfigDiff {
  /** Keys that tell the items of a list apart, the first that all of them have. */
  private static final List<String> NAMES = List.of("name", "model", "type", "role", "recipe");

  private final List<Difference> differences = new ArrayList<>();

  private final Redaction shownBefore;
  private final Redaction shownAfter;

  private ConfigDiff(Redaction shownBefore, Redaction shownAfter) {
    this.shownBefore = shownBefore;
    this.shownAfter = shownAfter;
  }

  /** Every difference, in the order of the schema of both files, the first file's keys first. */
  public static List<Difference> between(Node before, Node after) {
    ConfigDiff diff = new ConfigDiff(Redaction.parts(before), Redaction.parts(after));
    diff.compare("", Optional.of(before), Optional.of(after), Schema.ROOT);
    return List.copyOf(diff.differences);
  }

  private void compare(String path, Optional<Node> before, Optional<Node> after, Shape shape) {
    Optional<Node> one = before.filter(node -> !isNull(node));
    Optional<Node> other = after.filter(node -> !isNull(node));
    if (one.isEmpty() || other.isEmpty()) {
      if (one.isPresent() || other.isPresent()) {
        add(one.isEmpty() ? Change.ADDED : Change.REMOVED, path, one, other);
      }
      return;
    }
    if (one.get() instanceof Mapping a && other.get() instanceof Mapping b) {
      mappings(path, a, b, shape);
    } else if (one.get() instanceof Sequence a && other.get() instanceof Sequence b) {
      lists(path, a, b, shape instanceof Items(Shape item) ? item : new Anything());
    } else if (!(one.get() instanceof Scalar a
        && other.get() instanceof Scalar b
        && isSame(a, b, shape))) {
      add(Change.CHANGED, path, one, other);
    }
  }

  private void mappings(String path, Mapping before, Mapping after, Shape shape) {
    Set<String> keys = new LinkedHashSet<>();
    before.entries().forEach(entry -> keys.add(entry.key()));
    after.entries().forEach(entry -> keys.add(entry.key()));
    for (String key : keys) {
      String place = path.isEmpty() ? key : path + "." + key;
      compare(place, before.value(key), after.value(key), below(shape, key));
    }
  }

  private static Shape below(Shape shape, String key) {
    return switch (shape) {
      case Keys keys -> {
        Field field = keys.fields().get(key);
        yield field == null ? new Anything() : Forms.of(keys, field);
      }
      case Entries(Shape value) -> value;
      case Items _, Text(), Word _, Flag(), Whole _, Real _, Time(), Anything() -> new Anything();
    };
  }

  private void lists(String path, Sequence before, Sequence after, Shape item) {
    Optional<String> name =
        NAMES.stream().filter(key -> tells(key, before) && tells(key, after)).findFirst();
    if (name.isPresent()) {
      named(path, byName(before, name.get()), byName(after, name.get()), item);
    } else if (isOfScalars(before) && isOfScalars(after)) {
      scalars(path, before, after, item);
    } else {
      for (int i = 0; i < Math.max(before.items().size(), after.items().size()); i++) {
        compare(path + "[" + i + "]", item(before, i), item(after, i), item);
      }
    }
  }

  private void named(String path, Map<String, Node> before, Map<String, Node> after, Shape item) {
    Set<String> names = new LinkedHashSet<>(before.keySet());
    names.addAll(after.keySet());
    for (String name : names) {
      compare(
          path + "[" + name + "]",
          Optional.ofNullable(before.get(name)),
          Optional.ofNullable(after.get(name)),
          item);
    }
    order(path, new ArrayList<>(before.keySet()), new ArrayList<>(after.keySet()));
  }

  private void scalars(String path, Sequence before, Sequence after, Shape item) {
    List<Node> removed = without(before, after, item);
    List<Node> added = without(after, before, item);
    removed.forEach(node -> add(Change.REMOVED, path + "[]", Optional.of(node), Optional.empty()));
    added.forEach(node -> add(Change.ADDED, path + "[]", Optional.empty(), Optional.of(node)));
    if (removed.isEmpty() && added.isEmpty()) {
      order(path, texts(before), texts(after));
    }
  }

  /** Reports another order of what both lists have. */
  private void order(String path, List<String> before, List<String> after) {
    List<String> one = new ArrayList<>(before);
    List<String> other = new ArrayList<>(after);
    one.retainAll(after);
    other.retainAll(before);
    if (!one.equals(other)) {
      String key = path.substring(path.lastIndexOf('.') + 1);
      differences.add(
          new Difference(
              Change.REORDERED,
              path,
              Optional.of(Redaction.list(list(one), key)),
              Optional.of(Redaction.list(list(other), key))));
    }
  }

  /** Items of a list that another has not as often. */
  private static List<Node> without(Sequence list, Sequence other, Shape item) {
    List<Node> rest = new ArrayList<>(other.items());
    List<Node> without = new ArrayList<>();
    for (Node node : list.items()) {
      Optional<Node> same =
          rest.stream()
              .filter(r -> node instanceof Scalar a && r instanceof Scalar b && isSame(a, b, item))
              .findFirst();
      same.ifPresentOrElse(rest::remove, () -> without.add(node));
    }
    return without;
  }

  private static boolean isSame(Scalar a, Scalar b, Shape shape) {
    boolean value =
        switch (shape) {
          case Flag() -> isSame(Scalars.flag(a), Scalars.flag(b));
          case Whole _ -> Scalars.whole(a).isPresent() && Scalars.whole(a).equals(Scalars.whole(b));
          case Real _ -> Scalars.real(a).isPresent() && Scalars.real(a).equals(Scalars.real(b));
          case Time() -> isSame(Scalars.time(a), Scalars.time(b));
          case Word word -> Values.canonical(a, word).equals(Values.canonical(b, word));
          case Text(), Keys _, Entries _, Items _, Anything() -> false;
        };
    return value || a.text().equals(b.text());
  }

  private static boolean isSame(Optional<?> a, Optional<?> b) {
    return a.isPresent() && a.equals(b);
  }

  /** Whether a key tells the items of a list apart. */
  private static boolean tells(String key, Sequence list) {
    return byName(list, key).size() == list.items().size();
  }

  private static Map<String, Node> byName(Sequence list, String key) {
    Map<String, Node> named = new LinkedHashMap<>();
    for (Node node : list.items()) {
      if (node instanceof Mapping mapping
          && mapping.value(key).orElse(mapping) instanceof Scalar name) {
        named.put(name.text(), node);
      }
    }
    return named;
  }

  private static boolean isOfScalars(Sequence list) {
    return list.items().stream().allMatch(Scalar.class::isInstance);
  }

  private static List<String> texts(Sequence list) {
    List<String> texts = new ArrayList<>();
    for (Node node : list.items()) {
      if (node instanceof Scalar scalar) {
        texts.add(scalar.text());
      }
    }
    return texts;
  }

  private static Optional<Node> item(Sequence list, int index) {
    return index < list.items().size() ? Optional.of(list.items().get(index)) : Optional.empty();
  }

  private static Node list(List<String> texts) {
    Position place = new Position("", 1, 1);
    return new Sequence(
        place, texts.stream().<Node>map(text -> Scalar.plain(place, text)).toList());
  }

  private void add(Change change, String path, Optional<Node> before, Optional<Node> after) {
    differences.add(
        new Difference(change, path, before.map(shownBefore::shown), after.map(shownAfter::shown)));
  }

  private static boolean isNull(Node node) {
    return node instanceof Scalar scalar && scalar.isNull();
  }
}
