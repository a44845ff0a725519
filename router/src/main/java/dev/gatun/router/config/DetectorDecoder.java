package dev.gatun.router.config;

import dev.gatun.router.model.Compatibility;
import dev.gatun.router.port.LanguageModel.Limits;
import dev.gatun.router.signal.DetectorSettings;
import dev.gatun.router.signal.DetectorSettings.Detector;
import dev.gatun.router.signal.Guard;
import dev.gatun.router.signal.GuardParser;
import dev.gatun.router.signal.ModalitySettings;
import dev.gatun.router.signal.ModalitySettings.Method;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/** Reads what {@code global.model_catalog.modules} says of detectors. */
final class DetectorDecoder {
  /** What upstream takes instead of a threshold of 0. */
  private static final double FACT_CHECK_UNSET = 0.7;

  private static final double USER_FEEDBACK_UNSET = 0.5;

  private final Section modules;
  private final Optional<ExternalModel> guardModel;
  private final Compatibility compatibility;

  /**
   * A decoder.
   *
   * @param guardModel of another process, if there is one
   */
  DetectorDecoder(
      Section modules, Optional<ExternalModel> guardModel, Compatibility compatibility) {
    this.modules = modules;
    this.guardModel = guardModel;
    this.compatibility = compatibility;
  }

  DetectorSettings settings() {
    Section guard = modules.section("prompt_guard");
    Section feedback = modules.section("feedback_detector");
    Section factCheck = modules.section("hallucination_mitigation").section("fact_check");
    boolean isExternal = isExternal(guard);
    OptionalDouble own =
        guardModel
            .filter(_ -> isExternal)
            .map(model -> model.reading().threshold())
            .orElse(OptionalDouble.empty());
    return new DetectorSettings(
        new Detector(
            guard.flag("enabled", true),
            own.orElse(Thresholds.ofModel(guard).orElse(DetectorSettings.JAILBREAK))),
        isExternal ? Optional.of(guard()) : Optional.empty(),
        threshold(factCheck, DetectorSettings.FACT_CHECK, FACT_CHECK_UNSET),
        new Detector(
            feedback.flag("enabled", true),
            threshold(feedback, DetectorSettings.USER_FEEDBACK, USER_FEEDBACK_UNSET)),
        modality(modules.section("modality_detector")));
  }

  private double threshold(Section section, double absent, double unset) {
    double threshold = Thresholds.ofModel(section).orElse(absent);
    return threshold == 0 && compatibility == Compatibility.UPSTREAM_0_3 ? unset : threshold;
  }

  /**
   * Whether a model of another process is the guard. Upstream lets the built-in classifier win
   * unless it is switched off, also where nobody wrote anything about it.
   */
  private boolean isExternal(Section guard) {
    boolean isAsked = guard.flag("use_vllm", false);
    return switch (compatibility) {
      case GATUN -> {
        if (isAsked && guard.flag("use_mmbert_32k", false)) {
          guard.error(
              "use_vllm",
              "use_vllm and use_mmbert_32k both want to be the guard",
              "keep one of them");
        }
        yield isAsked;
      }
      case UPSTREAM_0_3 -> {
        boolean isBuiltIn = guard.flag("use_mmbert_32k", true);
        if (isAsked && isBuiltIn) {
          guard.warning(
              "use_vllm",
              "this key has no effect: use_mmbert_32k is true unless written otherwise, and wins",
              "write use_mmbert_32k: false");
        }
        yield isAsked && !isBuiltIn;
      }
    };
  }

  /** Where no model is configured its questions fail, and nobody else answers them. */
  private Guard guard() {
    return guardModel
        .map(ExternalModel::guard)
        .orElseGet(() -> new Guard(GuardParser.AUTO, Optional.empty(), Limits.byDefault()));
  }

  private ModalitySettings modality(Section section) {
    if (!section.flag("enabled", false)) {
      return ModalitySettings.off();
    }
    Optional<String> method = section.word("method");
    if (method.isEmpty()) {
      if (section.isUnwritten("method")) {
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
      case CLASSIFIER -> {
        require(section, "confidence_threshold");
        requireModel(section);
      }
      case HYBRID -> {
        require(section, "confidence_threshold");
        require(section, "lower_threshold_ratio");
        if (section.texts("keywords").isEmpty()) {
          requireModel(section);
        }
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

  /** Here a model is built in. */
  private void requireModel(Section section) {
    boolean hasModel = section.section("classifier").text("model_path").isPresent();
    if (compatibility == Compatibility.UPSTREAM_0_3 && !hasModel) {
      section.error(
          "classifier",
          "modality_detector of this method needs a model in v0.3",
          "write classifier.model_path, keywords with method: keyword or hybrid, or leave"
              + " compatibility: upstream-0.3");
    }
  }

  /** Upstream takes 0 for what is not written. */
  private void require(Section section, String key) {
    boolean isUnset =
        compatibility == Compatibility.UPSTREAM_0_3 && section.real(key).orElse(1) <= 0;
    if (isUnset || !section.has(key)) {
      section.error(
          key, "modality_detector needs " + key, "write " + key + ": a number from 0 to 1");
    }
  }
}
