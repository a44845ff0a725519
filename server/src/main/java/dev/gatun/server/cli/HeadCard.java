package dev.gatun.server.cli;

import dev.gatun.server.inference.Trunk;
import dev.gatun.server.learn.Calibration;
import dev.gatun.server.learn.HeadTraining;
import dev.gatun.server.models.EmbeddingHead;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The card of a head that was trained here, in the keys of the embedded models' cards. */
final class HeadCard {
  private static final double[] RATES = {0.01, 0.02, 0.05};

  /** What the sentence encoder reads at once; longer texts are read in windows. */
  private static final int TOKENS = 256;

  private static final int POSITIONS = 512;

  private final String name;
  private final EmbeddingHead head;
  private final HeadTraining.Fitted fitted;
  private final Calibration heldOut;
  private final double temperature;

  HeadCard(String name, EmbeddingHead head, HeadTraining.Fitted fitted) {
    this.name = name;
    this.head = head;
    this.fitted = fitted;
    this.heldOut = fitted.heldOut();
    // As the card states it: everything else it says holds at that.
    this.temperature = rounded(heldOut.temperature());
  }

  double accuracy() {
    return rounded(heldOut.accuracy(1));
  }

  double macroF1() {
    return rounded(heldOut.macroF1(1));
  }

  /** Calibration error at the temperature. */
  double error() {
    return rounded(heldOut.error(temperature));
  }

  double temperature() {
    return temperature;
  }

  /**
   * The card as a tree.
   *
   * @param rows it was trained on
   * @param source name of what they came from
   */
  Map<String, Object> tree(int rows, String source) {
    Map<String, Object> card = new LinkedHashMap<>();
    card.put("name", name);
    card.put(
        "summary", "Tells " + String.join(", ", head.labels()) + " apart; trained by its user.");
    card.put("base", Trunk.MODEL);
    card.put("adapter", ".");
    card.put("labels", head.labels().stream().map(label -> Map.of("name", label)).toList());
    card.put("max_tokens", POSITIONS);
    card.put("trained_tokens", TOKENS);
    card.put("data", List.of(ordered("source", source, "rows", rows)));
    card.put(
        "training",
        ordered(
            "command", "gatun model train",
            "date", LocalDate.now(ZoneOffset.UTC).toString(),
            "lambda", fitted.lambda()));
    card.put(
        "scores",
        ordered(
            "split",
            fitted.folds() + "-fold cross-validation",
            "rows",
            heldOut.wanted().length,
            "accuracy",
            accuracy(),
            "macro_f1",
            macroF1()));
    card.put(
        "calibration",
        ordered(
            "temperature", temperature(),
            "fitted_on", "examples held out in the cross-validation",
            "ece", error(),
            "ece_uncalibrated", rounded(heldOut.error(1))));
    card.put("thresholds", ordered("at_false_positive_rate", thresholds()));
    card.put(
        "limits",
        List.of("Figures hold for texts like those it was trained on, and for no others."));
    return card;
  }

  private Map<String, Object> thresholds() {
    Map<String, Object> all = new LinkedHashMap<>();
    for (int c = 0; c < head.labels().size(); c++) {
      Map<String, Object> ofLabel = new LinkedHashMap<>();
      for (double rate : RATES) {
        heldOut
            .atFalsePositiveRate(c, rate, temperature)
            .ifPresent(
                // Not rounded: from 0.99996 on, that would be a certainty that nothing reaches.
                o -> ofLabel.put(String.format(Locale.ROOT, "%.2f", rate), o.threshold()));
      }
      all.put(head.labels().get(c), ofLabel);
    }
    return all;
  }

  private static Map<String, Object> ordered(Object... pairs) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      map.put((String) pairs[i], pairs[i + 1]);
    }
    return map;
  }

  private static double rounded(double value) {
    return Math.round(value * 1e4) / 1e4;
  }
}
