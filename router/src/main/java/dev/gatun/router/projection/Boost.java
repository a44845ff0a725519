package dev.gatun.router.projection;

import dev.gatun.router.rule.Rule;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A decision that never wins: where it holds, it adds to scores, or to how sure matched domains
 * are.
 *
 * @param weights what is added, by the name of a score or of a domain, in the order of the file
 */
public record Boost(String decision, Rule rule, Map<String, Double> weights) {
  public Boost {
    weights = Collections.unmodifiableMap(new LinkedHashMap<>(weights));
  }
}
