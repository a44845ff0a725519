package dev.gatun.router.signal;

import dev.gatun.router.model.Compatibility;
import dev.gatun.router.model.Facts;
import dev.gatun.router.port.Answer;
import dev.gatun.router.port.Coverage;
import dev.gatun.router.port.Distribution;
import dev.gatun.router.port.Embedding;
import dev.gatun.router.port.Embeddings;
import dev.gatun.router.port.Ports;
import dev.gatun.router.port.TextTask;
import dev.gatun.router.signal.DomainSource.Outcome;
import dev.gatun.router.signal.DomainSource.Said;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * A rule that names a subject, and which labels of the classifier belong to it.
 *
 * @param name unique among domain rules
 * @param mmluCategories labels of the classifier; empty means the label called like the rule
 * @param modelScores how well models do in this subject, by model
 * @param parent name of the rule that this one is a part of
 * @param examples texts by which the subject is known, with or without the classifier
 */
public record Domain(
    String name,
    String description,
    List<String> mmluCategories,
    Map<String, Double> modelScores,
    Optional<String> parent,
    List<String> examples)
    implements SignalRule {
  /** Fewer different examples do not make a subject known. */
  public static final int EXAMPLES_MIN = TaughtDomains.EXAMPLES_MIN;

  /** Evidence of a match by examples. */
  private static final String BY_EXAMPLES = "examples";

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
    examples = examples.stream().distinct().toList();
  }

  public static Domain of(String name, String... mmluCategories) {
    return new Domain(name, "", List.of(mmluCategories), Map.of(), Optional.empty(), List.of());
  }

  public Domain partOf(String newParent) {
    return new Domain(
        name, description, mmluCategories, modelScores, Optional.of(newParent), examples);
  }

  public Domain taughtBy(List<String> newExamples) {
    return new Domain(name, description, mmluCategories, modelScores, parent, newExamples);
  }

  /** Whether some rule can match by the classifier alone; the others know examples or parts. */
  public static boolean askClassifier(List<Domain> domains) {
    return domains.stream()
        .anyMatch(domain -> !domain.mmluCategories.isEmpty() || !domain.isKnownOtherwise(domains));
  }

  /** Whether it is known by examples or by its parts. */
  public boolean isKnownOtherwise(List<Domain> domains) {
    return !examples.isEmpty()
        || domains.stream().anyMatch(other -> other.parent.equals(Optional.of(name)));
  }

  @Override
  public boolean comparesTexts() {
    return !examples.isEmpty();
  }

  @Override
  public Family family() {
    return Family.DOMAIN;
  }

  /** Labels of the classifier that belong to it. */
  private List<String> labels() {
    return mmluCategories.isEmpty() ? List.of(name) : mmluCategories;
  }

  public SignalKey key() {
    return new SignalKey(Family.DOMAIN, name);
  }

  /** Reads distributions as domain matches. Safe to share. */
  public static final class Evaluator implements FamilyEvaluator {
    private final List<Domain> domains;
    private final DomainSettings settings;
    private final DomainSource source;
    private final Compatibility compatibility;
    private final boolean asksClassifier;
    private final boolean isTaught;
    private final Exemplars<TaughtDomains> taught;

    /** Classifier label in lower case to the name of the rule it belongs to. */
    private final Map<String, String> nameByLabel = new HashMap<>();

    /** Rule with parts to itself and all its parts, direct or not. */
    private final Map<String, Set<String>> parts;

    /**
     * An evaluator.
     *
     * @param embeddings of the examples of rules that have some
     */
    public Evaluator(
        List<Domain> domains,
        DomainSettings settings,
        Compatibility compatibility,
        Embeddings embeddings) {
      this.domains = List.copyOf(domains);
      this.settings = settings;
      this.source = new DomainSource(settings);
      this.compatibility = compatibility;
      asksClassifier = askClassifier(domains);
      isTaught = domains.stream().anyMatch(Domain::comparesTexts);
      List<String> examples = domains.stream().flatMap(domain -> domain.examples.stream()).toList();
      parts = DomainParts.of(domains);
      taught = new Exemplars<>(embeddings, examples, this::learn);
      for (Domain domain : domains) {
        for (String label : domain.labels()) {
          nameByLabel.put(fold(label), domain.name);
        }
      }
    }

    private TaughtDomains learn(Map<String, Embedding> vectors) {
      Map<String, List<Embedding>> examples = new LinkedHashMap<>();
      for (Domain domain : domains) {
        if (domain.comparesTexts()) {
          examples.put(
              domain.name,
              domain.examples.stream()
                  .map(text -> Objects.requireNonNull(vectors.get(text)))
                  .toList());
        }
      }
      return TaughtDomains.of(examples);
    }

    @Override
    public List<String> notices() {
      return isTaught ? taught.made().map(TaughtDomains::notices).orElse(List.of()) : List.of();
    }

    @Override
    public List<Question> questions(Facts facts) {
      return asksClassifier && !source.isByToolAlone()
          ? List.of(new Question(facts.evaluationText(), TextTask.DOMAIN))
          : List.of();
    }

    @Override
    public List<String> shown(Facts facts) {
      return asksAnotherProcess() ? List.of(facts.evaluationText()) : List.of();
    }

    @Override
    public boolean asksAnotherProcess() {
      return asksClassifier && source.isByToolAlone();
    }

    @Override
    public List<String> embedded(Facts facts) {
      return isTaught ? Exemplars.compared(facts) : List.of();
    }

    @Override
    public Answer<Coverage> evaluate(Facts facts, Ports ports, SignalHits.Recorder recorder) {
      Outcome asked = asksClassifier ? source.ask(facts.evaluationText(), ports) : Outcome.NONE;
      Answer<Optional<Distribution>> compared =
          isTaught ? compared(facts, ports) : Answer.of(Optional.empty());
      Optional<Distribution> subjects = compared.fold(known -> known, _ -> Optional.empty());
      record(asked.said(), subjects, recorder);
      Coverage coverage =
          asked
              .said()
              .map(Said::distribution)
              .or(() -> subjects)
              .map(Distribution::coverage)
              .orElse(Coverage.NONE);
      return asked
          .failure()
          .<Answer<Coverage>>map(Answer::failed)
          .orElseGet(() -> compared.map(_ -> coverage));
    }

    private Answer<Optional<Distribution>> compared(Facts facts, Ports ports) {
      List<String> text = Exemplars.compared(facts);
      if (text.isEmpty()) {
        return Answer.of(Optional.empty());
      }
      return taught
          .answer(ports.embeddings())
          .fold(
              known ->
                  ports
                      .embeddings()
                      .embed(text)
                      .map(found -> Optional.of(known.distribution(found.getFirst()))),
              Answer::failed);
    }

    /** Records the domains that a distribution speaks for, most likely first. */
    public void evaluate(Distribution distribution, SignalHits.Recorder recorder) {
      record(Optional.of(new Said(distribution, settings.threshold())), Optional.empty(), recorder);
    }

    private void record(
        Optional<Said> classified, Optional<Distribution> compared, SignalHits.Recorder recorder) {
      double threshold = classified.map(Said::threshold).orElse(settings.threshold());
      List<DomainLabel> all =
          classified.map(said -> labelled(said.distribution())).orElse(List.of());
      List<DomainLabel> taughtOnes = compared.map(Evaluator::taught).orElse(List.of());
      List<DomainLabel> emitted = emitted(all, threshold);
      Map<String, DomainLabel> byName = new LinkedHashMap<>();
      emitted.forEach(label -> byName.putIfAbsent(label.name(), label));
      compared
          .map(subjects -> emitted(subjects, taughtOnes))
          .orElse(List.of())
          .forEach(label -> byName.merge(label.name(), label, DomainLabel::surer));
      Map<String, DomainLabel> whole = whole(all, taughtOnes);
      whole.forEach((name, label) -> {
        if (label.probability() >= threshold) {
          byName.merge(name, label, DomainLabel::surer);
        }
      });
      boolean isJudged = asksClassifier ? classified.isPresent() : compared.isPresent();
      if (byName.isEmpty() && isJudged) {
        fallback(all).forEach(label -> byName.put(label.name(), label));
      }
      recordValues(all, taughtOnes, whole, recorder);
      List<DomainLabel> found = new ArrayList<>(emitted);
      found.addAll(byName.values());
      recordAliases(found, byName, recorder);
      byName.forEach((name, label) ->
          recorder.match(
              new SignalKey(Family.DOMAIN, name), label.probability(), List.of(label.label())));
    }

    private List<DomainLabel> emitted(List<DomainLabel> all, double threshold) {
      if (all.isEmpty()) {
        return List.of();
      }
      Entropy entropy = Entropy.of(all.stream().map(DomainLabel::probability).toList());
      boolean topOnly = compatibility == Compatibility.UPSTREAM_0_3 || entropy.isDecided();
      List<DomainLabel> candidates = topOnly ? all.subList(0, 1) : all;
      return candidates.stream().filter(l -> l.probability() >= threshold).toList();
    }

    /** The likeliest subject unless it is likelier that it is none; others from the threshold. */
    private List<DomainLabel> emitted(Distribution subjects, List<DomainLabel> all) {
      double none = 1 - subjects.probabilities().stream().mapToDouble(p -> p).sum();
      return all.stream()
          .filter(l ->
              l.probability() >= settings.threshold()
                  || (l.equals(all.getFirst()) && l.probability() >= none))
          .toList();
    }

    private List<DomainLabel> fallback(List<DomainLabel> all) {
      if (compatibility == Compatibility.UPSTREAM_0_3) {
        return List.of();
      }
      return settings
          .fallbackCategory()
          .map(category ->
              all.stream()
                  .filter(l -> fold(l.label()).equals(fold(category)) || l.name().equals(category))
                  .findFirst()
                  .orElse(new DomainLabel(category, nameOf(category), 0)))
          .stream()
          .toList();
    }

    /** What has parts is as likely as it and they together, named by the likeliest of them. */
    private Map<String, DomainLabel> whole(List<DomainLabel> all, List<DomainLabel> taughtOnes) {
      Map<String, DomainLabel> whole = new LinkedHashMap<>();
      parts.forEach((name, of) -> {
        for (List<DomainLabel> those : List.of(all, taughtOnes)) {
          List<DomainLabel> own =
              those.stream().filter(label -> of.contains(label.name())).toList();
          if (!own.isEmpty()) {
            double sum = own.stream().mapToDouble(DomainLabel::probability).sum();
            DomainLabel label = new DomainLabel(own.getFirst().name(), name, Math.min(1, sum));
            whole.merge(name, label, DomainLabel::surer);
          }
        }
      });
      return whole;
    }

    /** A rule also holds when one of its labels was detected but belongs to a later rule. */
    private void recordAliases(
        List<DomainLabel> found, Map<String, DomainLabel> byName, SignalHits.Recorder recorder) {
      for (Domain domain : domains) {
        if (byName.containsKey(domain.name)) {
          continue;
        }
        found.stream()
            .filter(label -> isAlias(domain, label))
            .findFirst()
            .ifPresent(label ->
                recorder.holds(
                    domain.key(),
                    confidenceOfAlias(label),
                    new SignalKey(Family.DOMAIN, label.name())));
      }
    }

    private boolean isAlias(Domain domain, DomainLabel label) {
      if (compatibility == Compatibility.UPSTREAM_0_3) {
        return domain.mmluCategories.contains(label.label())
            || domain.mmluCategories.contains(label.name());
      }
      return domain.mmluCategories.stream()
          .map(Evaluator::fold)
          .anyMatch(c -> c.equals(fold(label.label())) || c.equals(fold(label.name())));
    }

    /** Upstream records no confidence under the alias, which counts as certainty. */
    private double confidenceOfAlias(DomainLabel label) {
      return compatibility == Compatibility.UPSTREAM_0_3 ? 1.0 : label.probability();
    }

    private static void recordValues(
        List<DomainLabel> all,
        List<DomainLabel> taughtOnes,
        Map<String, DomainLabel> whole,
        SignalHits.Recorder recorder) {
      Map<String, Double> best = new LinkedHashMap<>();
      all.forEach(label -> best.putIfAbsent(label.name(), label.probability()));
      taughtOnes.forEach(label -> best.merge(label.name(), label.probability(), Math::max));
      whole.forEach((name, label) -> best.merge(name, label.probability(), Math::max));
      best.forEach((name, p) -> recorder.value(new SignalKey(Family.DOMAIN, name), p));
    }

    private List<DomainLabel> labelled(Distribution distribution) {
      return DomainLabel.sorted(
          distribution, (label, p) -> new DomainLabel(label, nameOf(label), p));
    }

    private static List<DomainLabel> taught(Distribution distribution) {
      return DomainLabel.sorted(distribution, (name, p) -> new DomainLabel(BY_EXAMPLES, name, p));
    }

    private String nameOf(String label) {
      return nameByLabel.getOrDefault(fold(label), label);
    }

    private static String fold(String label) {
      return label.toLowerCase(Locale.ROOT);
    }
  }
}
