package dev.gatun.router.config;

import dev.gatun.router.config.GlobalSettings.ManagementApi;
import dev.gatun.router.config.GlobalSettings.NativeSettings;
import dev.gatun.router.config.GlobalSettings.Overload;
import dev.gatun.router.config.GlobalSettings.ResponseHeaders;
import dev.gatun.router.config.GlobalSettings.RouterSettings;
import dev.gatun.router.config.Node.Scalar;
import dev.gatun.router.decision.Strategy;
import dev.gatun.router.model.Compatibility;
import dev.gatun.router.port.ModelRole;
import dev.gatun.router.signal.ComparisonSettings;
import dev.gatun.router.signal.DetectorSettings;
import dev.gatun.router.signal.DomainSettings;
import dev.gatun.router.signal.FailurePolicy;
import dev.gatun.router.signal.Family;
import dev.gatun.router.signal.OnFailure;
import dev.gatun.router.signal.Preference;
import java.time.Duration;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/** Reads {@code global}. */
final class GlobalDecoder {
  /** Families whose rules may compare images. */
  private static final Set<Family> SEEING = EnumSet.of(Family.COMPLEXITY, Family.EMBEDDING);

  /** Families whose rules may compare texts by their vectors. */
  private static final Set<Family> COMPARING =
      EnumSet.of(
          Family.COMPLEXITY,
          Family.DOMAIN,
          Family.EMBEDDING,
          Family.JAILBREAK,
          Family.KB,
          Family.PREFERENCE,
          Family.REASK);

  private GlobalDecoder() {}

  /**
   * What the models of a file are.
   *
   * @param remote what compares texts in place of the embedded sentence encoder
   * @param externals models of other processes
   * @param encoders that the file names
   */
  record Catalog(
      ComparisonSettings comparison,
      Optional<RemoteEmbeddings> remote,
      List<ExternalModel> externals,
      ModelDecoder.Models encoders) {}

  static GlobalSettings global(Section section, Catalog catalog, Compatibility compatibility) {
    ServiceCheck.of(section);
    DimensionCheck.of(section);
    Section models = section.section("model_catalog");
    Section modules = models.section("modules");
    Optional<McpTool> tool = McpDecoder.tool(models, compatibility);
    DetectorSettings detectors =
        new DetectorDecoder(
                modules, withRole(catalog.externals, ModelRole.GUARDRAIL), compatibility)
            .settings();
    Map<Family, Duration> patience = patience(catalog, detectors, tool);
    return new GlobalSettings(
        router(section.section("router"), patience, compatibility),
        managementApi(section.section("services").section("management_api")),
        nativeSettings(section.section("native")),
        domain(models, tool),
        detectors,
        catalog.comparison,
        CompressionDecoder.settings(modules.section("prompt_compression")),
        authz(section.section("services").section("authz")),
        catalog.remote,
        catalog.externals,
        catalog.encoders.named(),
        catalog.encoders.own(),
        tool);
  }

  private static Optional<ExternalModel> withRole(List<ExternalModel> externals, ModelRole role) {
    return externals.stream().filter(model -> model.role() == role).findFirst();
  }

  /** Families that ask a model of another process, and how long that may take. */
  private static Map<Family, Duration> patience(
      Catalog catalog, DetectorSettings detectors, Optional<McpTool> tool) {
    Map<Family, Duration> patience = new EnumMap<>(Family.class);
    if (detectors.guard().isPresent()) {
      withRole(catalog.externals, ModelRole.GUARDRAIL)
          .ifPresent(model -> patience.put(Family.JAILBREAK, model.timeout()));
    }
    if (catalog.comparison.preference() instanceof Preference.Chooser.Model) {
      withRole(catalog.externals, ModelRole.PREFERENCE)
          .ifPresent(model -> patience.put(Family.PREFERENCE, model.timeout()));
    }
    ExternalDecoder.AUDIO.forEach(role ->
        withRole(catalog.externals, role)
            .ifPresent(model -> patience.put(Family.EMBEDDING, model.timeout())));
    withRole(catalog.externals, ModelRole.IMAGE_EMBEDDING)
        .ifPresent(model ->
            SEEING.forEach(
                family -> patience.merge(family, model.timeout(), GlobalDecoder::longer)));
    tool.ifPresent(asked -> patience.put(Family.DOMAIN, asked.timeout()));
    catalog.remote.ifPresent(encoder ->
        COMPARING.forEach(
            family -> patience.merge(family, encoder.timeout(), GlobalDecoder::longer)));
    return patience;
  }

  private static Duration longer(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? b : a;
  }

  /** The semantics a document asks for. */
  static Compatibility compatibility(Section root) {
    String word = root.section("global").section("router").word("compatibility").orElse("");
    return word.equals(Compatibility.UPSTREAM_0_3.word())
        ? Compatibility.UPSTREAM_0_3
        : Compatibility.GATUN;
  }

