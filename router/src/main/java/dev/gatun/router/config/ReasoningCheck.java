package dev.gatun.router.config;

import dev.gatun.router.config.Providers.Model;
import dev.gatun.router.config.Providers.ReasoningFamily;

/** What a candidate says of reasoning that nothing tells its model. */
final class ReasoningCheck {
  private static final String USE = "use_reasoning";
  private static final String EFFORT = "reasoning_effort";

  private ReasoningCheck() {}

  static void of(Section candidate, Model model) {
    boolean isOn = candidate.flag(USE, false);
    if (isOn && model.reasoningFamily().isEmpty()) {
      candidate.warning(
          USE,
          "the model \"" + model.name() + "\" cannot be told to reason: it has no reasoning_family",
          "write its reasoning_family under providers.models, or remove this key");
    } else if (candidate.has(EFFORT) && !isOn) {
      candidate.warning(
          EFFORT,
          "this effort is never asked for: the candidate is not to reason",
          "write use_reasoning: true, or remove this key");
    } else if (candidate.has(EFFORT)
        && model
            .reasoningFamily()
            .map(ReasoningFamily::kind)
            .filter(kind -> !kind.takesEffort())
            .isPresent()) {
      candidate.warning(
          EFFORT,
          "models of this family are told whether to reason, not how much",
          "remove this key");
    }
  }
}
