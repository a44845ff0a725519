package dev.gatun.router.config;

import dev.gatun.router.config.Attachments.Attachment;
import dev.gatun.router.model.Compatibility;
import dev.gatun.router.signal.KnowledgeBase;
import dev.gatun.router.signal.KnowledgeBase.Metric;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Reads {@code global.model_catalog.kbs} and, of the knowledge bases that rules or projections
 * name, the manifests.
 */
final class KnowledgeBaseDecoder {
  static final String MANIFEST = "labels.json";

  private final ShapeCheck check;
  private final Compatibility compatibility;
  private final Attachments attachments;
  private final Thresholds thresholds;

  KnowledgeBaseDecoder(ShapeCheck check, Compatibility compatibility, Attachments attachments) {
    this.check = check;
    this.compatibility = compatibility;
    this.attachments = attachments;
    this.thresholds = new Thresholds(compatibility);
  }

  /**
   * A knowledge base as the file declares it.
   *
   * @param manifest path of the file with its exemplars
   */
  private record Declared(Section section, KnowledgeBase base, String manifest) {
    String folder() {
      return manifest.substring(0, manifest.lastIndexOf('/') + 1);
    }
  }

  /** A place that names a knowledge base. */
  private record Reference(Section section, String name, boolean isRule) {}

  /** The knowledge bases that something names; everything that does not fit is reported. */
  List<KnowledgeBase> bases(Section root, List<WrittenProfile> profiles) {
    Map<String, Declared> declared = declared(root.section("global").section("model_catalog"));
    Map<String, KnowledgeBase> read = new LinkedHashMap<>();
    List<Section> routings = profiles.stream().map(WrittenProfile::routing).toList();
    for (Reference reference : routings.stream().flatMap(r -> references(r).stream()).toList()) {
      Declared found = declared.get(reference.name);
      if (found == null) {
        unknown(reference, declared.keySet());
      } else if (!read.containsKey(reference.name)) {
        read.put(reference.name, withExemplars(found, reference, degraded(root)));
      }
    }
    for (Section routing : routings) {
      for (Section rule : routing.section("signals").sections("kb")) {
        rule.text("kb").map(read::get).ifPresent(base -> checkTarget(rule, base));
      }
    }
    return List.copyOf(read.values());
  }

  /** That of a projection is reported where projections are read. */
  private static void unknown(Reference reference, Set<String> declared) {
    if (reference.isRule) {
      reference.section.error(
          "kb",
          "there is no knowledge base \"" + reference.name + "\"",
          Report.didYouMean(reference.name, declared, "declare it in global.model_catalog.kbs"));
    }
  }

  private static boolean degraded(Section root) {
    return root.section("global").section("router").flag("degraded_start", false);
  }

  private static List<Reference> references(Section routing) {
    List<Reference> references = new ArrayList<>();
    for (Section rule : routing.section("signals").sections("kb")) {
      rule.text("kb").ifPresent(name -> references.add(new Reference(rule, name, true)));
    }
    for (Section score : routing.section("projections").sections("scores")) {
      for (Section input : score.sections("inputs")) {
        if (input.text("type").orElse("").equals("kb_metric")) {
          input.text("kb").ifPresent(name -> references.add(new Reference(input, name, false)));
        }
      }
    }
    return references;
  }

  private Map<String, Declared> declared(Section catalog) {
    Map<String, Declared> declared = new LinkedHashMap<>();
    if (!catalog.has("kbs")) {
      BuiltInBases.ALL.forEach(
          (path, base) -> declared.put(base.name(), new Declared(catalog, base, path + MANIFEST)));
      return declared;
    }
    Set<String> names = new HashSet<>();
    for (Section section : catalog.sections("kbs")) {
      RuleNames.next(section, names, "knowledge base")
          .ifPresent(name -> declared.put(name, declared(section, name)));
    }
    return declared;
  }

  private Declared declared(Section section, String name) {
    Map<String, List<String>> groups = new LinkedHashMap<>();
    if (section.value("groups").orElse(Node.Scalar.plain(section.position(), ""))
        instanceof Node.Mapping mapping) {
      mapping.entries().forEach(entry -> groups.put(entry.key(), labels(entry.value())));
    }
    groups.forEach((group, labels) -> {
      if (labels.isEmpty() || new HashSet<>(labels).size() < labels.size()) {
        section.error(
            "groups",
            "the group \"" + group + "\" is empty or names a label twice",
            "list each of its labels once");
      }
    });
    Section source = section.section("source");
    if (source.text("path").isEmpty()) {
      source.error("path", "a knowledge base needs a source.path", "name the folder it is in");
    }
    String folder = source.text("path").orElse("");
    String manifest =
        (folder.endsWith("/") ? folder : folder + "/") + source.text("manifest").orElse(MANIFEST);
    KnowledgeBase base =
        new KnowledgeBase(
            name,
            thresholds.of(section.real("threshold").orElse(0)),
            thresholds(section),
            groups,
            metrics(section, groups.keySet()),
            new ComparisonDecoder(compatibility).scoring(section.section("prototype_scoring")),
            Map.of());
    return new Declared(section, base, manifest);
  }

  private static List<String> labels(Node list) {
    List<String> labels = new ArrayList<>();
    if (list instanceof Node.Sequence(Position at, List<Node> items)) {
      for (Node item : items) {
        if (item instanceof Node.Scalar scalar) {
          labels.add(scalar.text());
        }
      }
    }
    return labels;
  }

