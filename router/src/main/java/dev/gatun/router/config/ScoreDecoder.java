package dev.gatun.router.config;

import dev.gatun.router.projection.Score;
import dev.gatun.router.projection.Score.Clip;
import dev.gatun.router.projection.Score.Input;
import dev.gatun.router.projection.Score.Subject;
import dev.gatun.router.rule.Rule;
import dev.gatun.router.signal.Family;
import dev.gatun.router.signal.RawValues;
import dev.gatun.router.signal.SignalKey;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Reads {@code routing.projections.scores}. */
final class ScoreDecoder {
  static final String METRIC = "kb_metric";

  private final RuleDecoder rules;
  private final DeclaredNames names;
  private final KnowledgeBases knowledge;
  private final List<String> scoreNames = new ArrayList<>();

  ScoreDecoder(RuleDecoder rules, DeclaredNames names, KnowledgeBases knowledge) {
    this.rules = rules;
    this.names = names;
    this.knowledge = knowledge;
  }

  List<Score> scores(Section projections) {
    List<Section> sections = projections.sections("scores");
    sections.forEach(s -> s.text("name").ifPresent(scoreNames::add));
    List<Score> scores = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (Section section : sections) {
      Optional<String> name = RuleNames.unique(section, seen, "score");
      if (section.text("method").isEmpty()) {
        section.error("method", "the score has no method", "write method: weighted_sum");
      }
      List<Input> inputs = inputs(section, name.orElse(""));
      Optional<Clip> clip = clip(section);
      boolean normalized = section.word("normalize").isPresent();
      name.ifPresent(n -> scores.add(new Score(n, inputs, normalized, clip)));
    }
    return scores;
  }

  private static Optional<Clip> clip(Section score) {
    if (!score.has("clip")) {
      return Optional.empty();
    }
    Section section = score.section("clip");
    Clip clip = new Clip(section.real("min"), section.real("max"));
    boolean both = clip.min().isPresent() && clip.max().isPresent();
    if (both && clip.min().getAsDouble() > clip.max().getAsDouble()) {
      section.error("min", "min is greater than max", "write a min below the max");
    }
    return Optional.of(clip);
  }

  private List<Input> inputs(Section score, String name) {
    List<Input> inputs = new ArrayList<>();
    for (Section section : score.sections("inputs")) {
      Optional<Subject> subject = subject(section);
      if (section.real("weight").isEmpty()) {
        section.warning(
            "weight", "an input without weight adds nothing", "write weight, or remove the input");
      }
      Optional<Rule> when =
          section.has("when")
              ? Optional.of(rules.condition(section, "when", "score \"" + name + "\""))
              : Optional.empty();
      double weight = section.real("weight").orElse(0);
      subject.ifPresent(s -> inputs.add(new Input(s, weight, when)));
    }
    if (score.sections("inputs").isEmpty()) {
      score.error("inputs", "a score needs inputs", "list signals with their weights");
    }
    return inputs;
  }

  private Optional<Subject> subject(Section input) {
    String type = input.text("type").orElse("").strip().toLowerCase(Locale.ROOT);
    if (type.equals(METRIC)) {
      return metric(input);
    }
    Optional<Family> family = Family.ofType(type);
    if (family.isEmpty()) {
      List<String> known = new ArrayList<>(Family.types());
      known.add(METRIC);
      input.error(
          "type",
          "\"" + type + "\" is nothing that a score can read",
          Report.didYouMean(type, known, "write one of " + String.join(", ", known)));
      return Optional.empty();
    }
    return family.get() == Family.PROJECTION ? projection(input) : signal(input, family.get());
  }

  private Optional<Subject> metric(Section input) {
    String kb = input.text("kb").orElse("");
    String metric = input.text("metric").orElse("");
    Set<String> bases = knowledge.metrics().keySet();
    if (!bases.contains(kb)) {
      input.error(
          "kb",
          kb.isEmpty() ? "a kb_metric needs a kb" : "no knowledge base is called \"" + kb + "\"",
          Report.didYouMean(kb, bases, "declare it under global.model_catalog.kbs"));
      return Optional.empty();
    }
    List<String> metrics = knowledge.metrics().getOrDefault(kb, List.of());
    if (!metrics.contains(metric)) {
      input.error(
          "metric",
          "the knowledge base \"" + kb + "\" has no metric \"" + metric + "\"",
          Report.didYouMean(metric, metrics, "write one of " + Report.quoted(metrics)));
      return Optional.empty();
    }
    return sourceIn(input, "score", List.of("score")).map(s -> new Subject.Metric(kb, metric));
  }

