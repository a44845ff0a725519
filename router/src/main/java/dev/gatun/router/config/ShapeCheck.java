package dev.gatun.router.config;

import dev.gatun.router.config.Node.Entry;
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
import dev.gatun.router.config.Shape.Status;
import dev.gatun.router.config.Shape.Text;
import dev.gatun.router.config.Shape.Time;
import dev.gatun.router.config.Shape.Whole;
import dev.gatun.router.config.Shape.Word;
import dev.gatun.router.model.Compatibility;
import java.util.HashSet;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Compares a document with the schema: unknown keys, values of the wrong type or outside their
 * bounds, and keys this build does not act upon. Every problem of that kind is reported here and
 * nowhere else.
 */
final class ShapeCheck {
  /** Characters of a wrong value that a message repeats. */
  private static final int SHOWN_MAX = 80;

  private final Report report;
  private final boolean strict;
  private final boolean strictSafety;
  private final Misfit misfit;

  /** What the part belongs to; v0.3 does not compare such parts with its schema. */
  private final String about;

  /** Keys of facts that nothing reads, told once however many models have them. */
  private final Set<String> facts = new HashSet<>();

  /**
   * A check.
   *
   * @param strict whether every unknown key is an error
   * @param compatibility upstream only warns about unknown keys, wherever they are
   */
  ShapeCheck(Report report, boolean strict, Compatibility compatibility) {
    this(report, strict, compatibility == Compatibility.GATUN, report::error, "");
  }

  private ShapeCheck(
      Report report, boolean strict, boolean strictSafety, Misfit misfit, String about) {
    this.report = report;
    this.strict = strict;
    this.strictSafety = strictSafety;
    this.misfit = misfit;
    this.about = about;
  }

  /** The same check of a part whose mistakes v0.3 only logs. */
  ShapeCheck unread() {
    return new ShapeCheck(report, strict, strictSafety, report::unnoticed, about);
  }

  /**
   * The same check, whose messages say besides what the part belongs to.
   *
   * @param words appended to what is wrong
   */
  ShapeCheck about(String words) {
    return new ShapeCheck(
        report,
        strict,
        strictSafety,
        (position, path, message, hint) -> misfit.at(position, path, message + words, hint),
        words);
  }

  void check(Node root) {
    check(root, Schema.ROOT, "", Inside.TOP);
  }

  /** Checks a part of the document whose shape only its reader knows. */
  void check(Node node, Keys keys, String path) {
    check(node, keys, path, Inside.TOP);
  }

  /**
   * What a node is part of.
   *
   * @param uses whether keys that are not run yet are to be reported; not inside a part that is
   *     reported as a whole
   * @param safety whether a part that holds it is there for safety, at any depth
   */
  private record Inside(boolean uses, boolean safety) {
    static final Inside TOP = new Inside(true, false);

    Inside waiting() {
      return new Inside(false, safety);
    }
  }

  private void check(Node node, Shape shape, String path, Inside inside) {
    if (shape instanceof Anything || isNull(node)) {
      return;
    }
    switch (shape) {
      case Anything() -> {}
      case Keys keys -> mapping(node, keys, path, inside);
      case Entries(Shape value) -> {
        if (node instanceof Mapping mapping) {
          for (Entry entry : mapping.entries()) {
            check(entry.value(), value, join(path, entry.key()), inside);
          }
        } else {
          wrong(node, path, "a mapping", "write key: value pairs");
        }
      }
      case Items(Shape item) -> {
        if (node instanceof Sequence sequence) {
          for (int i = 0; i < sequence.items().size(); i++) {
            check(sequence.items().get(i), item, path + "[" + i + "]", inside);
          }
        } else {
          wrong(node, path, "a list", "begin each item with a dash");
        }
      }
      case Text(), Word _, Flag(), Whole _, Real _, Time() -> {
        if (node instanceof Scalar scalar) {
          scalar(scalar, shape, path, inside.uses, misfit);
        } else {
          wrong(node, path, "a single value", "write it on the line of its key");
        }
      }
    }
  }

