package dev.gatun.router.signal;

import dev.gatun.router.model.Audio;
import dev.gatun.router.model.Compatibility;
import dev.gatun.router.model.Facts;
import dev.gatun.router.model.Image;
import dev.gatun.router.port.Answer;
import dev.gatun.router.port.AudioModel.Heard;
import dev.gatun.router.port.Coverage;
import dev.gatun.router.port.Embedding;
import dev.gatun.router.port.Embeddings;
import dev.gatun.router.port.Ports;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/**
 * A rule that holds for requests that mean about the same as its examples (spec signals §6).
 *
 * @param name unique among embedding rules
 * @param modality of the request, what is compared
 * @param threshold least score, −1 to 1
 * @param candidates the examples; at least one
 * @param calibration from score to confidence; the score itself when empty
 */
public record EmbeddingRule(
    String name,
    Modality modality,
    double threshold,
    List<String> candidates,
    Aggregation aggregation,
    Optional<Calibration> calibration)
    implements SignalRule {

  public EmbeddingRule {
    candidates = List.copyOf(candidates);
    if (candidates.isEmpty()) {
      throw new IllegalArgumentException("an embedding rule needs at least one candidate");
    }
  }

  /** What of a request is compared. */
  public enum Modality {
    /** What most signals read. */
    TEXT("text"),
    /** What the user says aloud in the last turn; see {@link Facts#spoken}. */
    AUDIO("audio"),
    /** The image; see {@link Facts#shown}. */
    IMAGE("image");

    private final String word;

    Modality(String word) {
      this.word = word;
    }

    /** The word of a configuration. */
    public String word() {
      return word;
    }
  }

  /** From similarities to the score of a rule. */
  public enum Aggregation {
    /** The mean over all prototypes. */
    MEAN,
    /** The best one and the support, weighted; what {@code max} and {@code any} mean upstream. */
    BLEND,
    /** The highest cosine over all candidates. */
    BEST
  }

  @Override
  public Family family() {
    return Family.EMBEDDING;
  }

  public SignalKey key() {
    return new SignalKey(Family.EMBEDDING, name);
  }

  @Override
  public boolean comparesTexts() {
    return true;
  }

  /** How near a text is to a rule. */
  private record Scored(EmbeddingRule rule, double score) {
    private static final Comparator<Scored> BY_SCORE =
        Comparator.comparingDouble(Scored::score).reversed();

    double confidence() {
      return rule.calibration.map(c -> c.of(score)).orElse(score);
    }
  }

  /** All embedding rules of a configuration. Safe to share. */
  public static final class Evaluator implements FamilyEvaluator {
    private static final String SOFT = "soft match, below its threshold";
    private static final String ALOUD = "said aloud";
    private static final String SHOWN = "shown in an image";

    private final EmbeddingSettings settings;
    private final Compatibility compatibility;
    private final Rules written;
    private final Rules spoken;
    private final Rules shown;

    /** The rules of one modality and their examples. */
    private record Rules(List<EmbeddingRule> rules, Exemplars<Map<String, PrototypeBank>> banks) {}

    /** Embeds the candidates of all rules. */
    public Evaluator(
        List<EmbeddingRule> rules,
        EmbeddingSettings settings,
        Compatibility compatibility,
        Ports ports) {
      this.settings = settings;
      this.compatibility = compatibility;
      this.written = rules(rules, Modality.TEXT, ports.embeddings());
      this.spoken = rules(rules, Modality.AUDIO, ports.audio().texts().orElse(ports.embeddings()));
      List<EmbeddingRule> visible = ports.images().isThere() ? rules : List.of();
      this.shown = rules(visible, Modality.IMAGE, ports.images().texts());
    }

    private Rules rules(List<EmbeddingRule> all, Modality modality, Embeddings embeddings) {
      List<EmbeddingRule> rules = all.stream().filter(r -> r.modality == modality).toList();
      List<String> candidates = rules.stream().flatMap(r -> r.candidates.stream()).toList();
      return new Rules(
          rules, new Exemplars<>(embeddings, candidates, vectors -> banks(rules, vectors)));
    }

    private Map<String, PrototypeBank> banks(
        List<EmbeddingRule> rules, Map<String, Embedding> vectors) {
      Map<String, PrototypeBank> byRule = new LinkedHashMap<>();
      for (EmbeddingRule rule : rules) {
        byRule.put(
            rule.name,
            PrototypeBank.of(rule.candidates, vectors, settings.scoring(), compatibility));
      }
      return byRule;
    }

    private Stream<Map.Entry<String, PrototypeBank>> made() {
      return Stream.of(written, spoken, shown)
          .flatMap(rules -> rules.banks.made().stream())
          .flatMap(byRule -> byRule.entrySet().stream());
    }

    @Override
    public List<String> notices() {
      return made()
          .flatMap(entry -> entry.getValue().notice("embedding rule " + entry.getKey()))
          .toList();
    }

    @Override
    public Map<String, Embedding> means() {
      Map<String, Embedding> means = new LinkedHashMap<>();
      made().forEach(entry -> means.put(entry.getKey(), entry.getValue().mean()));
      return means;
    }

    @Override
    public List<String> embedded(Facts facts) {
      return written.rules.isEmpty() ? List.of() : Exemplars.compared(facts);
    }

    @Override
    public List<Audio> spoken(Facts facts) {
      return spoken.rules.isEmpty() ? List.of() : facts.spoken();
    }

    @Override
    public List<Image> seen(Facts facts) {
      return shown.rules.isEmpty() ? List.of() : facts.shown().stream().toList();
    }

    @Override
    public boolean asksAnotherProcess() {
      return !spoken.rules.isEmpty() || !shown.rules.isEmpty();
    }

    /** Where one of text, audio and image fails, what the others found counts all the same. */
    @Override
    public Answer<Coverage> evaluate(Facts facts, Ports ports, SignalHits.Recorder recorder) {
      Answer<Coverage> found = read(facts, ports, recorder);
      if (!spoken(facts).isEmpty()) {
        found = found.and(listen(facts, ports, recorder), Coverage::plus);
      }
      for (Image image : seen(facts)) {
        found = found.and(look(image, ports, recorder), Coverage::plus);
      }
      return found;
    }

    private Answer<Coverage> read(Facts facts, Ports ports, SignalHits.Recorder recorder) {
      return written.rules.isEmpty()
          ? Answer.of(Coverage.NONE)
          : written.banks.compare(
              facts,
              ports.embeddings(),
              (banks, query) -> {
                match(score(written.rules, query, banks, recorder), List.of(), recorder);
                return Answer.of(query.coverage());
              });
    }

    private Answer<Coverage> listen(Facts facts, Ports ports, SignalHits.Recorder recorder) {
      Embeddings texts = ports.audio().texts().orElse(ports.embeddings());
      return spoken
          .banks
          .answer(texts)
          .fold(
              banks ->
                  heard(facts, ports)
                      .map(query -> {
                        query.ifPresent(vector ->
                            match(
                                score(spoken.rules, vector, banks, recorder),
                                List.of(ALOUD),
                                recorder));
                        return query.map(Embedding::coverage).orElse(Coverage.NONE);
                      }),
              Answer::failed);
    }

    private Answer<Coverage> look(Image image, Ports ports, SignalHits.Recorder recorder) {
      return shown
          .banks
          .answer(ports.images().texts())
          .fold(
              banks ->
                  ports
                      .images()
                      .see(image)
                      .map(vector -> {
                        match(
                            score(shown.rules, vector, banks, recorder), List.of(SHOWN), recorder);
                        return vector.coverage();
                      }),
              Answer::failed);
    }

    /** The vector of all that was said; empty when that was nothing. */
    private static Answer<Optional<Embedding>> heard(Facts facts, Ports ports) {
      List<String> words = new ArrayList<>();
      List<Embedding> vectors = new ArrayList<>();
      for (Audio audio : facts.spoken()) {
        switch (ports.audio().hear(audio)) {
          case Answer.Known<Heard>(Heard.Words(String text)) -> words.add(text.strip());
          case Answer.Known<Heard>(Heard.Vector(Embedding vector)) -> vectors.add(vector);
          case Answer.Failed<Heard>(String reason, _) -> {
            return Answer.failed(reason);
          }
        }
      }
      if (!vectors.isEmpty()) {
        return Answer.of(Optional.of(Embedding.mean(vectors)));
      }
      String text = String.join(" ", words).strip();
      return text.isEmpty()
          ? Answer.of(Optional.empty())
          : ports.embeddings().embed(List.of(text)).map(found -> Optional.of(found.getFirst()));
    }

    private List<Scored> score(
        List<EmbeddingRule> rules,
        Embedding query,
        Map<String, PrototypeBank> byRule,
        SignalHits.Recorder recorder) {
      List<Scored> all = new ArrayList<>();
      for (EmbeddingRule rule : rules) {
        PrototypeBank bank = Objects.requireNonNull(byRule.get(rule.name));
        PrototypeBank.Score blend = bank.score(query);
        PrototypeBank.Score mean = bank.mean(query);
        double best =
            compatibility == Compatibility.UPSTREAM_0_3 ? blend.best() : bank.nearest(query);
        double score =
            switch (rule.aggregation) {
              case MEAN -> mean.score();
              case BLEND -> blend.score();
              case BEST -> bank.nearest(query);
            };
        recorder.value(rule.key(), score);
        recorder.value(part(rule, "best"), best);
        recorder.value(part(rule, "blend"), blend.score());
        boolean isMean = rule.aggregation == Aggregation.MEAN;
        recorder.value(part(rule, "support"), (isMean ? mean : blend).support());
        recorder.value(part(rule, "prototype_count"), blend.count());
        all.add(new Scored(rule, score));
      }
      return all;
    }

    /** That of the best rule, also where it does not match. */
    @Override
    public OptionalDouble confidence(SignalHits.Recorder recorded) {
      return Stream.of(written, spoken, shown)
          .flatMap(rules -> rules.rules.stream())
          .mapToDouble(rule -> recorded.value(rule.key()))
          .filter(score -> !Double.isNaN(score))
          .max();
    }

    private static SignalKey part(EmbeddingRule rule, String part) {
      return new SignalKey(Family.EMBEDDING, rule.name + ":" + part);
    }

    private void match(List<Scored> all, List<String> evidence, SignalHits.Recorder recorder) {
      if (!isDistinct(all)) {
        return;
      }
      List<Scored> hard = all.stream().filter(s -> s.score >= s.rule.threshold).toList();
      hard.forEach(s ->
          recorder.match(
              new SignalHits.Hit(s.rule.key(), s.confidence(), evidence, false, List.of())));
      if (hard.isEmpty() && settings.softMatching()) {
        List<String> soft = new ArrayList<>(evidence);
        soft.add(SOFT);
        all.stream()
            .filter(s -> s.score >= settings.minScoreThreshold())
            .forEach(s ->
                recorder.match(
                    new SignalHits.Hit(s.rule.key(), s.confidence(), soft, true, List.of())));
      }
    }

    /** Whether the best rule is far enough from the second; a lone rule always is. */
    private boolean isDistinct(List<Scored> all) {
      double margin = settings.scoring().marginThreshold();
      if (compatibility == Compatibility.UPSTREAM_0_3 || margin <= 0 || all.size() < 2) {
        return true;
      }
      List<Scored> sorted = all.stream().sorted(Scored.BY_SCORE).toList();
      return sorted.get(0).score - sorted.get(1).score >= margin;
    }
  }
}
