package dev.gatun.router.signal;

import dev.gatun.router.port.Distribution;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * What was found of a text and what it means here.
 *
 * @param label as the classifier says, or how else it was found
 * @param name of the rule it belongs to, or the label again
 */
record DomainLabel(String label, String name, double probability) {
  /** Names what a distribution calls by a label of its own. */
  interface Naming {
    DomainLabel of(String label, double probability);
  }

  /** The likelier, the first of equals. */
  DomainLabel surer(DomainLabel other) {
    return other.probability > probability ? other : this;
  }

  /** All labels of a distribution, the likeliest first. */
  static List<DomainLabel> sorted(Distribution distribution, Naming naming) {
    List<DomainLabel> all = new ArrayList<>();
    for (int i = 0; i < distribution.labels().size(); i++) {
      all.add(naming.of(distribution.labels().get(i), distribution.probabilities().get(i)));
    }
    all.sort(Comparator.comparingDouble(DomainLabel::probability).reversed());
    return all;
  }
}
