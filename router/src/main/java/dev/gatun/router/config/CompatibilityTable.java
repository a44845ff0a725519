package dev.gatun.router.config;

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
import dev.gatun.router.signal.Family;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What this build does with every key of a configuration file, as a document. It is written from
 * the schema that the loader checks with, so it cannot say anything else than what happens.
 */
public final class CompatibilityTable {
  private static final String INTRODUCTION =
      """
      # Compatibility

      What this build does with the configuration of v0.3: written from the code by
      `./gatun config schema --format markdown`, never by hand.

      - *runs*: acted upon.
      - *not run yet*: validated in full; `validate` and `eval` say so once per use, and `serve`
        refuses to start without `--allow-unsupported`.
      - *no effect*: accepted with a warning.
      - *not read yet*: a fact for features that do not run yet; accepted with one warning.
      - *refused*: an error that says what to write instead.
      """;

  /** A mapping of fewer keys is written out again instead of being referred to. */
  private static final int REFERRED_FROM = 4;

  private static final String RUNS = "runs";
  private static final String WAITS = "not run yet";

  private final StringBuilder text = new StringBuilder(INTRODUCTION);

  /** Where mappings are written out, those that run and those inside something that does not. */
  private final Map<Keys, String> running = new HashMap<>();

  private final Map<Keys, String> waiting = new HashMap<>();

  private CompatibilityTable() {}

  /** The document, in Markdown. */
  public static String markdown() {
    CompatibilityTable table = new CompatibilityTable();
    table.families();
    table.choices("Algorithms of decisions", Forms.algorithms(), DecisionSchema.ALGORITHMS_RUNNING);
    table.choices("Plugins of decisions", DecisionSchema.PLUGINS, DecisionSchema.PLUGINS_RUNNING);
    table.keys();
    table.payloads();
    return table.text.toString();
  }

  private void families() {
    heading("Conditions of decisions", "Type", "Declared under", "State");
    for (Family family : Family.values()) {
      boolean projection = family == Family.PROJECTION;
      Field field =
          projection
              ? field(ProjectionSchema.PROJECTIONS, "mappings")
              : field(SignalSchema.SIGNALS, family.configKey());
      String place =
          projection ? "routing.projections.mappings" : "routing.signals." + family.configKey();
      row(code(family.type()), code(place), state(field.status(), field.shape()));
    }
  }

  private static Field field(Keys keys, String key) {
    Field field = keys.fields().get(key);
    if (field == null) {
      throw new IllegalStateException("the schema has no key " + key);
    }
    return field;
  }

  private void choices(String title, List<String> names, List<String> running) {
    heading(title, "Type", "State");
    names.forEach(name -> row(code(name), running.contains(name) ? RUNS : WAITS));
  }

  private void keys() {
    for (Field field : Schema.ROOT.fields().values()) {
      heading("Keys of " + code(field.key()), "Key", "Value", "State");
      tell(field.key(), field.shape(), field.status(), "");
    }
  }

  private void payloads() {
    heading("Keys of plugins", "Key", "Value", "State");
    PluginSchema.PAYLOADS.forEach((type, keys) -> {
      Status status =
          DecisionSchema.PLUGINS_RUNNING.contains(type)
              ? new Status.Runs()
              : new Status.Later("the plugin " + type);
      keys.fields()
          .values()
          .forEach(field -> tell(type + "." + field.key(), field.shape(), status, ""));
    });
  }

  /**
   * A key and everything below it.
   *
   * @param above the state of what it stands in, unless that runs
   */
  private void tell(String path, Shape shape, Status status, String above) {
    String state = above.isEmpty() ? state(status, shape) : above;
    String inherited = status instanceof Status.Runs ? above : state;
    row(code(path), form(shape, inherited), state);
    if (status instanceof Status.Gone) {
      return;
    }
    below(path, shape, inherited);
  }

  private void below(String path, Shape shape, String above) {
    switch (shape) {
      case Keys keys -> {
        if (!place(keys, above).isEmpty()) {
          return;
        }
        if (keys.fields().size() >= REFERRED_FROM) {
          (above.isEmpty() ? running : waiting).put(keys, path);
        }
        for (Field field : keys.fields().values()) {
          tell(path + "." + field.key(), Forms.of(keys, field), Forms.status(keys, field), above);
        }
      }
      case Entries(Shape value) -> below(path + ".*", value, above);
      case Items(Shape item) -> below(path + "[]", item, above);
      case Text(), Word _, Flag(), Whole _, Real _, Time(), Anything() -> {}
    }
  }

  private String form(Shape shape, String above) {
    return switch (shape) {
      case Keys keys -> "mapping" + place(keys, above);
      case Entries(Shape value) -> "mapping by name: " + form(value, above);
      case Items(Shape item) -> "list: " + form(item, above);
      case Word word -> String.join(", ", word.words().stream().map(Forms::code).toList());
      case Flag() -> "true or false";
      case Whole(long min, long max) -> "whole number" + range(bound(min), bound(max));
      case Real(double min, double max) -> "number" + range(bound(min), bound(max));
      case Time() -> "length of time";
      case Text() -> "text";
      case Anything() -> "any";
    };
  }

  /** Where the keys of a mapping are written out with the same states; empty when nowhere yet. */
  private String place(Keys keys, String above) {
    String path = running.getOrDefault(keys, above.isEmpty() ? "" : waiting.getOrDefault(keys, ""));
    return path.isEmpty() ? "" : ", as " + code(path);
  }

  private static String state(Status status, Shape shape) {
    return switch (status) {
      case Status.Runs() -> shape instanceof Word word ? words(word) : RUNS;
      case Status.Later(String feature) -> "not run yet: " + feature;
      case Status.Inert(String reason) -> "no effect: " + reason;
      case Status.Fact(String readers) -> "not read yet: " + readers;
      case Status.Gone(String replacement) -> "refused: " + replacement;
    };
  }

  private static String words(Word word) {
    List<String> others = new ArrayList<>(word.words());
    others.removeAll(word.running());
    if (others.isEmpty()) {
      return RUNS;
    }
    return word.running().isEmpty()
        ? WAITS
        : RUNS + "; not run yet: " + String.join(", ", others.stream().map(Forms::code).toList());
  }

  private static String range(String min, String max) {
    if (min.isEmpty()) {
      return max.isEmpty() ? "" : " up to " + max;
    }
    return max.isEmpty() ? " from " + min : " from " + min + " to " + max;
  }

  /** A bound in digits; empty for one that only the type has. */
  private static String bound(long value) {
    boolean none = value == Long.MAX_VALUE || Math.abs(value) >= Integer.MAX_VALUE;
    return none ? "" : Long.toString(value);
  }

  private static String bound(double value) {
    if (Math.abs(value) == Double.MAX_VALUE) {
      return "";
    }
    return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
  }

  private void heading(String title, String... columns) {
    text.append('\n').append("## ").append(title).append('\n').append('\n');
    row(columns);
    text.append("|---".repeat(columns.length)).append('|').append('\n');
  }

  private void row(String... cells) {
    text.append("| ").append(String.join(" | ", cells)).append(" |").append('\n');
  }

  private static String code(String words) {
    return Forms.code(words);
  }
}
