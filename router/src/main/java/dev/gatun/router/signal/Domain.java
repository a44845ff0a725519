package dev.gatun.router.signal;

import dev.gatun.router.model.Compatibility;
import dev.gatun.router.model.Facts;
import dev.gatun.router.port.Answer;
import dev.gatun.router.port.Coverage;
import dev.gatun.router.port.Distribution;
import dev.gatun.router.port.Ports;
import dev.gatun.router.port.TextTask;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A rule that names a subject, and which labels of the classifier belong to it.
 *
 * @param name unique among domain rules
 * @param mmluCategories labels of the classifier; empty means the label called like the rule
 * @param modelScores how well models do in this subject, by model
 */
public record Domain(
    String name, String description, List<String> mmluCategories, Map<String, Double> modelScores)
    implements SignalRule {

  /** What the standard classifier distinguishes: the subject groups of MMLU-Pro. */
  public static final List<String> LABELS =
      List.of(
          "biology",
          "business",
          "chemistry",
          "computer science",
          "economics",
          "engineering",
          "health",
          "history",
          "law",
          "math",
          "other",
          "philosophy",
          "physics",
          "psychology");

  public Domain {
    mmluCategories = List.copyOf(mmluCategories);
    modelScores = Map.copyOf(modelScores);
  }

  public static Domain of(String name, String... mmluCategories) {
    return new Domain(name, "", List.of(mmluCategories), Map.of());
  }

  @Override
  public Family family() {
    return Family.DOMAIN;
  }

  public SignalKey key() {
    return new SignalKey(Family.DOMAIN, name);
  }

  /** Reads distributions as domain matches. Immutable. */
  public static final class Evaluator implements FamilyEvaluator {
    private final List<Domain> domains;
    private final DomainSettings settings;
    private final Compatibility compatibility;

    /** Classifier label in lower case to the name of the rule it belongs to. */
    private final Map<String, String> nameByLabel = new HashMap<>();

    public Evaluator(List<Domain> domains, DomainSettings settings, Compatibility compatibility) {
      this.domains = List.copyOf(domains);
      this.settings = settings;
      this.compatibility = compatibility;
      for (Domain domain : domains) {
        List<String> labels =
            domain.mmluCategories.isEmpty() ? List.of(domain.name) : domain.mmluCategories;
        for (String label : labels) {
          nameByLabel.put(fold(label), domain.name);
        }
      }
    }

    @Override
    public List<Question> questions(Facts facts) {
      return List.of(new Question(facts.evaluationText(), TextTask.DOMAIN));
    }

    @Override
    public Answer<Coverage> evaluate(Facts facts, Ports ports, SignalHits.Recorder recorder) {
      return ports
          .encoders()
          .classify(facts.evaluationText(), TextTask.DOMAIN)
          .map(distribution -> {
            evaluate(distribution, recorder);
            return distribution.coverage();
          });
    }

    /** Records the domains that a distribution speaks for, most likely first. */
    public void evaluate(Distribution distribution, SignalHits.Recorder recorder) {
      List<Labelled> all = labelled(distribution);
      recordValues(all, recorder);
      List<Labelled> emitted = emitted(all, Entropy.of(distribution.probabilities()));
      Map<String, Labelled> byName = new LinkedHashMap<>();
      for (Labelled label : emitted) {
        byName.putIfAbsent(label.name, label);
      }
      recordAliases(emitted, byName, recorder);
      byName.forEach((name, label) ->
          recorder.match(
              new SignalKey(Family.DOMAIN, name), label.probability, List.of(label.label)));
    }

    private List<Labelled> emitted(List<Labelled> all, Entropy entropy) {
      if (all.isEmpty()) {
        return List.of();
      }
      boolean topOnly = compatibility == Compatibility.UPSTREAM_0_3 || entropy.isDecided();
      List<Labelled> candidates = topOnly ? all.subList(0, 1) : all;
      List<Labelled> emitted =
          candidates.stream().filter(l -> l.probability >= settings.threshold()).toList();
      return emitted.isEmpty() ? fallback(all) : emitted;
    }

    private List<Labelled> fallback(List<Labelled> all) {
      if (compatibility == Compatibility.UPSTREAM_0_3) {
        return List.of();
      }
      return settings
          .fallbackCategory()
          .map(category ->
              all.stream()
                  .filter(l -> fold(l.label).equals(fold(category)) || l.name.equals(category))
                  .findFirst()
                  .orElse(new Labelled(category, nameOf(category), 0)))
          .stream()
          .toList();
    }

    /** A rule also holds when one of its labels was detected but belongs to a later rule. */
    private void recordAliases(
        List<Labelled> emitted, Map<String, Labelled> byName, SignalHits.Recorder recorder) {
      for (Domain domain : domains) {
        if (byName.containsKey(domain.name)) {
          continue;
        }
        emitted.stream()
            .filter(label -> isAlias(domain, label))
            .findFirst()
            .ifPresent(label ->
                recorder.holds(
                    domain.key(),
                    confidenceOfAlias(label),
                    new SignalKey(Family.DOMAIN, label.name)));
      }
    }

    private boolean isAlias(Domain domain, Labelled label) {
      if (compatibility == Compatibility.UPSTREAM_0_3) {
        return domain.mmluCategories.contains(label.name);
      }
      return domain.mmluCategories.stream()
          .map(Evaluator::fold)
          .anyMatch(c -> c.equals(fold(label.label)) || c.equals(fold(label.name)));
    }

    /** Upstream records no confidence under the alias, which counts as certainty. */
    private double confidenceOfAlias(Labelled label) {
      return compatibility == Compatibility.UPSTREAM_0_3 ? 1.0 : label.probability;
    }

    private void recordValues(List<Labelled> all, SignalHits.Recorder recorder) {
      Map<String, Double> best = new LinkedHashMap<>();
      for (Labelled label : all) {
        best.putIfAbsent(label.name, label.probability);
      }
      best.forEach((name, p) -> recorder.value(new SignalKey(Family.DOMAIN, name), p));
    }

    private List<Labelled> labelled(Distribution distribution) {
      List<Labelled> all = new ArrayList<>();
      for (int i = 0; i < distribution.labels().size(); i++) {
        String label = distribution.labels().get(i);
        all.add(new Labelled(label, nameOf(label), distribution.probabilities().get(i)));
      }
      all.sort(Comparator.comparingDouble(Labelled::probability).reversed());
      return all;
    }

    private String nameOf(String label) {
      return nameByLabel.getOrDefault(fold(label), label);
    }

    private static String fold(String label) {
      return label.toLowerCase(Locale.ROOT);
    }

    /**
     * One label of the classifier and what it means here.
     *
     * @param label as the classifier says
     * @param name of the rule it belongs to, or the label again
     */
    private record Labelled(String label, String name, double probability) {}
  }
}
