package dev.gatun.router.config;

import dev.gatun.router.config.Node.Entry;
import dev.gatun.router.config.Node.Mapping;
import dev.gatun.router.config.Node.Scalar;
import dev.gatun.router.config.Node.Sequence;
import dev.gatun.router.config.Shape.Anything;
import dev.gatun.router.config.Shape.Entries;
import dev.gatun.router.config.Shape.Field;
import dev.gatun.router.config.Shape.Flag;
import dev.gatun.router.config.Shape.Items;
import dev.gatun.router.config.Shape.Keys;
import dev.gatun.router.config.Shape.Real;
import dev.gatun.router.config.Shape.Status;
import dev.gatun.router.config.Shape.Text;
import dev.gatun.router.config.Shape.Time;
import dev.gatun.router.config.Shape.Whole;
import dev.gatun.router.config.Shape.Word;
import dev.gatun.router.model.Compatibility;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The settings that a file comes to, as a document with the keys of the file: defaults filled in,
 * values typed, references to models resolved.
 *
 * <p>Under {@code gatun} a default is filled in only where this build acts upon it, and the
 * document read back is the same configuration. Under {@code upstream-0.3} it is what upstream
 * makes of the file: models and cards in the order of their names, backends with their model's name
 * before their own.
 */
public final class Effective {
  /**
   * Below {@code global}: models that upstream's defaults name, and what goes with one; here
   * vectors are as long as the model at work makes them.
   */
  private static final List<List<String>> UPSTREAM_MODELS =
      List.of(
          List.of("model_catalog", "system"),
          List.of("model_catalog", "embeddings", "semantic", "mmbert_model_path"),
          List.of("model_catalog", "embeddings", "semantic", "embedding_config", "model_type"),
          List.of("model_catalog", "embeddings", "semantic", "embedding_config", "target_layer"),
          List.of(
              "model_catalog", "embeddings", "semantic", "embedding_config", "target_dimension"));

  private final RouterConfig config;
  private final Compatibility compatibility;

  private Effective(RouterConfig config) {
    this.config = config;
    compatibility = config.global().router().compatibility();
  }

  /**
   * The effective document of a valid file, as maps, lists, texts, numbers and truth values.
   *
   * @param document as written
   * @param defaults {@code global} of a file that says nothing
   * @param config what the document was decoded to
   * @param hide whether secrets are replaced; what comes from the environment always is
   */
  public static Map<String, @Nullable Object> of(
      Node document, DecodeOptions options, Node defaults, RouterConfig config, boolean hide) {
    Node told = hide ? Redaction.of(document) : document;
    Node expanded = new Expansion(options.environment(), new Report()).expand(told);
    Effective effective = new Effective(config);
    Map<String, @Nullable Object> all = new LinkedHashMap<>();
    all.put("version", config.version());
    Mapping root =
        expanded instanceof Mapping mapping ? mapping : new Mapping(document.position(), List.of());
    for (String key : List.of("listeners", "providers", "routing", "entrypoints", "recipes")) {
      root.value(key).ifPresent(node -> effective.put(all, key, node));
    }
    Node usual = effective.acted(effective.usual(defaults), GlobalSchema.GLOBAL);
    Node global = root.value("global").map(node -> merged(usual, node)).orElse(usual);
    effective.put(all, "global", global);
    map(map(all, "global"), "model_catalog").putIfAbsent("kbs", bases());
    effective.finish(all);
    return all;
  }

  private Node usual(Node defaults) {
    return switch (compatibility) {
      case GATUN -> unnamed(defaults);
      case UPSTREAM_0_3 -> defaults;
    };
  }

  private void put(Map<String, @Nullable Object> all, String key, Node node) {
    Field field = Schema.ROOT.fields().get(key);
    if (field != null && !isNothing(node)) {
      all.put(key, value(node, field.shape(), key.equals("global")));
    }
  }

  private void finish(Map<String, @Nullable Object> all) {
    Map<String, @Nullable Object> providers = map(all, "providers");
    if (list(providers, "models").isPresent()) {
      providers.put(
          "models", new EffectiveModels(compatibility).of(list(providers, "models").get()));
    }
    Map<String, @Nullable Object> top = map(all, "routing");
    if (compatibility == Compatibility.UPSTREAM_0_3) {
      list(top, "modelCards").ifPresent(cards -> top.put("modelCards", byName(cards)));
    }
    Map<String, Map<String, @Nullable Object>> routings = new HashMap<>();
    routings.put(Profile.DEFAULT, top);
    for (Object recipe : list(all, "recipes").orElse(List.of())) {
      Map<String, @Nullable Object> one = map(Map.of("recipe", recipe), "recipe");
      routings.put(String.valueOf(one.get("name")), map(one, "routing"));
    }
    for (Profile profile : config.profiles()) {
      routing(profile.routing(), Objects.requireNonNull(routings.get(profile.name())));
    }
    Map<String, @Nullable Object> catalog = map(map(all, "global"), "model_catalog");
    ModelDecoder.MODULES.forEach(
        module -> resolve(map(catalog, "system"), at(map(catalog, "modules"), module.path())));
  }

