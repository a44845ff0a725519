package dev.gatun.router.config;

import dev.gatun.router.port.ModelRole;
import dev.gatun.router.signal.FailurePolicy;
import dev.gatun.router.signal.Family;
import dev.gatun.router.signal.Preference;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What rules ask of models of other processes, and what is there for them. */
final class ExternalCheck {
  private final Section root;
  private final RouterConfig config;

  private ExternalCheck(Section root, RouterConfig config) {
    this.root = root;
    this.config = config;
  }

  static void of(Section root, RouterConfig config, List<ReadProfile> profiles) {
    ExternalCheck check = new ExternalCheck(root, config);
    Section modules = ExternalDecoder.catalog(root).section("modules");
    check.tool();
    check.role(
        Family.JAILBREAK,
        ModelRole.GUARDRAIL,
        modules.section("prompt_guard"),
        "use_vllm",
        "prompt_guard.use_vllm: true");
    check.role(
        Family.PREFERENCE,
        ModelRole.PREFERENCE,
        modules.section("classifier").section("preference"),
        "use_contrastive",
        "classifier.preference.use_contrastive: false");
    check.audio();
    check.images();
    check.encoder();
    if (config.global().comparison().preference() instanceof Preference.Chooser.Model) {
      check.likeness();
      profiles.forEach(ExternalCheck::preferences);
    }
  }

  /**
   * The model of a family.
   *
   * @param key of the module, by which it is asked
   * @param setting what the key says then
   */
  private void role(Family family, ModelRole role, Section module, String key, String setting) {
    Optional<Section> entry = ExternalDecoder.section(root, role);
    boolean isAsked = asks(family, role);
    if (isAsked && entry.isEmpty()) {
      missing(role, module, key, family);
    }
    if (entry.isPresent() && !isAsked) {
      entry
          .get()
          .warning(
              "model_role",
              "no rule asks this model",
              "use " + family.type() + " rules with global.model_catalog.modules." + setting);
    }
    entry.filter(_ -> isAsked).ifPresent(section -> impatient(section, family, role));
  }

  /** Models that listen; that rules miss one is said where they are. */
  private void audio() {
    List<ModelRole> asked =
        config.profiles().stream()
            .flatMap(profile -> config.rolesAsked(profile.routing(), Family.EMBEDDING).stream())
            .filter(ExternalDecoder.AUDIO::contains)
            .toList();
    for (ModelRole role : ExternalDecoder.AUDIO) {
      Optional<Section> entry = ExternalDecoder.section(root, role);
      if (asked.contains(role)) {
        entry.ifPresent(section -> impatient(section, Family.EMBEDDING, role));
      } else {
        entry.ifPresent(section ->
            section.warning(
                "model_role",
                "no rule asks this model",
                asked.isEmpty()
                    ? "write embedding rules with query_modality: audio"
                    : "remove it: " + asked.getFirst().word() + " is asked"));
      }
    }
  }

  /** The model that sees; that rules miss one is said where they are. */
  private void images() {
    ModelRole role = ModelRole.IMAGE_EMBEDDING;
    Optional<Section> entry = ExternalDecoder.section(root, role);
    List<Family> asking =
        List.of(Family.EMBEDDING, Family.COMPLEXITY).stream()
            .filter(family -> asks(family, role))
            .toList();
    entry.ifPresent(section -> asking.forEach(family -> impatient(section, family, role)));
    entry
        .filter(_ -> asking.isEmpty())
        .ifPresent(section ->
            section.warning(
                "model_role",
                "no rule asks this model",
                "write embedding rules with query_modality: image, or image_candidates of"
                    + " complexity on both sides"));
  }

  private boolean asks(Family family, ModelRole role) {
    return config.profiles().stream()
        .anyMatch(profile -> config.rolesAsked(profile.routing(), family).contains(role));
  }

  private void impatient(Section entry, Family family, ModelRole role) {
    impatient(
        entry,
        "llm_timeout_seconds",
        family,
        config.global().external(role).map(ExternalModel::timeout));
  }

  /** The tool that tells domains. */
  private void tool() {
    Optional<Duration> timeout = config.global().domainTool().map(McpTool::timeout);
    if (timeout.isEmpty()) {
      return;
    }
    Section mcp = McpDecoder.section(ExternalDecoder.catalog(root));
    boolean isAsked =
        config.profiles().stream().anyMatch(profile -> config.asksDomainTool(profile.routing()));
    if (isAsked) {
      impatient(mcp, "timeout_seconds", Family.DOMAIN, timeout);
    } else {
      mcp.warning("enabled", "no rule asks this tool", "use domain rules that know no examples");
    }
  }

  private void missing(ModelRole role, Section module, String key, Family family) {
    String message =
        family.type() + " rules ask a model with the role " + role.word() + ", and there is none";
    String hint = "declare one in global.model_catalog.external with its address and name";
    if (config.global().router().degradedStart()) {
      module.warning(key, message, hint);
    } else {
      module.unnoticed(key, message, hint);
    }
  }

  /**
   * A family that waits less long than its model may take.
   *
   * @param key that says how long that is
   */
  private void impatient(Section entry, String key, Family family, Optional<Duration> timeout) {
    Duration deadline = config.global().router().failures().of(family).deadline();
    if (entry.has(key) && timeout.filter(time -> time.compareTo(deadline) > 0).isPresent()) {
      entry.warning(
          key,
          family.type() + " signals wait only " + deadline.toMillis() + " ms",
          "write a longer deadline in global.router.signals, or a shorter time here");
    }
  }

  /** Families that wait less long than the encoder of another process may take. */
  private void encoder() {
    Section remote = RemoteEmbeddingsDecoder.section(root).section("remote");
    FailurePolicy.Policies failures = config.global().router().failures();
    Optional<Duration> timeout = config.global().remoteEmbeddings().map(RemoteEmbeddings::timeout);
    List<String> impatient =
        config.comparing().stream()
            .filter(family ->
                timeout.filter(t -> t.compareTo(failures.of(family).deadline()) > 0).isPresent())
            .map(Family::type)
            .toList();
    if (remote.has("timeout_ms") && !impatient.isEmpty()) {
      remote.warning(
          "timeout_ms",
          "signals of " + String.join(", ", impatient) + " wait less long than that",
          "write a longer deadline in global.router.signals, or a shorter time here");
    }
  }

  /** How likeness is measured that nobody asks for. */
  private void likeness() {
    Section module =
        ExternalDecoder.catalog(root)
            .section("modules")
            .section("classifier")
            .section("preference");
    for (String key : List.of("prototype_scoring", "embedding_model")) {
      if (module.has(key)) {
        module.warning(
            key, "this key has no effect: a language model chooses preferences", "remove it");
      }
    }
  }

  /** What rules say that a model is not told. */
  private static void preferences(ReadProfile profile) {
    for (Section rule : profile.signals().sections("preferences")) {
      if (rule.has("examples")) {
        rule.warning(
            "examples",
            "this key has no effect: the language model is told names and descriptions",
            "say in the description what the examples show");
      }
      if (rule.text("name").orElse("").equals(Preference.NONE_FITS)) {
        rule.warning(
            "name",
            "\"" + Preference.NONE_FITS + "\" is how the model says that no rule fits",
            "choose another name: this rule can never match");
      }
    }
  }
}
