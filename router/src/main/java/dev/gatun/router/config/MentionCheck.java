package dev.gatun.router.config;

import dev.gatun.router.config.Node.Scalar;
import dev.gatun.router.decision.Decision;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Names of models and decisions outside the decisions themselves: there must be such a one. */
final class MentionCheck {
  private static final String ANY = "*";

  private final List<String> models;
  private final List<String> decisions;

  private MentionCheck(RouterConfig config) {
    models = new ArrayList<>();
    config
        .cards()
        .forEach(card -> {
          models.add(card.name());
          card.loras().forEach(lora -> models.add(lora.name()));
        });
    decisions =
        config.profiles().stream()
            .flatMap(profile -> profile.routing().decisions().stream())
            .map(Decision::name)
            .toList();
  }

  static void of(Section root, RouterConfig config, List<ReadProfile> profiles) {
    MentionCheck check = new MentionCheck(config);
    for (ReadProfile profile : profiles) {
      for (Section domain : profile.signals().sections("domains")) {
        check.models(domain.sections("model_scores"), "model");
      }
    }
    Section global = root.section("global");
    Section tables = global.section("router").section("model_selection").section("lookup_tables");
    check.models(tables.sections("quality_gaps"), "current_model", "candidate_model");
    check.models(tables.sections("handoff_penalties"), "from_model", "to_model");
    Section looper = global.section("integrations").section("looper");
    looper
        .textsByKey("model_endpoints")
        .keySet()
        .forEach(name -> check.model(looper, "model_endpoints", name));
    for (Section limit : global.section("services").section("ratelimit").sections("providers")) {
      for (Section rule : limit.sections("rules")) {
        check.models(List.of(rule.section("match")), "model");
      }
    }
    Section memory = global.section("stores").section("memory");
    memory.texts("disabled_models").forEach(name -> check.model(memory, "disabled_models", name));
    for (Scalar route : memory.scalars("disabled_routes")) {
      if (!check.decisions.contains(route.text())) {
        memory.warning(
            "disabled_routes",
            "there is no decision \"" + route.shown() + "\"",
            Report.didYouMean(route.text(), check.decisions, "name one of routing.decisions"));
      }
    }
  }

  private void models(List<Section> sections, String... keys) {
    for (Section section : sections) {
      for (String key : keys) {
        Optional<String> name = section.text(key);
        name.ifPresent(model -> model(section, key, model));
      }
    }
  }

  private void model(Section section, String key, String name) {
    if (!name.isEmpty() && !name.equals(ANY) && !models.contains(name)) {
      section.warning(
          key,
          "there is no model \"" + name + "\"",
          Report.didYouMean(name, models, "name one of routing.modelCards"));
    }
  }
}
