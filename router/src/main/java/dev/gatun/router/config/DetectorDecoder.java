package dev.gatun.router.config;

import dev.gatun.router.model.Compatibility;
import dev.gatun.router.signal.DetectorSettings;
import dev.gatun.router.signal.DetectorSettings.Detector;
import dev.gatun.router.signal.ModalitySettings;
import dev.gatun.router.signal.ModalitySettings.Method;
import java.util.Locale;
import java.util.Optional;

/** Reads what {@code global.model_catalog.modules} says of detectors. */
final class DetectorDecoder {
  /** What upstream takes instead of a threshold of 0. */
  private static final double FACT_CHECK_UNSET = 0.7;

  private static final double USER_FEEDBACK_UNSET = 0.5;

  private final Section modules;
  private final Compatibility compatibility;

  DetectorDecoder(Section modules, Compatibility compatibility) {
    this.modules = modules;
    this.compatibility = compatibility;
  }

  DetectorSettings settings() {
    Section guard = modules.section("prompt_guard");
    Section feedback = modules.section("feedback_detector");
    Section factCheck = modules.section("hallucination_mitigation").section("fact_check");
    bothGuards(guard);
    return new DetectorSettings(
        new Detector(
            guard.flag("enabled", true),
            guard.real("threshold").orElse(DetectorSettings.JAILBREAK)),
        threshold(factCheck, DetectorSettings.FACT_CHECK, FACT_CHECK_UNSET),
        new Detector(
            feedback.flag("enabled", true),
            threshold(feedback, DetectorSettings.USER_FEEDBACK, USER_FEEDBACK_UNSET)),
        modality(modules.section("modality_detector")));
  }

  private double threshold(Section section, double absent, double unset) {
    double threshold = section.real("threshold").orElse(absent);
    return threshold == 0 && compatibility == Compatibility.UPSTREAM_0_3 ? unset : threshold;
  }

  /** Upstream lets the built-in classifier win in silence. */
  private void bothGuards(Section guard) {
    if (compatibility == Compatibility.GATUN
        && guard.flag("use_vllm", false)
        && guard.flag("use_mmbert_32k", false)) {
      guard.error(
          "use_vllm", "use_vllm and use_mmbert_32k both want to be the guard", "keep one of them");
    }
  }

  private static ModalitySettings modality(Section section) {
    if (!section.flag("enabled", false)) {
      return ModalitySettings.off();
    }
    Optional<String> method = section.word("method");
    if (method.isEmpty()) {
      if (!section.has("method")) {
        section.error(
            "method",
            "modality_detector does not say how it detects",
            "write method: classifier, keyword or hybrid");
      }
      return ModalitySettings.off();
    }
    Method how = Method.valueOf(method.get().toUpperCase(Locale.ROOT));
    switch (how) {
      case KEYWORD -> requireKeywords(section);
      case CLASSIFIER -> require(section, "confidence_threshold");
      case HYBRID -> {
        require(section, "confidence_threshold");
        require(section, "lower_threshold_ratio");
      }
    }
    return new ModalitySettings(
        true,
        how,
        section.texts("keywords"),
        section.texts("both_keywords"),
        section.real("confidence_threshold").orElse(0),
        section.real("lower_threshold_ratio").orElse(0));
  }

  private static void requireKeywords(Section section) {
    if (section.texts("keywords").isEmpty()) {
      section.error(
          "keywords",
          "modality_detector looks for keywords and has none",
          "list words that ask for a picture");
    }
  }

  private static void require(Section section, String key) {
    if (!section.has(key)) {
      section.error(
          key, "modality_detector needs " + key, "write " + key + ": a number from 0 to 1");
    }
  }
}
