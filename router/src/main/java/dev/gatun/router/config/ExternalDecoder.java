package dev.gatun.router.config;

import dev.gatun.router.config.ExternalModel.Reading;
import dev.gatun.router.model.Secret;
import dev.gatun.router.port.LanguageModel.Limits;
import dev.gatun.router.port.ModelRole;
import dev.gatun.router.signal.Guard;
import dev.gatun.router.signal.GuardParser;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads {@code global.model_catalog.external}: one model for each role. */
final class ExternalDecoder {
  private static final String ROLE = "model_role";
  private static final String ENDPOINT = "llm_endpoint";
  private static final String TEMPLATE = "prompt_template";

  /** Roles of models that rules ask. */
  static final List<ModelRole> RUNNING =
      List.of(
          ModelRole.GUARDRAIL,
          ModelRole.PREFERENCE,
          ModelRole.TRANSCRIPTION,
          ModelRole.AUDIO_EMBEDDING,
          ModelRole.IMAGE_EMBEDDING);

  /** Roles of models that listen; of two the second one is asked. */
  static final List<ModelRole> AUDIO = List.of(ModelRole.TRANSCRIPTION, ModelRole.AUDIO_EMBEDDING);

  /** Roles of models that answer in vectors. */
  private static final Set<ModelRole> ENCODERS =
      EnumSet.of(ModelRole.AUDIO_EMBEDDING, ModelRole.IMAGE_EMBEDDING);

  private final Set<ModelRole> taken = EnumSet.noneOf(ModelRole.class);

  private ExternalDecoder() {}

  /** The complete ones, the first of each role; what keeps others from that is reported. */
  static List<ExternalModel> models(Section root) {
    ExternalDecoder decoder = new ExternalDecoder();
    List<ExternalModel> models = new ArrayList<>();
    for (Section section : catalog(root).sections("external")) {
      decoder.model(section).ifPresent(models::add);
    }
    return models;
  }

  static Section catalog(Section root) {
    return root.section("global").section("model_catalog");
  }

  /** The entry that has a role. */
  static Optional<Section> section(Section root, ModelRole role) {
    return catalog(root).sections("external").stream()
        .filter(section -> role(section).equals(Optional.of(role)))
        .findFirst();
  }

  private static Optional<ModelRole> role(Section section) {
    return section.word(ROLE).flatMap(ModelRole::ofWord);
  }

  private Optional<ExternalModel> model(Section section) {
    Optional<ModelRole> role = role(section);
    if (!section.has(ROLE)) {
      section.unnoticed(
          ROLE,
          "the model has no role, so nothing asks it",
          "write one of " + String.join(", ", ModelRole.words()));
    }
    boolean isFirst = role.map(taken::add).orElse(true);
    if (!isFirst) {
      section.warning(
          ROLE,
          "another model above has the role " + role.orElseThrow().word() + " already",
          "remove this one: the first one is asked");
    }
    Optional<Target> target = target(section.section(ENDPOINT), role);
    Optional<String> name = section.text("llm_model_name");
    if (name.isEmpty()) {
      incomplete(
          section,
          role,
          "llm_model_name",
          "the model has no name",
          "write the name that its server knows it by");
    }
    Optional<Reading> reading = reading(section, role);
    ProviderType provider = provider(section);
    return role.isEmpty() || target.isEmpty() || name.isEmpty() || reading.isEmpty() || !isFirst
        ? Optional.empty()
        : Optional.of(
            new ExternalModel(
                role.get(),
                section.section(ENDPOINT).text("name").orElse(name.get()),
                section.text("llm_provider").orElse("openai"),
                target.get(),
                path(provider, target.get().path(), role.get()),
                name.get(),
                timeout(section),
                provider.authHeader(),
                key(section)
                    .map(key -> new Secret((provider.authPrefix() + " " + key.reveal()).strip())),
                limits(section),
                reading.get()));
  }

  /** Where a server has what a role is asked. */
  private static String path(ProviderType provider, String prefix, ModelRole role) {
    return switch (role) {
      case GUARDRAIL, CLASSIFICATION, SCORING, PREFERENCE, MEMORY_REWRITE, MEMORY_EXTRACTION ->
          provider.chatPath(prefix, false);
      case TRANSCRIPTION -> provider.path(prefix, "/audio/transcriptions");
      case AUDIO_EMBEDDING, IMAGE_EMBEDDING -> provider.path(prefix, "/embeddings");
    };
  }

