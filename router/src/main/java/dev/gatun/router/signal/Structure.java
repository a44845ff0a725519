package dev.gatun.router.signal;

import dev.gatun.router.model.Compatibility;
import dev.gatun.router.model.Facts;
import dev.gatun.router.port.Answer;
import dev.gatun.router.port.Coverage;
import dev.gatun.router.port.Ports;
import dev.gatun.router.text.Blanks;
import dev.gatun.router.text.FoldableText;
import dev.gatun.router.text.KeywordCounter;
import dev.gatun.router.text.LowerCase;
import dev.gatun.router.text.Pattern;
import dev.gatun.router.text.TextUnits;
import java.util.List;
import java.util.Optional;
import java.util.function.ToIntFunction;

/**
 * A rule about the form of a text: how often something occurs in it.
 *
 * @param name unique among structure rules
 * @param predicate what the measured number must be; without one, more than 0
 */
public record Structure(String name, Measure measure, Source source, Optional<Predicate> predicate)
    implements SignalRule {
  /** Steepness of the curve from a distance to a confidence. */
  private static final double STEEPNESS = 4;

  public Structure {
    if (measure == Measure.SEQUENCE && !(source instanceof Sequences)) {
      throw new IllegalArgumentException("a sequence is measured on sequences only");
    }
    if (measure == Measure.EXISTS && predicate.isPresent()) {
      throw new IllegalArgumentException("what exists has no predicate");
    }
  }

  /** Which number is taken. */
  public enum Measure {
    /** 1 when there is one, else 0. */
    EXISTS,
    /** How many there are. */
    COUNT,
    /** How many there are per unit of text, see {@link TextUnits}. */
    DENSITY,
    /** 1 when the markers occur in their order, else 0. */
    SEQUENCE
  }

  /** What is counted. */
  public sealed interface Source {}

  /**
   * Occurrences of a pattern.
   *
   * @param regex in RE2 syntax
   */
  public record Matches(String regex, boolean caseSensitive) implements Source {}

  /** Occurrences of keywords, see {@link KeywordCounter}. */
  public record Keywords(List<String> keywords, boolean caseSensitive) implements Source {
    public Keywords {
      keywords = List.copyOf(keywords);
    }
  }

  /** One, when the markers of one of the lists occur behind one another. */
  public record Sequences(List<List<String>> markers, boolean caseSensitive) implements Source {
    public Sequences {
      markers = markers.stream().map(List::copyOf).toList();
    }
  }

  @Override
  public Family family() {
    return Family.STRUCTURE;
  }

  public SignalKey key() {
    return new SignalKey(Family.STRUCTURE, name);
  }

  private boolean holds(double value) {
    return predicate.map(p -> p.holds(value)).orElse(value > 0);
  }

  /** 1 without a predicate; else 0.5 at the bound and more the farther the value is from it. */
  private double confidence(double value) {
    return predicate.map(p -> 1 / (1 + Math.exp(-STEEPNESS * p.distance(value)))).orElse(1.0);
  }

  /**
   * What a rule found in a text.
   *
   * @param confidence 0.5 to 1 when matched, else 0
   */
  public record Measured(Structure rule, double value, boolean matched, double confidence) {}

  /** All structure rules of a configuration, compiled. Immutable and safe to share. */
  public static final class Evaluator implements FamilyEvaluator {
    private final List<Rule> rules;
    private final Compatibility compatibility;

    private record Rule(Structure structure, ToIntFunction<FoldableText> counter) {}

    /**
     * Compiles the rules.
     *
     * @throws IllegalArgumentException when a pattern is malformed; the message says why
     */
    public Evaluator(List<Structure> rules, Compatibility compatibility) {
      this.compatibility = compatibility;
      this.rules =
          rules.stream().map(rule -> new Rule(rule, counter(rule.measure, rule.source))).toList();
    }

    @Override
    public Answer<Coverage> evaluate(Facts facts, Ports ports, SignalHits.Recorder recorder) {
      for (Measured measured : measure(facts.evaluationText())) {
        if (measured.matched) {
          recorder.match(measured.rule.key(), measured.confidence);
        }
        // v0.3 tells the value of a match alone.
        if (measured.matched || compatibility == Compatibility.GATUN) {
          recorder.value(measured.rule.key(), measured.value);
        }
      }
      return Answer.of(Coverage.NONE);
    }

    /** What every rule found, in declaration order; nothing in a blank text. */
    public List<Measured> measure(String text) {
      if (Blanks.areAll(text)) {
        return List.of();
      }
      FoldableText foldable = new FoldableText(text);
      return rules.stream().map(rule -> measure(rule, foldable)).toList();
    }

    private static Measured measure(Rule rule, FoldableText text) {
      int count = rule.counter.applyAsInt(text);
      double value =
          switch (rule.structure.measure) {
            case EXISTS, SEQUENCE -> Math.min(count, 1);
            case COUNT -> count;
            case DENSITY -> count == 0 ? 0 : density(count, text.units());
          };
      boolean matched = rule.structure.holds(value);
      double confidence = matched ? rule.structure.confidence(value) : 0;
      return new Measured(rule.structure, value, matched, confidence);
    }

    private static double density(int count, int units) {
      return units == 0 ? 0 : (double) count / units;
    }

    private static ToIntFunction<FoldableText> counter(Measure measure, Source source) {
      return switch (source) {
        case Matches(String regex, boolean caseSensitive) -> {
          Pattern pattern = Pattern.compile(regex, caseSensitive);
          yield measure == Measure.EXISTS ? text -> pattern.occursIn(text) ? 1 : 0 : pattern::count;
        }
        case Keywords(List<String> keywords, boolean caseSensitive) ->
            new KeywordCounter(keywords, caseSensitive)::count;
        case Sequences(List<List<String>> markers, boolean caseSensitive) -> {
          List<List<String>> searched =
              caseSensitive
                  ? markers
                  : markers.stream()
                      .map(list -> list.stream().map(LowerCase::of).toList())
                      .toList();
          yield text -> occurs(searched, text.as(caseSensitive)) ? 1 : 0;
        }
      };
    }

    private static boolean occurs(List<List<String>> sequences, String text) {
      return sequences.stream().anyMatch(markers -> isInOrder(markers, text));
    }

    /** Whether each marker occurs behind the end of the one before it. */
    private static boolean isInOrder(List<String> markers, String text) {
      int from = 0;
      for (String marker : markers) {
        int at = text.indexOf(marker, from);
        if (at < 0) {
          return false;
        }
        from = at + marker.length();
      }
      return true;
    }
  }
}
