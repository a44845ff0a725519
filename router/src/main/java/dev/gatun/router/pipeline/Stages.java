package dev.gatun.router.pipeline;

import dev.gatun.router.algorithm.Algorithm;
import dev.gatun.router.config.GlobalSettings;
import dev.gatun.router.config.Profile;
import dev.gatun.router.config.RouterConfig;
import dev.gatun.router.config.Routing;
import dev.gatun.router.config.Routing.Policy;
import dev.gatun.router.decision.Contest;
import dev.gatun.router.decision.DecisionStage;
import dev.gatun.router.model.Compatibility;
import dev.gatun.router.port.Ports;
import dev.gatun.router.projection.EmbeddingCut;
import dev.gatun.router.projection.ProjectionStage;
import dev.gatun.router.signal.EmbeddingRule;
import dev.gatun.router.signal.Family;
import dev.gatun.router.signal.Interest;
import dev.gatun.router.signal.SignalStage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One profile, ready to be run. Immutable and safe to share.
 *
 * @param plan what it was made from
 * @param interest in families that ask models
 * @param algorithms by which a decision chooses among its candidates, by its name
 */
record Stages(
    Profile profile,
    Plan plan,
    SignalStage signals,
    Interest interest,
    ProjectionStage projections,
    DecisionStage decisions,
    Map<String, Algorithm> algorithms) {

  static Stages plan(Profile profile, RouterConfig config, Ports ports) {
    Routing routing = profile.routing();
    GlobalSettings global = config.global();
    Plan plan = Plan.of(routing, global);
    ProjectionStage projections = projections(plan, routing, plan.families());
    Map<String, Algorithm> algorithms = new HashMap<>();
    for (Policy policy : routing.policies()) {
      algorithms.put(policy.decision().name(), policy.algorithm());
    }
    return new Stages(
        profile,
        plan,
        SignalStage.plan(plan.table(), plan.rules(), plan.settings(), plan.families(), ports),
        interest(plan, config, routing, projections),
        projections,
        new DecisionStage(
            plan.table(),
            routing.decisions(),
            config.strategy(routing),
            global.router().compatibility()),
        algorithms);
  }

  /** The same, evaluated for more than its decisions need; they decide as before. */
  Stages wider(Breadth breadth) {
    Set<Family> families = plan.families(breadth, profile.routing());
    boolean everything = breadth == Breadth.EVERYTHING;
    return new Stages(
        profile,
        plan,
        signals.with(plan.rules(), families, everything),
        interest,
        projections(plan, profile.routing(), families),
        decisions,
        algorithms);
  }

  private static ProjectionStage projections(Plan plan, Routing routing, Set<Family> asked) {
    return new ProjectionStage(
        plan.table(),
        routing.projections(),
        asked,
        cut(plan, plan.settings().comparison().embedding().topK()),
        plan.settings().compatibility());
  }

  /** The best of each modality are kept; v0.3 keeps the best of all (spec signals §6). */
  private static EmbeddingCut cut(Plan plan, int most) {
    if (plan.settings().compatibility() == Compatibility.UPSTREAM_0_3) {
      return EmbeddingCut.to(most);
    }
    Map<String, String> groups = new HashMap<>();
    plan.rules()
        .of(EmbeddingRule.class)
        .forEach(rule -> groups.put(rule.name(), rule.modality().word()));
    return new EmbeddingCut(most, groups);
  }

  private static Interest interest(
      Plan plan, RouterConfig config, Routing routing, ProjectionStage projections) {
    if (!plan.settings().lazy()) {
      return Interest.inAll();
    }
    Contest contest =
        new Contest(
            plan.table(),
            routing.decisions(),
            config.strategy(routing),
            plan.settings().compatibility());
    return Undecided.of(routing, projections, contest);
  }

  /** What an operator should know of how it was made ready, one line each. */
  List<String> notices() {
    List<String> notices = new ArrayList<>(signals.notices());
    notices.addAll(
        LikeMembers.notices(
            profile.routing().projections().partitions(), signals.means(Family.EMBEDDING)));
    String prefix = profile.isDefault() ? "" : "recipe " + profile.name() + ": ";
    return notices.stream().map(notice -> prefix + notice).toList();
  }
}
