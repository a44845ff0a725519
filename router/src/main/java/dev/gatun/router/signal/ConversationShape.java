package dev.gatun.router.signal;

import dev.gatun.router.model.Compatibility;
import dev.gatun.router.model.Facts;
import dev.gatun.router.model.TurnCounts;
import dev.gatun.router.port.Answer;
import dev.gatun.router.port.Coverage;
import dev.gatun.router.port.Ports;
import java.util.List;
import java.util.OptionalDouble;

/**
 * A rule about how many messages or tools a conversation has.
 *
 * @param name unique among conversation rules
 */
public record ConversationShape(String name, Source source, Test test) implements SignalRule {
  /** What is counted. */
  public enum Source {
    MESSAGES,
    USER_MESSAGES,
    ASSISTANT_MESSAGES,
    SYSTEM_MESSAGES,
    DEVELOPER_MESSAGES,
    TOOL_MESSAGES,
    NON_USER_MESSAGES,
    TOOL_DEFINITIONS,
    TOOL_CALLS,
    TOOL_CYCLES;

    int of(TurnCounts counts) {
      return switch (this) {
        case MESSAGES -> counts.messages();
        case USER_MESSAGES -> counts.user();
        case ASSISTANT_MESSAGES -> counts.assistant();
        case SYSTEM_MESSAGES -> counts.system();
        case DEVELOPER_MESSAGES -> counts.developer();
        case TOOL_MESSAGES -> counts.tool();
        case NON_USER_MESSAGES -> counts.nonUser();
        case TOOL_DEFINITIONS -> counts.toolDefinitions();
        case TOOL_CALLS -> counts.toolCalls();
        case TOOL_CYCLES -> counts.toolCycles();
      };
    }
  }

  /** When the count is a match. */
  public sealed interface Test {}

  /** When there is one; the value is then 1. */
  public record Exists() implements Test {}

  /** When the predicate holds; the value is the count. */
  public record Count(Predicate predicate) implements Test {}

  @Override
  public Family family() {
    return Family.CONVERSATION;
  }

  public SignalKey key() {
    return new SignalKey(Family.CONVERSATION, name);
  }

  /** All conversation rules of a configuration. Immutable. */
  public record Evaluator(List<ConversationShape> rules, Compatibility compatibility)
      implements FamilyEvaluator {
    public Evaluator {
      rules = List.copyOf(rules);
    }

    @Override
    public Answer<Coverage> evaluate(Facts facts, Ports ports, SignalHits.Recorder recorder) {
      evaluate(facts.counts(), recorder);
      return Answer.of(Coverage.NONE);
    }

    /** A count is certain, whatever it is compared with. */
    @Override
    public OptionalDouble confidence(SignalHits.Recorder recorded) {
      return OptionalDouble.of(1);
    }

    /** Records the rules that hold for these counts, and what all of them counted. */
    public void evaluate(TurnCounts counts, SignalHits.Recorder recorder) {
      for (ConversationShape rule : rules) {
        int count = rule.source.of(counts);
        boolean matched =
            switch (rule.test) {
              case Exists() -> count > 0;
              case Count(Predicate predicate) -> predicate.holds(count);
            };
        if (matched) {
          recorder.match(rule.key(), 1);
        }
        // v0.3 tells the value of a match alone.
        if (matched || compatibility == Compatibility.GATUN) {
          recorder.value(rule.key(), rule.test instanceof Exists ? Math.min(count, 1) : count);
        }
      }
    }
  }
}
