package dev.gatun.router.config;

import dev.gatun.router.config.Node.Mapping;
import dev.gatun.router.model.Compatibility;
import dev.gatun.router.port.LanguageModel.Limits;
import dev.gatun.router.port.ModelRole;
import dev.gatun.router.signal.ComparisonSettings;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Reads a document as a configuration: one pass, every problem reported, and nothing handed on that
 * was not checked.
 */
public final class ConfigDecoder {
  static final String VERSION = "v0.3";

  private ConfigDecoder() {}

  /** Reads a document; the result has a configuration unless some problem is an error. */
  public static Decoded decode(Node document, DecodeOptions options) {
    Report report = new Report();
    Node expanded = new Expansion(options.environment(), report).expand(document);
    Optional<RouterConfig> config = Optional.empty();
    List<SemanticDifference> differences = List.of();
    if (!(expanded instanceof Mapping root)) {
      report.error(
          document.position(),
          "(document)",
          "a configuration is a mapping with the key routing or global",
          "see the complete example in the documentation");
    } else {
      Section section = new Section(root, Schema.ROOT, "", report);
      Compatibility compatibility =
          options.compatibility().orElseGet(() -> GlobalDecoder.compatibility(section));
      report.judgeBy(compatibility);
      ShapeCheck check = new ShapeCheck(report, options.strict(), compatibility);
      check.check(root);
      if (isRecognised(root, report)) {
        List<WrittenProfile> written = WrittenProfile.of(section);
        RouterConfig settings = read(section, written, check, compatibility, options);
        List<ReadProfile> profiles = ReadProfile.all(section, written, settings);
        CrossCheck.of(section, settings, profiles);
        if (options.production()) {
          ProductionCheck.of(document, root, section, report);
        }
        config = Optional.of(settings);
        differences =
            SemanticDifferences.of(profiles).stream().map(report.expanded()::hide).toList();
      }
    }
    List<Diagnostic> diagnostics = report.inOrder();
    Optional<RouterConfig> usable = report.hasErrors() ? Optional.empty() : config;
    Optional<RouterConfig> loaded = report.loads() ? config : Optional.empty();
    return new Decoded(usable, diagnostics, differences, loaded, report.expanded());
  }

  /** A v0.3 file has a routing or a global section; anything else is an older layout. */
  private static boolean isRecognised(Mapping root, Report report) {
    if (root.value("routing").isPresent() || root.value("global").isPresent()) {
      return true;
    }
    TreeSet<String> unexpected = new TreeSet<>();
    root.entries().stream()
        .map(Node.Entry::key)
        .filter(key -> !Schema.ROOT.fields().containsKey(key))
        .forEach(unexpected::add);
    String found = unexpected.isEmpty() ? "" : "; found " + String.join(", ", unexpected);
    report.error(
        root.position(),
        "(document)",
        "not a " + VERSION + " file: neither routing nor global is there" + found,
        "gatun config migrate FILE rewrites an older layout; docs/configure.md shows the new one");
    return false;
  }

  private static RouterConfig read(
      Section root,
      List<WrittenProfile> written,
      ShapeCheck check,
      Compatibility compatibility,
      DecodeOptions options) {
    String version = version(root);
    List<Listener> listeners = ListenerDecoder.listeners(root);
    List<ExternalModel> externals = ExternalDecoder.models(root);
    ComparisonSettings comparison =
        new ComparisonDecoder(compatibility)
            .settings(root, chooser(externals))
            .with(
                new KnowledgeBaseDecoder(check, compatibility, options.attachments())
                    .bases(root, written));
    GlobalDecoder.Catalog catalog =
        new GlobalDecoder.Catalog(
            comparison,
            RemoteEmbeddingsDecoder.read(root, options.environment()),
            externals,
            ModelDecoder.read(ExternalDecoder.catalog(root), options.models()));
    GlobalSettings global = GlobalDecoder.global(root.section("global"), catalog, compatibility);
    ListenerDecoder.besides(global.managementApi(), root);
    CardDecoder cards = CardDecoder.read(root.section("routing"));
    AlgorithmDecoder.ofAll(root.section("global").section("router"), cards);
    Providers providers =
        new ProviderDecoder(cards, options.environment()).providers(root.section("providers"));
    RoutingDecoder decoder =
        new RoutingDecoder(
            check,
            cards,
            providers,
            KnowledgeBases.of(root),
            compatibility,
            new SignalDecoder(compatibility, global.detectors(), options.attachments()));
    Map<String, List<String>> modelNames =
        new EntryPointDecoder(cards, providers, global.router().automaticNames())
            .modelNames(root, written);
    List<Profile> profiles =
        written.stream().map(one -> profile(one, decoder, modelNames)).toList();
    return new RouterConfig(version, listeners, providers, cards.cards(), profiles, global);
  }

  private static Profile profile(
      WrittenProfile written, RoutingDecoder decoder, Map<String, List<String>> modelNames) {
    return new Profile(
        written.name(),
        written.description(),
        modelNames.getOrDefault(written.name(), List.of()),
        decoder.routing(written.routing()));
  }

  private static Limits chooser(List<ExternalModel> externals) {
    return externals.stream()
        .filter(model -> model.role() == ModelRole.PREFERENCE)
        .map(ExternalModel::limits)
        .findFirst()
        .orElse(Limits.byDefault());
  }

  private static String version(Section root) {
    Optional<String> version = root.text("version");
    if (version.isEmpty()) {
      root.warning("version", "the version is missing", "write version: " + VERSION);
    } else if (!version.get().equals(VERSION)) {
      root.unnoticed(
          "version",
          "version \"" + version.get() + "\" is not supported",
          "write version: " + VERSION + "; older and newer layouts are not read");
    }
    return VERSION;
  }
}