  private static void routing(Routing decoded, Map<String, @Nullable Object> routing) {
    if (routing.containsKey("decisions") && list(map(routing, "signals"), "domains").isEmpty()) {
      domains(decoded, routing);
    }
    present(map(routing, "signals"), "role_bindings", "role");
    present(map(routing, "projections"), "mappings", "method");
  }

  /** A text that every item of a list has, if only as an empty one. */
  private static void present(Map<String, @Nullable Object> section, String list, String key) {
    for (Object item : list(section, list).orElse(List.of())) {
      map(Map.of(key, item), key).putIfAbsent(key, "");
    }
  }

  /** Domains that decisions name and nobody declared. */
  private static void domains(Routing decoded, Map<String, @Nullable Object> routing) {
    List<@Nullable Object> domains = new ArrayList<>();
    decoded
        .domains()
        .forEach(domain -> {
          Map<String, @Nullable Object> one = new LinkedHashMap<>();
          one.put("name", domain.name());
          one.put("description", domain.name());
          one.put("mmlu_categories", domain.mmluCategories());
          domains.add(one);
        });
    if (!domains.isEmpty()) {
      Map<String, @Nullable Object> signals = map(routing, "signals");
      signals.put("domains", domains);
      routing.put("signals", signals);
    }
  }

  /** Knowledge bases of a file that declares none. */
  private static List<@Nullable Object> bases() {
    List<@Nullable Object> bases = new ArrayList<>();
    BuiltInBases.ALL.forEach((path, base) -> {
      Map<String, @Nullable Object> one = new LinkedHashMap<>();
      one.put("name", base.name());
      one.put("source", Map.of("path", path, "manifest", KnowledgeBaseDecoder.MANIFEST));
      one.put("threshold", base.threshold());
      one.put("label_thresholds", base.labelThresholds());
      one.put("groups", base.groups());
      one.put(
          "metrics",
          base.metrics().stream()
              .map(metric ->
                  Map.of(
                      "name",
                      metric.name(),
                      "type",
                      "group_margin",
                      "positive_group",
                      metric.positiveGroup(),
                      "negative_group",
                      metric.negativeGroup()))
              .toList());
      bases.add(one);
    });
    return bases;
  }

  /** A module without a model of its own has that of its reference. */
  private static void resolve(
      Map<String, @Nullable Object> system, Map<String, @Nullable Object> module) {
    boolean own = module.get("model_id") instanceof String id && !id.isEmpty();
    if (!own && module.get("model_ref") instanceof String reference) {
      Optional.ofNullable(system.get(reference))
          .or(() -> Optional.of(reference).filter(name -> !ModelDecoder.isSystemKey(name)))
          .ifPresent(model -> module.put("model_id", model));
    }
  }

  /** Models that upstream takes when a file names none; here the embedded ones run. */
  private static Node unnamed(Node defaults) {
    Node unnamed = defaults;
    for (List<String> path : UPSTREAM_MODELS) {
      unnamed = without(unnamed, path);
    }
    return unnamed;
  }

  private static Node without(Node node, List<String> path) {
    if (!(node instanceof Mapping mapping)) {
      return node;
    }
    List<String> rest = path.subList(1, path.size());
    return new Mapping(
        mapping.position(),
        mapping.entries().stream()
            .filter(entry -> !rest.isEmpty() || !entry.key().equals(path.getFirst()))
            .map(entry ->
                entry.key().equals(path.getFirst())
                    ? new Entry(entry.position(), entry.key(), without(entry.value(), rest))
                    : entry)
            .toList());
  }

  /** Defaults without those that this build does not act upon. */
  private Node acted(Node node, Shape shape) {
    if (compatibility == Compatibility.UPSTREAM_0_3
        || !(node instanceof Mapping mapping && shape instanceof Keys keys)) {
      return node;
    }
    List<Entry> entries = new ArrayList<>();
    for (Entry entry : mapping.entries()) {
      Field field = keys.fields().get(entry.key());
      if (field != null && isActedUpon(field, entry.value())) {
        entries.add(new Entry(entry.position(), entry.key(), acted(entry.value(), field.shape())));
      }
    }
    return new Mapping(mapping.position(), entries);
  }

