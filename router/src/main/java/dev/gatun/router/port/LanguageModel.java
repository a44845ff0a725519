package dev.gatun.router.port;

import dev.gatun.router.model.Message;
import java.util.List;

/**
 * What the core asks language models of other processes. Implementations are safe for use by many
 * threads, bound how long an answer may take and how large it may be, and never throw.
 */
public interface LanguageModel {
  /** What the model of a role writes in answer, never empty. */
  Answer<String> reply(Chat chat);

  /** Whether there is a model of a role. */
  boolean isThere(ModelRole role);

  /** The same for one tenant; see {@link Encoders#forTenant}. */
  default LanguageModel forTenant(String tenant) {
    return this;
  }

  /**
   * What a model is asked.
   *
   * @param role of the model that is to answer
   * @param turns what it is told, in order; not empty
   */
  record Chat(ModelRole role, List<Message> turns, Limits limits) {
    public Chat {
      if (turns.isEmpty()) {
        throw new IllegalArgumentException("a chat has one turn or more");
      }
      turns = List.copyOf(turns);
    }
  }

  /**
   * How a model answers.
   *
   * @param tokensMax of its answer, 1 or more
   * @param temperature 0 for the likeliest answer, more for others
   */
  record Limits(int tokensMax, double temperature) {
    /** Enough for a verdict with its reasons. */
    public static final int TOKENS = 512;

    public Limits {
      if (tokensMax < 1 || !(temperature >= 0)) {
        throw new IllegalArgumentException(
            "an answer has 1 token or more at a temperature of 0 or more, not "
                + tokensMax
                + " at "
                + temperature);
      }
    }

    public static Limits byDefault() {
      return new Limits(TOKENS, 0);
    }
  }

  /** No model: every question is answered with a failure. */
  static LanguageModel none() {
    return new LanguageModel() {
      @Override
      public Answer<String> reply(Chat chat) {
        return Answer.failed("no model with the role " + chat.role().word() + " is configured");
      }

      @Override
      public boolean isThere(ModelRole role) {
        return false;
      }
    };
  }
}
