package dev.gatun.router.config;

import dev.gatun.router.model.Compatibility;
import dev.gatun.router.port.LanguageModel.Limits;
import dev.gatun.router.signal.ComparisonSettings;
import dev.gatun.router.signal.EmbeddingSettings;
import dev.gatun.router.signal.Preference;
import dev.gatun.router.signal.PrototypeScoring;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/** Reads what {@code global.model_catalog} says about comparing sentence vectors. */
final class ComparisonDecoder {
  private final Compatibility compatibility;

  ComparisonDecoder(Compatibility compatibility) {
    this.compatibility = compatibility;
  }

  /**
   * The settings, without knowledge bases.
   *
   * @param chooser how a language model answers that chooses preferences
   */
  ComparisonSettings settings(Section root, Limits chooser) {
    Section catalog = root.section("global").section("model_catalog");
    Section config = catalog.section("embeddings").section("semantic").section("embedding_config");
    Section modules = catalog.section("modules");
    if (!config.flag("preload_embeddings", true)) {
      config.warning(
          "preload_embeddings",
          "candidates are embedded at start whatever is written here",
          "remove it; global.native.load: lazy delays the loading of models");
    }
    OptionalInt dimension = config.integer("target_dimension");
    return new ComparisonSettings(
        dimension.orElse(0) == 0 ? OptionalInt.empty() : dimension,
        embedding(config),
        scoring(modules.section("complexity").section("prototype_scoring")),
        preference(modules.section("classifier").section("preference"), chooser),
        List.of());
  }

  private EmbeddingSettings embedding(Section config) {
    EmbeddingSettings usual = EmbeddingSettings.byDefault();
    long topK = config.whole("top_k").orElse(usual.topK());
    if (topK < 0) {
      config.warning("top_k", "a negative number is read as 1", "write 1, or 0 to keep all");
    }
    return new EmbeddingSettings(
        scoring(config.section("prototype_scoring")),
        config.flag("enable_soft_matching", usual.softMatching()),
        config.real("min_score_threshold").orElse(usual.minScoreThreshold()),
        topK < 0 ? EmbeddingSettings.TOP_K_DEFAULT : Math.toIntExact(topK));
  }

  private Preference.Chooser preference(Section section, Limits chooser) {
    return section.flag("use_contrastive", true)
        ? new Preference.Chooser.Likeness(scoring(section.section("prototype_scoring")))
        : new Preference.Chooser.Model(chooser);
  }

  /** Upstream takes 0 and less for a key that is not written. */
  PrototypeScoring scoring(Section section) {
    PrototypeScoring usual = PrototypeScoring.byDefault();
    double weight = number(section, "best_weight", usual.bestWeight());
    if (weight > 1 || weight < 0) {
      String message = "best_weight must be from 0 to 1, not " + weight;
      switch (compatibility) {
        case GATUN -> section.error("best_weight", message, "choose a value in that range");
        case UPSTREAM_0_3 -> section.warning("best_weight", message, "1 is used");
      }
    }
    return new PrototypeScoring(
        section.flag("enabled", usual.enabled()),
        number(section, "cluster_similarity_threshold", usual.clusterSimilarityThreshold()),
        count(section, "max_prototypes", usual.maxPrototypes()),
        Math.clamp(weight, 0, 1),
        count(section, "top_m", usual.topM()),
        Math.max(0, section.real("margin_threshold").orElse(usual.marginThreshold())));
  }

  private double number(Section section, String key, double otherwise) {
    OptionalDouble written = section.real(key);
    boolean unset =
        written.isEmpty()
            || (compatibility == Compatibility.UPSTREAM_0_3 && written.getAsDouble() <= 0);
    return unset ? otherwise : written.getAsDouble();
  }

  private int count(Section section, String key, int otherwise) {
    OptionalInt written = section.integer(key);
    boolean unset =
        written.isEmpty()
            || (compatibility == Compatibility.UPSTREAM_0_3 && written.getAsInt() <= 0);
    if (!unset && written.getAsInt() < 0) {
      section.error(key, key + " cannot be negative", "write 0 for all of them");
      return otherwise;
    }
    return unset ? otherwise : written.getAsInt();
  }
}