  private static RouterSettings router(
      Section section, Map<Family, Duration> patience, Compatibility compatibility) {
    RouterSettings usual = RouterSettings.byDefault();
    return new RouterSettings(
        compatibility,
        strategy(section).orElse(usual.strategy()),
        autoModelNames(section, usual),
        section.flag("include_config_models_in_list", usual.includeConfigModelsInList()),
        section.flag("degraded_start", usual.degradedStart()),
        section
            .word("response_headers")
            .map(word -> ResponseHeaders.valueOf(word.toUpperCase(Locale.ROOT)))
            .orElse(usual.responseHeaders()),
        section
            .word("overload")
            .map(word -> Overload.valueOf(word.toUpperCase(Locale.ROOT)))
            .orElse(usual.overload()),
        failures(section.section("signals"), patience),
        section.flag("lazy_signals", usual.lazySignals()),
        section.section("signals").whole("reuse_bytes_max").orElse(usual.reuseBytesMax()));
  }

  /** The one name, and then those of the list. */
  private static List<String> autoModelNames(Section section, RouterSettings usual) {
    Set<String> names = new LinkedHashSet<>();
    names.add(section.text("auto_model_name").orElse(usual.autoModelNames().getFirst()));
    for (Scalar name : section.scalars("auto_model_names")) {
      if (name.text().isBlank()) {
        section
            .report()
            .error(
                name.position(),
                section.path() + ".auto_model_names",
                "a model name is empty",
                "write a name, or remove it");
      } else {
        names.add(name.text());
      }
    }
    return List.copyOf(names);
  }

  /** Where nobody wrote a deadline, a family waits as long as its model may take. */
  private static FailurePolicy.Policies failures(Section section, Map<Family, Duration> patience) {
    FailurePolicy usual = failure(section, FailurePolicy.byDefault());
    Section families = section.section("families");
    Map<Family, FailurePolicy> own = new EnumMap<>(Family.class);
    for (Family family : FailurePolicy.families()) {
      FailurePolicy unwritten =
          section.has("deadline")
              ? usual
              : usual.forModel(patience.getOrDefault(family, Duration.ZERO));
      if (families.has(family.type())) {
        own.put(family, failure(families.section(family.type()), unwritten));
      } else if (patience.containsKey(family)) {
        own.put(family, unwritten);
      }
    }
    return new FailurePolicy.Policies(usual, own);
  }

  private static FailurePolicy failure(Section section, FailurePolicy usual) {
    Duration deadline = section.time("deadline").orElse(usual.deadline());
    if (deadline.isZero() || deadline.isNegative()) {
      section.error("deadline", "a deadline must be more than 0", "write a time such as 500ms");
      return usual;
    }
    return new FailurePolicy(
        deadline,
        section
            .word("on_failure")
            .map(word -> OnFailure.valueOf(word.toUpperCase(Locale.ROOT)))
            .orElse(usual.onFailure()));
  }

  /** What a section says about the order of decisions. */
  static Optional<Strategy> strategy(Section section) {
    return section.word("strategy").map(word -> Strategy.valueOf(word.toUpperCase(Locale.ROOT)));
  }

  private static ManagementApi managementApi(Section section) {
    ManagementApi usual = ManagementApi.byDefault();
    boolean isOpen = section.section("auth").word("mode").isEmpty();
    if (isOpen && section.text("address").filter(ExposureCheck::isReachable).isPresent()) {
      section.error(
          "address",
          "other machines reach the management API at this address, and nobody asks who they are",
          "write 127.0.0.1");
    }
    return new ManagementApi(
        section.text("address").orElse(usual.address()),
        section.integer("port").orElse(usual.port()));
  }

  private static NativeSettings nativeSettings(Section section) {
    return new NativeSettings(
        section.word("backend").orElse(NativeSettings.byDefault().backend()),
        section.text("library_dir"),
        section.text("models_dir"),
        section.word("load").orElse("eager").equals("lazy"),
        section.text("isa_max"),
        section.integer("lanes"),
        section.integer("threads_per_lane"),
        section.flag("pin_threads", false),
        section.word("precision"),
        section.text("cache_dir"),
        section.whole("cache_bytes_max"),
        section.integer("tokens_per_batch_max"),
        section.integer("queue_tokens_max"));
  }

  private static AuthzSettings authz(Section section) {
    AuthzSettings usual = AuthzSettings.byDefault();
    Section identity = section.section("identity");
    return new AuthzSettings(
        section.flag("fail_open", usual.failOpen()),
        header(identity, "user_id_header", usual.userIdHeader()),
        header(identity, "user_groups_header", usual.userGroupsHeader()));
  }

  private static String header(Section section, String key, String otherwise) {
    String name = section.text(key).orElse(otherwise).toLowerCase(Locale.ROOT);
    if (!HeaderName.isValid(name)) {
      section.error(key, "this is no name of a header", "write letters, digits and hyphens");
    }
    return name;
  }

  /** A tool is read as the classifier is, unless it has a threshold of its own. */
  private static DomainSettings domain(Section catalog, Optional<McpTool> tool) {
    Section section = catalog.section("modules").section("classifier").section("domain");
    double threshold = Thresholds.ofModel(section).orElse(DomainSettings.DEFAULT_THRESHOLD);
    OptionalDouble ofTool =
        tool.isEmpty()
            ? OptionalDouble.empty()
            : OptionalDouble.of(Thresholds.ofModel(McpDecoder.section(catalog)).orElse(threshold));
    return new DomainSettings(
        threshold,
        section.text("fallback_category"),
        tool.isEmpty() || McpDecoder.hasLocal(catalog),
        ofTool);
  }
}