  private void mapping(Node node, Keys keys, String path, Inside outside) {
    if (!(node instanceof Mapping mapping)) {
      wrong(node, path.isEmpty() ? "(document)" : path, "a mapping", "write key: value pairs");
      return;
    }
    boolean safety = outside.safety || keys.safety() || PluginSchema.isSafety(keys, mapping);
    Inside inside = new Inside(outside.uses, safety);
    for (Entry entry : mapping.entries()) {
      Field field = keys.fields().get(entry.key());
      if (field == null) {
        unknown(entry, keys, path, safety);
      } else {
        known(entry, field, join(path, entry.key()), inside);
      }
    }
  }

  private void known(Entry entry, Field field, String path, Inside inside) {
    boolean uses = inside.uses;
    Inside inner = inside;
    switch (field.status()) {
      case Status.Runs() -> {}
      case Status.Gone(String replacement) ->
          report.error(entry.position(), path, "this key is no longer accepted", replacement);
      case Status.Inert(String reason) -> {
        if (uses && isUsed(entry.value())) {
          report.warning(entry.position(), path, "this key has no effect: " + reason, "remove it");
        }
      }
      case Status.Fact(String readers) -> {
        if (uses && isUsed(entry.value()) && facts.add(entry.key())) {
          report.warning(
              entry.position(),
              path,
              "nothing reads such facts yet: they are for " + readers,
              "leave it for later, or remove it");
        }
      }
      case Status.Later(String feature) -> {
        inner = inside.waiting();
        if (uses) {
          later(entry, field, path, feature);
        }
      }
    }
    Misfit own =
        switch (field.noticed()) {
          case ON_LOAD -> misfit;
          case AT_START -> report::atStart;
          case NEVER -> report::unnoticed;
        };
    boolean isOwn = field.noticed() != Shape.Noticed.ON_LOAD;
    if (isOwn && entry.value() instanceof Scalar scalar && !isNull(scalar)) {
      scalar(scalar, field.shape(), path, inner.uses, own);
    } else {
      check(entry.value(), field.shape(), path, inner);
    }
  }

  /** One report per use: a list of rules uses a feature once per rule. */
  private void later(Entry entry, Field field, String path, String feature) {
    if (field.shape() instanceof Items && entry.value() instanceof Sequence(var at, var items)) {
      for (int i = 0; i < items.size(); i++) {
        report.unsupported(
            items.get(i).position(), path + "[" + i + "]", feature + of(items.get(i)));
      }
    } else if (isUsed(entry.value())) {
      report.unsupported(entry.position(), path, feature);
    }
  }

  private static String of(Node item) {
    if (item instanceof Mapping mapping
        && mapping.value("name").orElse(item) instanceof Scalar name) {
      return " (" + name.shown() + ")";
    }
    return "";
  }

  private void unknown(Entry entry, Keys keys, String path, boolean safety) {
    String key = join(path, entry.key());
    String message =
        about.isEmpty()
            ? "unknown key \"" + entry.key() + "\""
            : "\"" + entry.key() + "\" is no key here" + about;
    String hint =
        Report.didYouMean(
            entry.key(), keys.fields().keySet(), "remove it; known here: " + known(keys));
    if (strict || (strictSafety && safety)) {
      report.error(entry.position(), key, message, hint);
    } else {
      report.warning(entry.position(), key, message, hint);
    }
  }

  private static String known(Keys keys) {
    return String.join(
        ", ",
        keys.fields().values().stream()
            .filter(field -> !(field.status() instanceof Status.Gone))
            .map(Field::key)
            .toList());
  }

  /** How to report that a value is of the right type and still none of those it may be. */
  private interface Misfit {
    void at(Position position, String path, String message, String hint);
  }

