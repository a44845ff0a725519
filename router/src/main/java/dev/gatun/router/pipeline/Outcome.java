package dev.gatun.router.pipeline;

import dev.gatun.router.model.ModelRef;
import java.util.List;
import java.util.Optional;

/** Who answers a request. */
public sealed interface Outcome {
  /**
   * The router chose.
   *
   * @param model logical name, or name of an adapter
   * @param method how it was chosen: {@code single}, {@code default} or an algorithm's name; empty
   *     when no decision matched and the default model answers
   * @param candidate the chosen entry of the decision, when there is one
   * @param notes for traces: how it was chosen, and which others were passed over
   */
  record Selected(String model, String method, Optional<ModelRef> candidate, List<String> notes)
      implements Outcome {
    public Selected {
      notes = List.copyOf(notes);
    }
  }

  /** The client named a model that exists; it is kept whatever was decided. */
  record Kept(String model) implements Outcome {}

  /**
   * The client named a model that does not exist.
   *
   * @param near known names like it, nearest first
   */
  record UnknownModel(String requested, List<String> near) implements Outcome {
    public UnknownModel {
      near = List.copyOf(near);
    }
  }

  /**
   * Nobody may answer, because nobody says who asks.
   *
   * @param reason for the client, naming the setting at fault
   */
  record Denied(String reason) implements Outcome {}

  /**
   * The client asked for routing, nothing matched, and there is no default model.
   *
   * @param alias the automatic name that was asked for
   */
  record NoModel(String alias) implements Outcome {
    /** One line for the client and the operator. */
    public String reason() {
      return "no decision chose a model for '"
          + alias
          + "' and providers.defaults.default_model is not set";
    }
  }

  /** Nobody waits for an answer any more; what was found so far decides nothing. */
  record Withdrawn() implements Outcome {}

  /**
   * Nobody answers: a safety rule that says {@code on_error: fail} could not judge the request.
   *
   * @param reason one line for the operator
   */
  record Refused(String reason) implements Outcome {}

  /**
   * Nobody answers now: models that its signals need take no more. It may come again.
   *
   * @param reason one line for the operator
   */
  record Overloaded(String reason) implements Outcome {}

  /**
   * Nobody answers: models that its signals need can never take so much. It need not come again.
   *
   * @param reason one line for the client
   */
  record TooLarge(String reason) implements Outcome {}
}
