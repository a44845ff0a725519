package dev.gatun.server.inference;

import dev.gatun.server.models.ModelCard;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How much surer a guard is of its alarms than its temperature has it. The temperature is fitted on
 * all texts, and kinds of attacks that training never saw, which are overlooked, make it high; what
 * a guard does flag is an attack nearly always. So the log odds of the alarm are multiplied where
 * it is likelier than not ({@code fitted_sharpness} of {@code model-cards/training/measure.py}).
 * Which label is the likelier one, and the order of texts, stay the same.
 *
 * @param alarm index of the label that is looked for
 * @param factor more than 0
 */
record Sharpness(int alarm, double factor) {
  Sharpness {
    if (alarm < 0 || !(factor > 0)) {
      throw new IllegalArgumentException("label " + alarm + " sharpened by " + factor);
    }
  }

  /** What a card says of the label with an index. */
  static Optional<Sharpness> of(ModelCard card, int alarm) {
    return card.sharpness().isEmpty()
        ? Optional.empty()
        : Optional.of(new Sharpness(alarm, card.sharpness().getAsDouble()));
  }

  /** Probabilities of the labels, the others keeping their proportions. */
  List<Double> of(List<Double> probabilities) {
    double before = probabilities.get(alarm);
    if (before <= 0.5 || before >= 1) {
      return probabilities;
    }
    double odds = Math.log(before) - Math.log1p(-before);
    double after = 1 / (1 + Math.exp(-factor * odds));
    List<Double> sharpened = new ArrayList<>(probabilities.size());
    for (int i = 0; i < probabilities.size(); i++) {
      sharpened.add(i == alarm ? after : probabilities.get(i) * (1 - after) / (1 - before));
    }
    return sharpened;
  }
}
