package dev.gatun.router.config;

import dev.gatun.router.config.Node.Mapping;
import dev.gatun.router.config.Node.Scalar;
import dev.gatun.router.config.Node.Sequence;
import dev.gatun.router.config.Shape.Entries;
import dev.gatun.router.config.Shape.Field;
import dev.gatun.router.config.Shape.Items;
import dev.gatun.router.config.Shape.Keys;
import dev.gatun.router.config.Shape.Real;
import dev.gatun.router.config.Shape.Whole;
import dev.gatun.router.config.Shape.Word;
import dev.gatun.router.model.Secret;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * A mapping of the document, read with the help of its schema. What is absent, null, of a wrong
 * type or out of bounds reads as empty; {@link ShapeCheck} has reported the last two.
 */
final class Section {
  private final Mapping node;
  private final Keys shape;
  private final String path;
  private final Report report;

  Section(Mapping node, Keys shape, String path, Report report) {
    this.node = node;
    this.shape = shape;
    this.path = path;
    this.report = report;
  }

  /** A mapping under a key, whose form only its reader knows. */
  Section inner(String key, Mapping mapping, Keys keys) {
    return new Section(mapping, keys, join(key), report);
  }

  /** A section without any key, where the document has none. */
  Section empty(String key, Keys keys) {
    return new Section(new Mapping(node.position(), List.of()), keys, join(key), report);
  }

  String path() {
    return path;
  }

  Position position() {
    return node.position();
  }

  boolean has(String key) {
    return value(key).isPresent();
  }

  /**
   * Whether nothing is asked for: the key is absent, or its value null or the empty text. A rule
   * that lacks a word it needs would otherwise be left out in silence.
   */
  boolean isUnwritten(String key) {
    return value(key).map(v -> v instanceof Scalar scalar && scalar.text().isEmpty()).orElse(true);
  }

  /** The value of a key, unless it is null. */
  Optional<Node> value(String key) {
    field(key);
    return node.value(key).filter(v -> !(v instanceof Scalar scalar && scalar.isNull()));
  }

  /** Text that is not empty. */
  Optional<String> text(String key) {
    return writtenText(key).filter(text -> !text.isEmpty());
  }

  /** Text that may be empty, when the key is written. */
  Optional<String> writtenText(String key) {
    return node.value(key)
        .flatMap(v -> v instanceof Scalar scalar ? Optional.of(scalar) : Optional.empty())
        .filter(scalar -> !scalar.isNull() || scalar.quoted())
        .map(Scalar::text);
  }

  Optional<Secret> secret(String key) {
    return text(key).map(Secret::new);
  }

  /** One of the words of the schema, in the schema's spelling. */
  Optional<String> word(String key) {
    Word word = shape(key, Word.class);
    return scalar(key).map(scalar -> Values.canonical(scalar, word)).filter(word.words()::contains);
  }

  boolean flag(String key, boolean otherwise) {
    return scalar(key).flatMap(Scalars::flag).orElse(otherwise);
  }

  Optional<Boolean> flag(String key) {
    return scalar(key).flatMap(Scalars::flag);
  }

  OptionalLong whole(String key) {
    Whole bounds = shape(key, Whole.class);
    return scalar(key)
        .filter(scalar -> Values.isWithin(scalar, bounds))
        .map(Scalars::whole)
        .orElse(OptionalLong.empty());
  }

  /** A whole number whose bounds in the schema fit an int. */
  OptionalInt integer(String key) {
    OptionalLong value = whole(key);
    return value.isPresent()
        ? OptionalInt.of(Math.toIntExact(value.getAsLong()))
        : OptionalInt.empty();
  }

  OptionalDouble real(String key) {
    Real bounds = shape(key, Real.class);
    return scalar(key)
        .filter(scalar -> Values.isWithin(scalar, bounds))
        .map(Scalars::real)
        .orElse(OptionalDouble.empty());
  }

  /** A number that v0.3 takes as it is, also beyond the bounds of the schema. */
  OptionalDouble unbounded(String key) {
    shape(key, Real.class);
    return scalar(key).map(Scalars::real).orElse(OptionalDouble.empty());
  }