  private Optional<Subject> projection(Section input) {
    String name = input.text("name").orElse("");
    Optional<String> source = sourceIn(input, "score", List.of("score", "confidence"));
    boolean isOutput = source.equals(Optional.of("confidence"));
    List<String> known = isOutput ? names.of(Family.PROJECTION) : scoreNames;
    if (!known.contains(name)) {
      String hint = isOutput ? "name an output of a mapping" : "name a score";
      boolean other = (isOutput ? scoreNames : names.of(Family.PROJECTION)).contains(name);
      input.error(
          "name",
          "\"" + name + "\" is no " + (isOutput ? "output of a mapping" : "projection score"),
          other
              ? "write value_source: " + (isOutput ? "score" : "confidence")
              : Report.didYouMean(name, known, hint));
      return Optional.empty();
    }
    return source.map(s -> isOutput ? new Subject.OfOutput(name) : new Subject.OfScore(name));
  }

  private Optional<Subject> signal(Section input, Family family) {
    String name = input.text("name").orElse("");
    Optional<String> source = sourceIn(input, "binary", List.of("binary", "confidence", "raw"));
    if (!checkName(input, family, name, source.orElse(""))) {
      return Optional.empty();
    }
    SignalKey key = new SignalKey(family, name);
    return source.map(word ->
        switch (word) {
          case "confidence" -> new Subject.Confidence(key);
          case "raw" -> new Subject.Raw(key);
          default -> new Subject.Matched(key, match(input), input.real("miss").orElse(0));
        });
  }

  /** Upstream takes a match of 0 for one that is not written. */
  private double match(Section input) {
    double written = input.real("match").orElse(1);
    return rules.isUpstream() && written == 0 ? 1 : written;
  }

  /** Whether a name is that of a rule, or of something measured besides it. */
  private boolean checkName(Section input, Family family, String name, String source) {
    List<String> known = names.inputs(family);
    boolean isRaw = source.equals("raw");
    int colon = name.lastIndexOf(':');
    boolean isPart = colon > 0 && !known.contains(name) && known.contains(name.substring(0, colon));
    if (known.contains(name)) {
      if (isRaw && !RawValues.by(family).whole() && !rules.isUpstream()) {
        input.warning(
            "value_source",
            "the " + family.type() + " \"" + name + "\" measures nothing: raw is always 0",
            parts(family, name).isEmpty()
                ? "write binary or confidence"
                : "name one of " + String.join(", ", parts(family, name)));
      }
      return true;
    }
    // v0.3 looks at no more of a name than the rule of complexity it begins with.
    if (isPart && family == Family.COMPLEXITY && (!isRaw || rules.isUpstream())) {
      return true;
    }
    List<String> parts = isRaw && isPart ? parts(family, name.substring(0, colon)) : List.of();
    if (parts.contains(name)) {
      return true;
    }
    List<String> nameable = new ArrayList<>(known);
    nameable.addAll(parts);
    input.error(
        "name",
        unknown(family, name, isRaw && isPart),
        Report.didYouMean(
            name,
            nameable,
            parts.isEmpty()
                ? "declare it under routing.signals." + family.configKey()
                : "name one of " + String.join(", ", parts)));
    return false;
  }

  private static String unknown(Family family, String name, boolean isPart) {
    if (name.isEmpty()) {
      return "the input names no " + family.type() + " rule";
    }
    String what = "the " + family.type() + " \"" + name + "\" is not ";
    return isPart ? what + "measured" : what + "declared";
  }

  /** What is measured besides a rule, with its name. */
  private static List<String> parts(Family family, String rule) {
    return RawValues.by(family).parts().stream().map(part -> rule + ":" + part).toList();
  }

  /** The value source, or the usual one when it is not written; empty when it is no such one. */
  private static Optional<String> sourceIn(Section input, String usual, List<String> allowed) {
    if (input.text("value_source").isEmpty()) {
      return Optional.of(usual);
    }
    Optional<String> source = input.word("value_source");
    if (source.isPresent() && !allowed.contains(source.get())) {
      input.error(
          "value_source",
          "an input of this type has no value_source \"" + source.get() + "\"",
          "write " + String.join(", ", allowed) + ", or leave it out");
      return Optional.empty();
    }
    return source;
  }
}
