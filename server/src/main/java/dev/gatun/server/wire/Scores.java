package dev.gatun.server.wire;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** Probabilities as JSON. */
public final class Scores {
  private Scores() {}

  /** An object with one member for each label, in the order of the labels. */
  public static ObjectNode byLabel(List<String> labels, List<Double> probabilities) {
    ObjectNode scores = Json.object();
    for (int i = 0; i < labels.size(); i++) {
      scores.put(labels.get(i), probabilities.get(i));
    }
    return scores;
  }
}