  Optional<Duration> time(String key) {
    return scalar(key).flatMap(Scalars::time);
  }

  /** The mapping under a key; empty of keys when it is absent. */
  Section section(String key) {
    Keys keys = shape(key, Keys.class);
    return value(key).orElse(node) instanceof Mapping mapping && has(key)
        ? new Section(mapping, keys, join(key), report)
        : empty(key, keys);
  }

  /** The mappings of a list. */
  List<Section> sections(String key) {
    Items items = shape(key, Items.class);
    List<Section> sections = new ArrayList<>();
    if (items.item() instanceof Keys keys
        && value(key).orElse(node) instanceof Sequence(Position at, List<Node> list)) {
      for (int i = 0; i < list.size(); i++) {
        if (list.get(i) instanceof Mapping mapping) {
          sections.add(new Section(mapping, keys, join(key) + "[" + i + "]", report));
        }
      }
    }
    return sections;
  }

  /** The mappings under keys that the user chose. */
  Map<String, Section> named(String key) {
    Entries entries = shape(key, Entries.class);
    Map<String, Section> named = new LinkedHashMap<>();
    if (entries.value() instanceof Keys keys
        && value(key).orElse(node) instanceof Mapping mapping
        && has(key)) {
      for (Node.Entry entry : mapping.entries()) {
        if (entry.value() instanceof Mapping inner) {
          named.put(entry.key(), new Section(inner, keys, join(key) + "." + entry.key(), report));
        }
      }
    }
    return named;
  }

  /** The scalars of a list with their places. */
  List<Scalar> scalars(String key) {
    List<Scalar> scalars = new ArrayList<>();
    if (value(key).orElse(node) instanceof Sequence(Position at, List<Node> list)) {
      for (Node item : list) {
        if (item instanceof Scalar scalar) {
          scalars.add(scalar);
        }
      }
    }
    return scalars;
  }

  List<String> texts(String key) {
    return scalars(key).stream().map(Scalar::text).toList();
  }

  /** Texts under keys that the user chose. */
  Map<String, String> textsByKey(String key) {
    Map<String, String> texts = new LinkedHashMap<>();
    if (value(key).orElse(node) instanceof Mapping mapping && has(key)) {
      for (Node.Entry entry : mapping.entries()) {
        if (entry.value() instanceof Scalar scalar) {
          texts.put(entry.key(), scalar.text());
        }
      }
    }
    return texts;
  }

  /** Reports an error at a key, or at the section when the key is absent. */
  void error(String key, String message, String hint) {
    report.error(at(key), join(key), message, hint);
  }

  /** Reports an error that v0.3 does not notice. */
  void unnoticed(String key, String message, String hint) {
    report.unnoticed(at(key), join(key), message, hint);
  }

  /** Reports an error that v0.3 notices only when it starts. */
  void atStart(String key, String message, String hint) {
    report.atStart(at(key), join(key), message, hint);
  }

  void warning(String key, String message, String hint) {
    report.warning(at(key), join(key), message, hint);
  }

  void unsupported(String key, String feature) {
    report.unsupported(at(key), join(key), feature);
  }

  /** Reports something that is asked for and cannot be had here. */
  void notRun(String key, String message, String hint) {
    report.notRun(at(key), join(key), message, hint);
  }

  Report report() {
    return report;
  }

  Position at(String key) {
    return node.value(key).map(Node::position).orElse(node.position());
  }

  private Optional<Scalar> scalar(String key) {
    return value(key)
        .flatMap(v -> v instanceof Scalar scalar ? Optional.of(scalar) : Optional.empty());
  }

  private String join(String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  private Field field(String key) {
    Field field = shape.fields().get(key);
    if (field == null) {
      throw new IllegalStateException("the schema has no key " + join(key));
    }
    return field;
  }

  private <S extends Shape> S shape(String key, Class<S> type) {
    return type.cast(field(key).shape());
  }
}
