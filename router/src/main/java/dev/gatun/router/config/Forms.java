package dev.gatun.router.config;

import static dev.gatun.router.config.Shape.word;

import dev.gatun.router.config.Providers.ReasoningFamily;
import dev.gatun.router.config.Shape.Field;
import dev.gatun.router.config.Shape.Keys;
import dev.gatun.router.config.Shape.Status;
import dev.gatun.router.config.Shape.Word;
import dev.gatun.router.pii.PersonalPattern;
import dev.gatun.router.signal.Family;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a value may be, for readers outside this package: the schema's shape, or the narrower one
 * that a decoder checks because it has more to say about a mistake.
 */
final class Forms {
  private static final Word CONDITION_TYPE = word(Family.types().toArray(String[]::new)).anyCased();
  private static final Word OPERATOR = word("AND", "OR", "NOT").anyCased();
  private static final Word ALGORITHM =
      word(algorithms().toArray(String[]::new))
          .anyCased()
          .runningOnly(DecisionSchema.ALGORITHMS_RUNNING.toArray(String[]::new));
  private static final Word PLUGIN =
      word(DecisionSchema.PLUGINS.toArray(String[]::new))
          .runningOnly(DecisionSchema.PLUGINS_RUNNING.toArray(String[]::new));

  private static final Word SCORE_INPUT =
      word(Stream.concat(Family.types().stream(), Stream.of(ScoreDecoder.METRIC))
              .toArray(String[]::new))
          .anyCased();
  private static final Word PII_PATTERN =
      word(PersonalPattern.builtInNames().toArray(String[]::new));
  private static final Word REASONING_FAMILY =
      word(ReasoningFamily.Kind.words().toArray(String[]::new));

  private Forms() {}

  /** The form of the value of one key of a mapping. */
  static Shape of(Keys keys, Field field) {
    if (keys.equals(DecisionSchema.RULE)) {
      return switch (field.key()) {
        case "type" -> CONDITION_TYPE;
        case "operator" -> OPERATOR;
        case "conditions" -> Shape.list(DecisionSchema.RULE);
        default -> field.shape();
      };
    }
    if (keys.equals(SignalSchema.PII_PATTERN) && field.key().equals("builtin")) {
      return PII_PATTERN;
    }
    boolean type = field.key().equals("type");
    if (type && keys.equals(ProjectionSchema.SCORE_INPUT)) {
      return SCORE_INPUT;
    }
    if (type && keys.equals(Schema.REASONING_FAMILY)) {
      return REASONING_FAMILY;
    }
    if (type && keys.equals(DecisionSchema.ALGORITHM)) {
      return ALGORITHM;
    }
    return type && keys.equals(DecisionSchema.PLUGIN) ? PLUGIN : field.shape();
  }

  /**
   * What becomes of one key of a mapping. A block of an algorithm fares as the algorithm, and what
   * is told to plugins as the plugins: it runs when one of them does.
   */
  static Status status(Keys keys, Field field) {
    if (keys.equals(DecisionSchema.PLUGIN)
        && field.key().equals("configuration")
        && DecisionSchema.PLUGINS_RUNNING.isEmpty()) {
      return new Status.Later("plugins");
    }
    boolean block =
        keys.equals(DecisionSchema.ALGORITHM) && AlgorithmSchema.BLOCKS.containsKey(field.key());
    return block && !DecisionSchema.ALGORITHMS_RUNNING.contains(field.key())
        ? new Status.Later("the algorithm " + field.key())
        : field.status();
  }

  /** A word of a file, as Markdown marks it. */
  static String code(String word) {
    return "`" + word + "`";
  }

  /** Every algorithm that a decision can name. */
  static List<String> algorithms() {
    List<String> names = new ArrayList<>(DecisionSchema.ALGORITHMS_WITHOUT_BLOCK);
    names.addAll(AlgorithmSchema.BLOCKS.keySet());
    return names;
  }
}
