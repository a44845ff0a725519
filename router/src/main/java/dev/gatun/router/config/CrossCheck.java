package dev.gatun.router.config;

import dev.gatun.router.config.GlobalSettings.Overload;
import dev.gatun.router.signal.Domain;
import dev.gatun.router.signal.Family;
import dev.gatun.router.signal.Preference;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Problems that show only when the parts of a file are seen together. */
final class CrossCheck {
  private final Section root;

  private CrossCheck(Section root) {
    this.root = root;
  }

  static void of(Section root, RouterConfig config, List<ReadProfile> profiles) {
    CrossCheck check = new CrossCheck(root);
    check.automaticNames(config);
    check.defaultIsServed(config);
    check.fallbackCategory(config);
    check.overload(config);
    for (ReadProfile profile : profiles) {
      sharedNames(profile);
      missingDefault(profile);
      DetectorCheck.of(profile);
      DecisionCheck.of(profile);
      PartitionCheck.of(profile);
      identity(profile);
    }
    MentionCheck.of(root, config, profiles);
    PolicyCheck.of(root, config, profiles);
    profiles.forEach(ComparisonCheck::of);
    profiles.forEach(profile -> preferences(profile, config));
    ExternalCheck.of(root, config, profiles);
  }

  /** Without a text to compare with, likeness chooses among equals. */
  private static void preferences(ReadProfile profile, RouterConfig config) {
    List<Preference> rules = profile.routing().signals().of(Preference.class);
    boolean isLikeness =
        config.global().comparison().preference() instanceof Preference.Chooser.Likeness;
    if (isLikeness
        && !rules.isEmpty()
        && rules.stream().allMatch(rule -> rule.support().isEmpty())) {
      profile
          .signals()
          .sections(Family.PREFERENCE.configKey())
          .getFirst()
          .atStart(
              "examples",
              "no preference has a description or examples to compare texts with",
              "write some, or let a model of another process choose");
    }
  }

  /** A name in two families is legal, but traces and partitions cannot tell them apart. */
  private static void sharedNames(ReadProfile profile) {
    Section signals = profile.signals();
    Map<String, Family> seen = new HashMap<>();
    for (Family family : Family.values()) {
      if (family == Family.PROJECTION || family == Family.AUTHZ) {
        continue;
      }
      for (Section section : signals.sections(family.configKey())) {
        Optional<String> name = section.text("name");
        Family first = name.map(n -> seen.putIfAbsent(n, family)).orElse(family);
        if (first != family && name.isPresent()) {
          section.warning(
              "name",
              "the name \"" + name.get() + "\" is also that of a " + first.type() + " signal",
              "rename one of them");
        }
      }
    }
  }

  private void automaticNames(RouterConfig config) {
    Section router = root.section("global").section("router");
    List<String> listed = router.texts("auto_model_names");
    for (String automatic : config.global().router().autoModelNames()) {
      if (config.cards().stream().anyMatch(card -> card.name().equals(automatic))) {
        router.warning(
            listed.contains(automatic) ? "auto_model_names" : "auto_model_name",
            "\"" + automatic + "\" is also a model, which can then not be asked for by name",
            "choose a name that no model has");
      }
    }
  }

  private void defaultIsServed(RouterConfig config) {
    Optional<String> name = config.providers().defaultModel();
    boolean hasCard = name.isPresent() && config.baseOf(name.get()).isPresent();
    if (!hasCard || config.serving(name.get()).isPresent()) {
      return;
    }
    Section defaults = root.section("providers").section("defaults");
    String message =
        "the default model \""
            + name.get()
            + "\" has no entry in providers.models, so requests for it cannot be answered";
    String hint = "say there where it is served";
    // Files of v0.3 have cards of the name of an adapter that somebody does serve.
    if (isServedAdapter(config, name.get())) {
      defaults.warning("default_model", message, hint);
    } else {
      defaults.unnoticed("default_model", message, hint);
    }
  }

  private static boolean isServedAdapter(RouterConfig config, String name) {
    return config.cards().stream()
        .filter(card -> card.loras().stream().anyMatch(lora -> lora.name().equals(name)))
        .anyMatch(card -> config.providers().model(card.name()).isPresent());
  }

  private void overload(RouterConfig config) {
    boolean isAsked = config.global().router().overload() == Overload.DEFAULT_MODEL;
    if (isAsked && config.providers().defaultModel().isEmpty()) {
      root.section("global")
          .section("router")
          .error(
              "overload",
              "there is no default model that could answer",
              "write providers.defaults.default_model, or overload: shed");
    }
  }

  private static void missingDefault(ReadProfile profile) {
    if (profile.config().providers().defaultModel().isPresent()) {
      return;
    }
    List<Section> sections = profile.winning();
    for (int i = 0; i < sections.size(); i++) {
      if (profile.decisions().get(i).candidates().isEmpty()) {
        sections
            .get(i)
            .warning(
                "name",
                "the decision \""
                    + profile.decisions().get(i).name()
                    + "\" names no model, and there is no default model",
                "write modelRefs, or providers.defaults.default_model");
      }
    }
  }

  private void fallbackCategory(RouterConfig config) {
    Optional<String> category = config.global().domain().fallbackCategory();
    List<String> names =
        config.profiles().stream()
            .flatMap(profile -> profile.routing().domains().stream())
            .map(Domain::name)
            .toList();
    if (category.isPresent()
        && !Domain.LABELS.contains(category.get())
        && !names.contains(category.get())) {
      root.section("global")
          .section("model_catalog")
          .section("modules")
          .section("classifier")
          .section("domain")
          .warning(
              "fallback_category",
              "\"" + category.get() + "\" is neither a declared domain nor a category",
              Report.didYouMean(category.get(), Domain.LABELS, "name a declared domain"));
    }
  }

  /** Roles need somebody who says who asks, and whom nobody can pretend to be. */
  private static void identity(ReadProfile profile) {
    RouterConfig config = profile.config();
    boolean isUsed =
        profile.decisions().stream()
            .flatMap(decision -> decision.rule().keys())
            .anyMatch(key -> key.family() == Family.AUTHZ);
    boolean isTrusted = config.listeners().stream().anyMatch(Listener::trustIdentityHeaders);
    if (!isUsed || isTrusted) {
      return;
    }
    Section signals = profile.signals();
    String hint = "write trust_identity_headers: true at a listener that only your proxy reaches";
    switch (config.global().router().compatibility()) {
      case GATUN ->
          signals.warning(
              "role_bindings",
              "no listener trusts identity headers, so nobody has a role"
                  + (config.global().authz().failOpen() ? "" : " and every request is refused"),
              hint);
      case UPSTREAM_0_3 ->
          signals.warning(
              "role_bindings",
              "under compatibility: upstream-0.3 every listener trusts identity headers, which any"
                  + " client can write",
              hint);
    }
  }
}
