package dev.gatun.router.config;

import dev.gatun.router.algorithm.Static;
import dev.gatun.router.config.Routing.Policy;
import dev.gatun.router.decision.Decision;
import dev.gatun.router.model.Compatibility;
import dev.gatun.router.model.ModelCard;
import dev.gatun.router.model.ModelRef;
import dev.gatun.router.projection.Boost;
import dev.gatun.router.projection.Projections;
import dev.gatun.router.projection.Uses;
import dev.gatun.router.rule.Rule;
import dev.gatun.router.signal.Domain;
import dev.gatun.router.signal.Family;
import dev.gatun.router.signal.SignalKey;
import dev.gatun.router.signal.SignalRule;
import dev.gatun.router.signal.SignalRules;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Reads {@code routing}, that of the file or of a recipe. */
final class RoutingDecoder {
  private final ShapeCheck check;
  private final CardDecoder cards;
  private final Providers providers;
  private final KnowledgeBases knowledge;
  private final Compatibility compatibility;
  private final SignalDecoder signalRules;

  RoutingDecoder(
      ShapeCheck check,
      CardDecoder cards,
      Providers providers,
      KnowledgeBases knowledge,
      Compatibility compatibility,
      SignalDecoder signalRules) {
    this.check = check;
    this.cards = cards;
    this.providers = providers;
    this.knowledge = knowledge;
    this.compatibility = compatibility;
    this.signalRules = signalRules;
  }

  Routing routing(Section section) {
    Section signals = section.section("signals");
    List<SignalRule> declared = new ArrayList<>(signalRules.rules(signals));
    DeclaredNames names = DeclaredNames.of(section);
    RuleDecoder rules = new RuleDecoder(check, names, compatibility);
    List<Boost> boosts = new ArrayList<>();
    List<Decision> decisions = decisions(section, rules, boosts);
    Projections projections =
        new ProjectionDecoder(rules, names, knowledge).projections(section, boosts);
    if (declared.stream().noneMatch(Domain.class::isInstance)) {
      declared.addAll(implied(decisions));
    }
    SignalRules all = new SignalRules(declared);
    Static algorithm = new Static(scores(all.of(Domain.class)));
    List<Policy> policies =
        decisions.stream().map(decision -> new Policy(decision, algorithm)).toList();
    return new Routing(
        all,
        projections,
        policies,
        families(decisions, projections),
        GlobalDecoder.strategy(section));
  }

  private Set<Family> families(List<Decision> decisions, Projections projections) {
    List<Rule> rules = decisions.stream().map(Decision::rule).toList();
    Set<Family> families = new TreeSet<>();
    Uses.of(rules, projections, compatibility).forEach(key -> families.add(key.family()));
    families.remove(Family.PROJECTION);
    return families;
  }

  private List<Decision> decisions(Section routing, RuleDecoder rules, List<Boost> boosts) {
    List<Decision> decisions = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (Section section : routing.sections("decisions")) {
      Optional<String> name = section.text("name");
      if (name.isEmpty()) {
        section.unnoticed("name", "a decision needs a name", "write a name that no other has");
      } else if (!names.add(name.get())) {
        section.unnoticed(
            "name", "the decision \"" + name.get() + "\" is declared twice", "rename one");
      }
      Decision decision = decision(section, name.orElse(""), rules);
      if (section.has("boost")) {
        boosts.add(BoostDecoder.boost(routing, section, decision));
      } else {
        decisions.add(decision);
      }
    }
    return decisions;
  }

  private Decision decision(Section section, String name, RuleDecoder rules) {
    Rule rule = rules.root(section, name);
    List<ModelRef> candidates = candidates(section, name);
    new AlgorithmDecoder(cards).check(section, name);
    IterationDecoder.check(section, name);
    List<String> plugins = new PluginDecoder(check).plugins(section, name);
    return new Decision(
        name,
        section.text("description").orElse(""),
        section.integer("priority").orElse(0),
        section.integer("tier").orElse(0),
        rule,
        candidates,
        EmitDecoder.retention(section),
        plugins);
  }

  private List<ModelRef> candidates(Section decision, String name) {
    List<ModelRef> candidates = new ArrayList<>();
    for (Section section : decision.sections("modelRefs")) {
      Optional<String> model = section.text("model");
      if (model.isEmpty()) {
        section.error(
            "model",
            "a candidate of decision \"" + name + "\" needs a model",
            "write model: with the name of a model card");
        continue;
      }
      checkCandidate(section, model.get(), name);
      candidates.add(
          new ModelRef(
              model.get(),
              section.text("lora_name"),
              section.real("weight").orElse(0),
              section.flag("use_reasoning"),
              section.text("reasoning_effort")));
    }
    return candidates;
  }

  private void checkCandidate(Section section, String model, String decision) {
    Optional<ModelCard> card = cards.serving(model);
    if (card.isEmpty()) {
      String message =
          "decision \"" + decision + "\" names the model \"" + model + "\", which has no card";
      String hint = Report.didYouMean(model, cards.names(), "declare it in routing.modelCards");
      if (section.has("lora_name")) {
        section.error("model", message, hint);
      } else {
        section.unnoticed("model", message, hint);
      }
      return;
    }
    Optional<Providers.Model> served = providers.model(card.get().name());
    served.ifPresent(at -> ReasoningCheck.of(section, at));
    if (served.isEmpty()) {
      String message = "the model \"" + card.get().name() + "\" has no entry in providers.models";
      String hint = "say there where it is served";
      switch (compatibility) {
        case GATUN -> section.error("model", message, hint);
        case UPSTREAM_0_3 -> section.warning("model", message, hint);
      }
    }
    section
        .text("lora_name")
        .filter(lora -> card.get().loras().stream().noneMatch(l -> l.name().equals(lora)))
        .ifPresent(lora ->
            section.error(
                "lora_name",
                "the card of \"" + model + "\" has no adapter \"" + lora + "\"",
                Report.didYouMean(
                    lora,
                    card.get().loras().stream().map(ModelCard.Lora::name).toList(),
                    "list it under loras of routing.modelCards")));
  }

  /** Without declared domains every referenced name is one, of the category other. */
  private static List<Domain> implied(List<Decision> decisions) {
    TreeSet<String> names = new TreeSet<>();
    decisions.stream()
        .flatMap(decision -> decision.rule().keys())
        .filter(key -> key.family() == Family.DOMAIN)
        .map(SignalKey::name)
        .forEach(names::add);
    return names.stream()
        .map(
            name -> new Domain(name, name, List.of("other"), Map.of(), Optional.empty(), List.of()))
        .toList();
  }

  private static Map<String, Map<String, Double>> scores(List<Domain> domains) {
    Map<String, Map<String, Double>> scores = new HashMap<>();
    for (Domain domain : domains) {
      if (!domain.modelScores().isEmpty()) {
        scores.put(domain.name(), domain.modelScores());
      }
    }
    return scores;
  }
}