  /** An error where this build asks models of that role, which it does not of others. */
  private static void incomplete(
      Section section, Optional<ModelRole> role, String key, String message, String hint) {
    if (role.filter(RUNNING::contains).isPresent()) {
      section.unnoticed(key, message, hint);
    } else {
      section.warning(key, message, hint);
    }
  }

  private static Optional<Target> target(Section endpoint, Optional<ModelRole> role) {
    Optional<String> address = endpoint.text("address");
    if (address.isEmpty()) {
      incomplete(
          endpoint,
          role,
          "address",
          "the model has no address",
          "write the name or address of its machine");
      return Optional.empty();
    }
    Optional<Target> target =
        Target.parse(address.get(), endpoint.word("protocol").orElse(""))
            .map(t -> withPort(t, endpoint.integer("port").orElse(0)));
    boolean isHttp =
        address.get().indexOf("://") < 0
            || address.get().startsWith("http://")
            || address.get().startsWith("https://");
    if (target.isEmpty() || !isHttp || !target.get().isPlain()) {
      endpoint.unnoticed(
          "address",
          "not an address that can be reached over http or https",
          "write a name or an address, and the port under port");
      return Optional.empty();
    }
    return target;
  }

  /** A port of 0 is none: the usual one. */
  private static Target withPort(Target target, int port) {
    return port == 0 ? target : new Target(target.tls(), target.host(), port, target.path());
  }

  /**
   * A word that names no provider is a label, as v0.3 has it: such a server speaks OpenAI's way.
   */
  private static ProviderType provider(Section section) {
    ProviderType provider =
        section.text("llm_provider").flatMap(ProviderType::of).orElse(ProviderType.OPENAI);
    if (provider == ProviderType.ANTHROPIC) {
      section.error(
          "llm_provider",
          "models that help to route are asked in the protocol of OpenAI",
          "name a provider that speaks it");
    }
    return provider;
  }

  private static Duration timeout(Section section) {
    return section.integer("llm_timeout_seconds").stream()
        .mapToObj(Duration::ofSeconds)
        .findFirst()
        .orElse(ExternalModel.TIMEOUT);
  }

  private static Limits limits(Section section) {
    Limits usual = Limits.byDefault();
    return new Limits(
        section.integer("max_tokens").orElse(usual.tokensMax()),
        section.real("temperature").orElse(usual.temperature()));
  }

  private static Optional<Secret> key(Section section) {
    Optional<Secret> key = section.secret("access_key");
    if (key.filter(k -> !k.fitsHeader()).isPresent()) {
      section.error(
          "access_key",
          "the key has a blank, a line break or another character that no header carries",
          "write it as its provider gave it");
    }
    return key;
  }

  /** Empty when the model would not get the text. */
  private static Optional<Reading> reading(Section section, Optional<ModelRole> role) {
    Section endpoint = section.section(ENDPOINT);
    Optional<String> template = endpoint.text(TEMPLATE);
    if (role.filter(r -> RUNNING.contains(r) && r != ModelRole.GUARDRAIL).isPresent()) {
      withoutEffect(section, "parser_type", "only guards are");
      withoutEffect(section, "threshold", "only guards are");
      withoutEffect(endpoint, TEMPLATE, "only guards are");
    }
    boolean isEncoder = role.filter(ENCODERS::contains).isPresent();
    if (isEncoder || role.equals(Optional.of(ModelRole.TRANSCRIPTION))) {
      withoutEffect(section, "max_tokens", "only models that write answers are");
    }
    if (isEncoder) {
      withoutEffect(section, "temperature", "vectors have none; other models are");
    }
    if (template.filter(t -> Guard.PLACES.stream().noneMatch(t::contains)).isPresent()) {
      endpoint.unnoticed(
          TEMPLATE,
          "the template has no place for the text",
          "write %s where the text is to stand");
      return Optional.empty();
    }
    GuardParser parser =
        section.word("parser_type").flatMap(GuardParser::ofWord).orElse(GuardParser.AUTO);
    return Optional.of(new Reading(parser, Thresholds.ofModel(section), template));
  }

  private static void withoutEffect(Section section, String key, String others) {
    if (section.has(key)) {
      section.warning(
          key, "this key has no effect: " + others + " asked and read by it", "remove it");
    }
  }
}
