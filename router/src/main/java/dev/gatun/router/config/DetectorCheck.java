package dev.gatun.router.config;

import dev.gatun.router.decision.Decision;
import dev.gatun.router.model.ModelCard;
import dev.gatun.router.rule.Rule;
import dev.gatun.router.signal.DetectorSettings;
import dev.gatun.router.signal.Family;
import dev.gatun.router.signal.SignalKey;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** What decisions ask of detectors and of the models that act upon them. */
final class DetectorCheck {
  private static final Rule BOTH = Rule.on(new SignalKey(Family.MODALITY, "BOTH"));

  private DetectorCheck() {}

  static void of(ReadProfile profile) {
    enabled(profile);
    pictures(profile);
  }

  /** A detector that is switched off answers nothing, so nobody starts so by mistake (§0.2). */
  private static void enabled(ReadProfile profile) {
    DetectorSettings detectors = profile.config().global().detectors();
    Set<Family> used = profile.routing().families();
    Section modules = profile.root().section("global").section("model_catalog").section("modules");
    boolean degraded = profile.config().global().router().degradedStart();
    if (used.contains(Family.MODALITY) && !detectors.modality().enabled()) {
      off(modules, "modality_detector", Family.MODALITY, degraded);
    }
    if (used.contains(Family.JAILBREAK) && !detectors.jailbreak().enabled()) {
      off(modules, "prompt_guard", Family.JAILBREAK, degraded);
    }
    if (used.contains(Family.USER_FEEDBACK) && !detectors.userFeedback().enabled()) {
      off(modules, "feedback_detector", Family.USER_FEEDBACK, degraded);
    }
  }

  private static void off(Section modules, String key, Family family, boolean degradedStart) {
    String message = "decisions use " + family.type() + " signals, but " + key + " is not enabled";
    String hint = "write " + key + ": {enabled: true} with what it needs, or remove these rules";
    if (degradedStart) {
      modules.warning(key, message, hint);
    } else {
      modules.notRun(key, message, hint + "; --allow-unsupported starts without");
    }
  }

  /** Text and a picture in one answer need a model that makes both, or one for each. */
  private static void pictures(ReadProfile profile) {
    List<Section> sections = profile.winning();
    for (int i = 0; i < sections.size(); i++) {
      Decision decision = profile.decisions().get(i);
      if (!conditions(decision.rule()).contains(BOTH)) {
        continue;
      }
      Set<String> made = new TreeSet<>();
      decision
          .candidates()
          .forEach(candidate -> modality(profile.config(), candidate.model()).ifPresent(made::add));
      if (!made.contains("omni") && !made.containsAll(Set.of("ar", "diffusion"))) {
        sections
            .get(i)
            .error(
                "modelRefs",
                "the decision \""
                    + decision.name()
                    + "\" is for modality BOTH, and none of its models makes text and pictures",
                "name a model whose card says modality: omni, or one of ar and one of diffusion");
      }
    }
  }

  private static List<Rule> conditions(Rule rule) {
    return switch (rule) {
      case Rule.All(List<Rule> of) -> of;
      case Rule.Any(List<Rule> of) -> of;
      case Rule.Not(Rule of) -> List.of(of);
      case Rule.Despite(Rule leaf, Family _, boolean _) -> List.of(leaf);
      case Rule.On on -> List.of(on);
      case Rule.Measured measured -> List.of(measured);
    };
  }

  private static Optional<String> modality(RouterConfig config, String model) {
    return config.cards().stream()
        .filter(card -> card.name().equals(model))
        .findFirst()
        .flatMap(ModelCard::modality);
  }
}
