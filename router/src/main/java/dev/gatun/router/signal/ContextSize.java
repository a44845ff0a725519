package dev.gatun.router.signal;

import dev.gatun.router.model.Compatibility;
import dev.gatun.router.model.Facts;
import dev.gatun.router.port.Answer;
import dev.gatun.router.port.Coverage;
import dev.gatun.router.port.Ports;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * A rule about how long a request is.
 *
 * @param name unique among context rules
 * @param minTokens least length
 * @param maxTokens greatest length; {@link #OPEN} for any
 */
public record ContextSize(String name, long minTokens, long maxTokens) implements SignalRule {
  public static final long OPEN = Long.MAX_VALUE;

  private static final String NUMBER_SIGNS = "+-.eE";
  private static final double BOUND_MAX = 1e15;

  @Override
  public Family family() {
    return Family.CONTEXT;
  }

  public SignalKey key() {
    return new SignalKey(Family.CONTEXT, name);
  }

  /**
   * Reads a bound: a number, possibly with K for thousands or M for millions, fractions of a token
   * cut off; the empty text is 0. Empty when it is no bound.
   */
  public static OptionalLong bound(String written) {
    String text = written.strip();
    if (text.isEmpty()) {
      return OptionalLong.of(0);
    }
    double scale =
        switch (text.charAt(text.length() - 1)) {
          case 'k', 'K' -> 1e3;
          case 'm', 'M' -> 1e6;
          default -> 1;
        };
    OptionalDouble number = number(scale == 1 ? text : text.substring(0, text.length() - 1));
    if (number.isEmpty() || Math.abs(number.getAsDouble() * scale) > BOUND_MAX) {
      return OptionalLong.empty();
    }
    return OptionalLong.of((long) (number.getAsDouble() * scale));
  }

  private static OptionalDouble number(String text) {
    if (!text.chars().allMatch(c -> (c >= '0' && c <= '9') || NUMBER_SIGNS.indexOf(c) >= 0)) {
      return OptionalDouble.empty();
    }
    try {
      return OptionalDouble.of(Double.parseDouble(text));
    } catch (NumberFormatException e) {
      return OptionalDouble.empty();
    }
  }

  /** All context rules of a configuration. Immutable. */
  public record Evaluator(List<ContextSize> rules, Compatibility compatibility)
      implements FamilyEvaluator {
    public Evaluator {
      rules = List.copyOf(rules);
    }

    @Override
    public Answer<Coverage> evaluate(Facts facts, Ports ports, SignalHits.Recorder recorder) {
      long tokens = ports.tokens().estimate("").tokens(facts.contextTexts(compatibility));
      for (ContextSize rule : matching(tokens)) {
        recorder.match(rule.key(), 1);
      }
      // v0.3 tells no value of this family.
      if (compatibility == Compatibility.GATUN) {
        rules.forEach(rule -> recorder.value(rule.key(), (double) tokens));
      }
      return Answer.of(Coverage.NONE);
    }

    /** A count is certain, whatever it is compared with. */
    @Override
    public OptionalDouble confidence(SignalHits.Recorder recorded) {
      return OptionalDouble.of(1);
    }

    /** The rules that hold for a length, in declaration order. */
    public List<ContextSize> matching(long tokens) {
      return rules.stream()
          .filter(rule -> rule.minTokens <= tokens && tokens <= rule.maxTokens)
          .toList();
    }
  }
}