  private static boolean isActedUpon(Field field, Node value) {
    return field.status() instanceof Status.Runs
        && !(field.shape() instanceof Word word
            && value instanceof Scalar scalar
            && !word.running().contains(Values.canonical(scalar, word)));
  }

  /** Mappings key by key, everything else as a whole; nothing written is no value. */
  private static Node merged(Node usual, Node written) {
    if (isNothing(written)) {
      return usual;
    }
    if (!(usual instanceof Mapping below && written instanceof Mapping above)) {
      return written;
    }
    Map<String, Entry> entries = new LinkedHashMap<>();
    below.entries().forEach(entry -> entries.put(entry.key(), entry));
    for (Entry entry : above.entries()) {
      Entry before = entries.get(entry.key());
      entries.put(
          entry.key(),
          before == null
              ? entry
              : new Entry(entry.position(), entry.key(), merged(before.value(), entry.value())));
    }
    return new Mapping(written.position(), List.copyOf(entries.values()));
  }

  private static boolean isNothing(Node node) {
    return node instanceof Scalar scalar && scalar.isNull();
  }

  private @Nullable Object value(Node node, Shape shape, boolean global) {
    return switch (shape) {
      case Keys keys when node instanceof Mapping mapping -> keys(mapping, keys, global);
      case Entries(Shape inner) when node instanceof Mapping mapping -> {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        mapping.entries().forEach(e -> map.put(e.key(), value(e.value(), inner, global)));
        yield map;
      }
      case Items(Shape item) when node instanceof Sequence sequence -> {
        List<@Nullable Object> list = new ArrayList<>();
        sequence.items().forEach(n -> list.add(value(n, item, global)));
        yield list;
      }
      case Text(), Word _, Time() when node instanceof Scalar scalar -> text(scalar, global);
      case Flag() when node instanceof Scalar scalar ->
          Scalars.flag(scalar).isPresent()
              ? (Object) Scalars.flag(scalar).get()
              : Untyped.value(node);
      case Whole _ when node instanceof Scalar scalar ->
          Scalars.whole(scalar).isPresent()
              ? (Object) Scalars.whole(scalar).getAsLong()
              : Untyped.value(node);
      case Real _ when node instanceof Scalar scalar ->
          Scalars.real(scalar).isPresent()
              ? (Object) Scalars.real(scalar).getAsDouble()
              : Untyped.value(node);
      case Anything(),
          Keys _,
          Entries _,
          Items _,
          Text(),
          Word _,
          Time(),
          Flag(),
          Whole _,
          Real _ ->
          Untyped.value(node);
    };
  }

  private Map<String, @Nullable Object> keys(Mapping mapping, Keys keys, boolean global) {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    for (Entry entry : mapping.entries()) {
      Field field = keys.fields().get(entry.key());
      if (field != null && !(field.status() instanceof Status.Gone) && !isNothing(entry.value())) {
        map.put(entry.key(), value(entry.value(), Forms.of(keys, field), global));
      }
    }
    return map;
  }

  /** Upstream passes {@code global} through floating point on its way to a text. */
  private String text(Scalar scalar, boolean global) {
    boolean isLong =
        scalar.text().length() > 6 && scalar.text().chars().allMatch(c -> c >= '0' && c <= '9');
    return compatibility == Compatibility.UPSTREAM_0_3 && global && !scalar.quoted() && isLong
        ? EffectiveModels.scientific(scalar.text())
        : scalar.shown();
  }

  private static List<@Nullable Object> byName(List<?> items) {
    Map<String, @Nullable Object> sorted = new TreeMap<>();
    for (Object item : items) {
      sorted.put(item instanceof Map<?, ?> map ? String.valueOf(map.get("name")) : "", item);
    }
    return new ArrayList<>(sorted.values());
  }

  private static Map<String, @Nullable Object> at(Map<String, @Nullable Object> map, String path) {
    Map<String, @Nullable Object> inner = map;
    for (String key : path.split("\\.", -1)) {
      inner = map(inner, key);
    }
    return inner;
  }

  /** A mapping inside a mapping; a new one when there is none. */
  @SuppressWarnings("unchecked") // every mapping here was made with texts as keys
  private static Map<String, @Nullable Object> map(Map<String, @Nullable Object> map, String key) {
    return map.get(key) instanceof Map<?, ?> inner
        ? (Map<String, @Nullable Object>) inner
        : new HashMap<>();
  }

  private static Optional<List<?>> list(Map<String, @Nullable Object> map, String key) {
    return map.get(key) instanceof List<?> list && !list.isEmpty()
        ? Optional.of(list)
        : Optional.empty();
  }
}