  private Map<String, Double> thresholds(Section section) {
    Map<String, Double> byLabel = new LinkedHashMap<>();
    section
        .textsByKey("label_thresholds")
        .forEach((label, text) ->
            Scalars.real(Node.Scalar.plain(section.position(), text))
                .ifPresent(value -> byLabel.put(label, thresholds.of(value))));
    return byLabel;
  }

  private static List<Metric> metrics(Section section, Set<String> groups) {
    List<Metric> metrics = new ArrayList<>();
    Set<String> names = new HashSet<>(KnowledgeBase.METRICS);
    Set<String> keys = new HashSet<>(KnowledgeBase.METRICS);
    for (Section metric : section.sections("metrics")) {
      String name = metric.text("name").orElse("");
      if (name.isEmpty() || !names.add(name)) {
        metric.error("name", "a metric needs a name that no other has", "choose another name");
      } else if (!keys.add(name.toLowerCase(Locale.ROOT))) {
        // Values are kept under names in small letters, where v0.3 lets the last one win.
        metric.unnoticed(
            "name",
            "the metric \"" + name + "\" differs from another only in capital letters",
            "choose another name");
      }
      for (String key : List.of("positive_group", "negative_group")) {
        String group = metric.text(key).orElse("");
        if (!groups.contains(group)) {
          metric.error(
              key,
              "the metric \"" + name + "\" names the unknown group \"" + group + "\"",
              Report.didYouMean(group, groups, "declare it under groups"));
        }
      }
      metrics.add(
          new Metric(
              name,
              metric.text("positive_group").orElse(""),
              metric.text("negative_group").orElse("")));
    }
    return metrics;
  }

  private KnowledgeBase withExemplars(Declared declared, Reference reference, boolean degraded) {
    KnowledgeBase base = declared.base;
    return switch (attachments.read(declared.manifest)) {
      case Attachment.Unknown() -> base;
      case Attachment.Found(Node root) -> manifest(declared, root);
      case Attachment.Broken(List<Diagnostic> problems) -> {
        problems.forEach(
            p -> reference.section.report().error(p.position(), p.key(), p.message(), p.hint()));
        yield base;
      }
      case Attachment.Missing(List<String> places) -> {
        missing(declared, reference, places, degraded);
        yield base;
      }
    };
  }

  /**
   * Upstream goes on without it; so do we where a degraded start is allowed. The manifests of the
   * bases that every file has are no part of this program: that is not a mistake in the file.
   */
  private void missing(
      Declared declared, Reference reference, List<String> places, boolean degraded) {
    String message =
        "the manifest of the knowledge base \""
            + reference.name
            + "\" is missing, so nothing matches it";
    String hint = "put it at " + Report.quoted(places);
    String without = hint + ", or set global.router.degraded_start: true to run without it";
    if (degraded || compatibility == Compatibility.UPSTREAM_0_3) {
      reference.section.warning("kb", message, hint);
    } else if (BuiltInBases.ALL.containsKey(declared.folder())) {
      reference.section.notRun("kb", message, without);
    } else {
      reference.section.error("kb", message, without);
    }
  }

  private KnowledgeBase manifest(Declared declared, Node root) {
    Section at = declared.section;
    check.check(root, CatalogSchema.KB_MANIFEST, declared.manifest);
    Map<String, List<String>> exemplars = new LinkedHashMap<>();
    if (root instanceof Node.Mapping mapping) {
      Section manifest =
          new Section(mapping, CatalogSchema.KB_MANIFEST, declared.manifest, at.report());
      manifest
          .named("labels")
          .forEach((label, section) -> {
            List<String> texts = section.texts("exemplars");
            if (texts.isEmpty()) {
              section.error(
                  "exemplars",
                  "the label \"" + label + "\" has no exemplars",
                  "write at least one");
            }
            exemplars.put(label, texts);
          });
    }
    if (exemplars.isEmpty()) {
      at.report()
          .error(root.position(), declared.manifest, "there are no labels", "write labels: {...}");
    }
    KnowledgeBase base = declared.base;
    base.groups().forEach((group, labels) -> known(at, "groups", labels, exemplars.keySet()));
    known(at, "label_thresholds", base.labelThresholds().keySet(), exemplars.keySet());
    return new KnowledgeBase(
        base.name(),
        base.threshold(),
        base.labelThresholds(),
        base.groups(),
        base.metrics(),
        base.scoring(),
        exemplars);
  }

  private static void known(
      Section section, String key, Collection<String> named, Set<String> labels) {
    for (String label : named) {
      if (!labels.contains(label)) {
        section
            .report()
            .error(
                section.position(),
                section.path() + "." + key,
                "the manifest has no label \"" + label + "\"",
                Report.didYouMean(label, labels, "declare it there"));
      }
    }
  }

  private static void checkTarget(Section rule, KnowledgeBase base) {
    Section target = rule.section("target");
    boolean isGroup = target.word("kind").orElse("").equals("group");
    Set<String> known = isGroup ? base.groups().keySet() : base.exemplars().keySet();
    String value = target.text("value").orElse("");
    boolean tellable = isGroup || !known.isEmpty();
    if (!value.isEmpty() && tellable && !known.contains(value)) {
      target.error(
          "value",
          "the knowledge base \""
              + base.name()
              + "\" has no "
              + (isGroup ? "group" : "label")
              + " \""
              + value
              + "\"",
          Report.didYouMean(value, known, "name one of " + Report.quoted(known)));
    }
  }
}
