package dev.gatun.router.config;

import dev.gatun.router.signal.CompressionSettings;
import dev.gatun.router.signal.Family;
import dev.gatun.router.text.CompressionProfile;
import dev.gatun.router.text.CompressionWeights;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Reads {@code global.model_catalog.modules.prompt_compression}. */
final class CompressionDecoder {
  private final Section section;
  private final CompressionWeights profile;

  private CompressionDecoder(Section section) {
    this.section = section;
    profile =
        section
            .word("profile")
            .flatMap(CompressionProfile::ofWord)
            .orElse(CompressionProfile.DEFAULT)
            .weights();
  }

  static CompressionSettings settings(Section section) {
    return new CompressionDecoder(section).settings();
  }

  private CompressionSettings settings() {
    boolean enabled = section.flag("enabled", false);
    long tokensMax = section.whole("max_tokens").orElse(0);
    if (enabled && tokensMax == 0) {
      section.warning(
          "max_tokens",
          "prompt_compression is enabled without a budget, so nothing is ever shortened",
          "write max_tokens: how many tokens signals should read at most");
    }
    return new CompressionSettings(
        enabled, tokensMax, section.whole("min_length").orElse(0), weights(), unshortened(enabled));
  }

  private CompressionWeights weights() {
    return new CompressionWeights(
        real("textrank_weight", profile.textRank()),
        real("position_weight", profile.position()),
        real("tfidf_weight", profile.tfidf()),
        real("novelty_weight", profile.novelty()),
        real("position_depth", profile.depth()),
        whole("preserve_first_n", profile.first()),
        whole("preserve_last_n", profile.last()));
  }

  private double real(String key, double otherwise) {
    double value = section.real(key).orElse(0);
    return value > 0 ? value : otherwise;
  }

  private int whole(String key, int otherwise) {
    int value = section.integer(key).orElse(0);
    return value > 0 ? value : otherwise;
  }

  /** Families that read the original text. */
  private Set<Family> unshortened(boolean enabled) {
    List<Node.Scalar> written = section.scalars("skip_signals");
    if (written.isEmpty()) {
      return CompressionSettings.SAFETY;
    }
    EnumSet<Family> families = EnumSet.noneOf(Family.class);
    for (Node.Scalar scalar : written) {
      Family.ofType(scalar.text())
          .filter(family -> family != Family.PROJECTION)
          .ifPresentOrElse(families::add, () -> unknown(scalar));
    }
    for (Family family : CompressionSettings.SAFETY) {
      if (enabled && !families.contains(family)) {
        section.warning(
            "skip_signals",
            family.type() + " rules read the shortened text and miss what was left out of it",
            "add " + family.type() + " to skip_signals");
      }
    }
    return families;
  }

  private void unknown(Node.Scalar scalar) {
    List<String> known = Family.types().stream().filter(type -> !isProjection(type)).toList();
    section
        .report()
        .unnoticed(
            scalar.position(),
            section.path() + ".skip_signals",
            "\"" + scalar.shown() + "\" is no type of signals",
            Report.didYouMean(scalar.text(), known, "write one of " + String.join(", ", known)));
  }

  private static boolean isProjection(String type) {
    return type.equals(Family.PROJECTION.type());
  }
}
