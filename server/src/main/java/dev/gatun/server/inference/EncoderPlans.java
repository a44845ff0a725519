package dev.gatun.server.inference;

import dev.gatun.inference.Plan;
import dev.gatun.inference.Plan.Step;
import dev.gatun.router.port.EncoderPlan;
import java.util.List;

/** Plans of native calls in the words of the router. */
final class EncoderPlans {
  private EncoderPlans() {}

  /**
   * How a model computes answers.
   *
   * @param signals types of the signals that they are for
   */
  static EncoderPlan of(String model, List<String> signals, Plan plan) {
    int tasks = Math.max(1, plan.tasks().size());
    return new EncoderPlan(
        model,
        signals,
        plan.name(),
        plan.layers(),
        plan.steps().getFirst().rows(),
        passes(plan),
        (double) tasks * plan.layers(),
        plan.cost(),
        plan.separate());
  }

  /** Rows of all layers, measured by those of the first. */
  private static double passes(Plan plan) {
    List<Step> steps = plan.steps();
    double rows = 0;
    for (int i = 0; i < steps.size(); i++) {
      int end = i + 1 < steps.size() ? steps.get(i + 1).layer() : plan.layers();
      rows += (double) (end - steps.get(i).layer()) * steps.get(i).rows();
    }
    return rows / steps.getFirst().rows();
  }
}
