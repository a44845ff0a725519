package dev.gatun.router.signal;

import java.util.List;
import java.util.OptionalInt;

/**
 * How families that compare sentence vectors do it.
 *
 * @param dimension components of a vector that are used; all of them when empty
 * @param bases knowledge bases that rules or projections name
 */
public record ComparisonSettings(
    OptionalInt dimension,
    EmbeddingSettings embedding,
    PrototypeScoring complexity,
    Preference.Chooser preference,
    List<KnowledgeBase> bases) {

  public ComparisonSettings {
    bases = List.copyOf(bases);
  }

  public static ComparisonSettings byDefault() {
    return new ComparisonSettings(
        OptionalInt.empty(),
        EmbeddingSettings.byDefault(),
        PrototypeScoring.byDefault(),
        new Preference.Chooser.Likeness(PrototypeScoring.byDefault()),
        List.of());
  }

  /** The same with other knowledge bases. */
  public ComparisonSettings with(List<KnowledgeBase> others) {
    return new ComparisonSettings(dimension, embedding, complexity, preference, others);
  }
}