  private void scalar(Scalar scalar, Shape shape, String path, boolean uses, Misfit bounds) {
    String shown = "\"" + brief(scalar) + "\"";
    switch (shape) {
      case Word word -> word(scalar, word, path, uses, bounds);
      case Flag() -> {
        if (Scalars.flag(scalar).isEmpty()) {
          wrong(scalar, path, "true or false, not " + shown, "write it without quotes");
        }
      }
      case Whole whole -> {
        if (Scalars.isTooLong(scalar)) {
          wrong(
              scalar, path, "a number of at most 18 digits, not " + shown, "choose a smaller one");
        } else if (Scalars.whole(scalar).isEmpty()) {
          wrong(scalar, path, "a whole number, not " + shown, "write digits without quotes");
        } else if (!Values.isWithin(scalar, whole)) {
          outside(scalar, path, bounds, whole(whole.min()), whole(whole.max()));
        } else {
          octal(scalar, path);
        }
      }
      case Real real -> {
        if (Scalars.real(scalar).isEmpty()) {
          wrong(scalar, path, "a number, not " + shown, "write it without quotes");
        } else if (!Values.isWithin(scalar, real)) {
          outside(scalar, path, bounds, number(real.min()), number(real.max()));
        }
      }
      case Time() -> {
        if (!scalar.text().isEmpty() && Scalars.time(scalar).isEmpty()) {
          bounds.at(
              scalar.position(),
              path,
              "must be a length of time, not " + shown,
              "write for example 300ms, 2s, 5m");
        }
      }
      case Text(), Anything(), Keys _, Entries _, Items _ -> {}
    }
  }

  /** A leading 0, which YAML 1.2 ignores and v0.3 does not; secrets are not told. */
  private void octal(Scalar scalar, String path) {
    OptionalLong there = scalar.secret() ? OptionalLong.empty() : Scalars.octal(scalar);
    if (there.isPresent()) {
      long here = Scalars.whole(scalar).orElseThrow();
      report.warning(
          scalar.position(),
          path,
          brief(scalar) + " is read as " + here + "; v0.3 reads it as octal, " + there.getAsLong(),
          "write " + here + ", without the zero");
    }
  }

  private void word(Scalar scalar, Word word, String path, boolean uses, Misfit other) {
    if (scalar.text().isEmpty()) {
      return;
    }
    String written = Values.canonical(scalar, word);
    if (!word.words().contains(written)) {
      String all = String.join(", ", word.words());
      other.at(
          scalar.position(),
          path,
          "\"" + brief(scalar) + "\" is not one of " + all,
          Report.didYouMean(written, word.words(), "write one of these"));
    } else if (uses && !word.running().contains(written)) {
      String key = path.substring(path.lastIndexOf('.') + 1);
      report.unsupported(scalar.position(), path, key + ": " + written);
    }
  }

  /** A value as a message shows it. */
  private static String brief(Scalar scalar) {
    String shown = scalar.shown();
    return shown.length() <= SHOWN_MAX ? shown : shown.substring(0, SHOWN_MAX) + "…";
  }

  private static void outside(Scalar scalar, String path, Misfit misfit, String min, String max) {
    String range = max.isEmpty() ? "at least " + min : "from " + min + " to " + max;
    misfit.at(
        scalar.position(),
        path,
        "must be " + range + ", not \"" + brief(scalar) + "\"",
        "choose a value in that range");
  }

  private void wrong(Node node, String path, String wanted, String hint) {
    misfit.at(node.position(), path, "must be " + wanted, hint);
  }

  /** Whether a value asks for anything: not when it is empty, false or switched off. */
  private static boolean isUsed(Node node) {
    return switch (node) {
      case Scalar scalar ->
          !scalar.isNull() && !scalar.text().isEmpty() && Scalars.flag(scalar).orElse(true);
      case Sequence(var at, var items) -> !items.isEmpty();
      case Mapping mapping ->
          !mapping.entries().isEmpty()
              && !(mapping.value("enabled").orElse(mapping) instanceof Scalar enabled
                  && !Scalars.flag(enabled).orElse(true))
              && mapping.entries().stream().anyMatch(entry -> isUsed(entry.value()));
    };
  }

  private static boolean isNull(Node node) {
    return node instanceof Scalar scalar && scalar.isNull();
  }

  /** A bound in digits; empty for one that is no bound. */
  private static String whole(long value) {
    return value == Long.MAX_VALUE ? "" : Long.toString(value);
  }

  private static String number(double value) {
    if (value == Double.MAX_VALUE) {
      return "";
    }
    return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
  }

  private static String join(String path, String key) {
    return path.isEmpty() ? key : path + "." + key;
  }
}
