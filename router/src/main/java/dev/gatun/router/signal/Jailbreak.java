package dev.gatun.router.signal;

import dev.gatun.router.model.Compatibility;
import dev.gatun.router.model.Facts;
import dev.gatun.router.port.Answer;
import dev.gatun.router.port.Coverage;
import dev.gatun.router.port.Distribution;
import dev.gatun.router.port.Embedding;
import dev.gatun.router.port.Embeddings;
import dev.gatun.router.port.LanguageModel.Chat;
import dev.gatun.router.port.Ports;
import dev.gatun.router.port.TextTask;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SequencedCollection;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A rule about attempts to get around the rules of a model (spec signals §9).
 *
 * @param threshold from which a text is one: the probability of the classifier, of a comparing rule
 *     the lead of the attacks, of a hybrid one both; for a classifier empty means that of its
 *     settings, 0 whatever it takes for one
 * @param history whether earlier turns and tool results count as well
 * @param attacks texts like which an attack is
 * @param harmless texts like which none is
 * @param calibration from the lead of the attacks to a confidence; when empty, hybrid rules have
 *     one around the lead that they look for, and comparing ones take the lead itself
 */
public record Jailbreak(
    String name,
    String description,
    Method method,
    OptionalDouble threshold,
    boolean history,
    List<String> attacks,
    List<String> harmless,
    Optional<Calibration> calibration,
    OnError onError)
    implements SignalRule {
  private static final String ATTACK = "jailbreak";
  private static final double LEAD_DEFAULT = 0.1;

  /** Who judges a text. */
  public enum Method {
    CLASSIFIER,
    /** Its likeness to attacks against its likeness to what is harmless. */
    CONTRASTIVE,
    /** Both; one that finds an attack suffices. */
    HYBRID
  }

  public Jailbreak {
    attacks = List.copyOf(attacks);
    harmless = List.copyOf(harmless);
  }

  @Override
  public Family family() {
    return Family.JAILBREAK;
  }

  @Override
  public boolean comparesTexts() {
    return method != Method.CLASSIFIER;
  }

  /** Whether the classifier has a say. */
  public boolean asksClassifier() {
    return method != Method.CONTRASTIVE;
  }

  public SignalKey key() {
    return new SignalKey(Family.JAILBREAK, name);
  }

  /** The lead from which a comparison finds an attack. */
  private double lead() {
    return lead(threshold);
  }

  /** The same for a rule that is not made yet. */
  public static double lead(OptionalDouble threshold) {
    double written = threshold.orElse(0);
    return written > 0 ? written : LEAD_DEFAULT;
  }

  /** A lead as it is compared with confidences: those of a classifier in hybrid rules. */
  private double confidence(double lead) {
    return calibration
        .or(() ->
            method == Method.HYBRID
                ? Optional.of(new Calibration(Calibration.SLOPE_DEFAULT, lead()))
                : Optional.empty())
        .map(c -> c.of(lead))
        .orElse(lead);
  }

  /** How much more a text is like attacks than like what is harmless: −2 to 2. */
  private record Contrast(List<Embedding> attacks, List<Embedding> harmless) {
    double of(Embedding text) {
      return nearest(attacks, text) - nearest(harmless, text);
    }

    private static double nearest(List<Embedding> bank, Embedding text) {
      return bank.stream().mapToDouble(text::cosine).max().orElse(-1);
    }
  }

  /** Judges every text that a rule looks at, once for all rules. Safe to share. */
  public static final class Evaluator implements FamilyEvaluator {
    private final List<Jailbreak> rules;
    private final DetectorSettings.Detector detector;
    private final Optional<Guard> guard;
    private final Compatibility compatibility;
    private final Exemplars<Map<String, Contrast>> contrasts;

    /**
     * An evaluator.
     *
     * @param embeddings of the patterns of comparing rules
     */
    public Evaluator(
        List<Jailbreak> rules,
        DetectorSettings settings,
        Compatibility compatibility,
        Embeddings embeddings) {
      this.rules = List.copyOf(rules);
      this.detector = settings.jailbreak();
      this.guard = settings.guard();
      this.compatibility = compatibility;
      List<Jailbreak> comparing = rules.stream().filter(Jailbreak::comparesTexts).toList();
      List<String> patterns =
          comparing.stream()
              .flatMap(r -> Stream.concat(r.attacks.stream(), r.harmless.stream()))
              .toList();
      this.contrasts =
          new Exemplars<>(
              embeddings,
              patterns,
              vectors ->
                  comparing.stream()
                      .collect(Collectors.toMap(Jailbreak::name, r -> contrast(r, vectors))));
    }

    private static Contrast contrast(Jailbreak rule, Map<String, Embedding> vectors) {
      return new Contrast(
          rule.attacks.stream().map(text -> Objects.requireNonNull(vectors.get(text))).toList(),
          rule.harmless.stream().map(text -> Objects.requireNonNull(vectors.get(text))).toList());
    }

    /**
     * What a model thinks of a text.
     *
     * @param confidence that it is an attack: a probability, or a guard's grade
     */
    private record Opinion(boolean isAttack, double confidence, Coverage coverage) {
      static Opinion of(Distribution distribution) {
        return new Opinion(
            distribution.likeliest().equals(ATTACK),
            distribution.probability(ATTACK),
            distribution.coverage());
      }

      static Opinion of(GuardParser.Verdict verdict) {
        return new Opinion(verdict.unsafe(), verdict.confidence(), Coverage.NONE);
      }
    }

    /** What is known about the texts of a request. */
    private record Judged(
        Safety<Opinion> classified,
        Safety<Embedding> embedded,
        Answer<Map<String, Contrast>> contrasts) {}

    @Override
    public List<Question> questions(Facts facts) {
      return detector.enabled() && guard.isEmpty()
          ? classified(facts).stream().map(t -> new Question(t, TextTask.JAILBREAK)).toList()
          : List.of();
    }

    @Override
    public List<Chat> chats(Facts facts) {
      return detector.enabled()
          ? guard.stream().flatMap(g -> classified(facts).stream().map(g::chat)).toList()
          : List.of();
    }

    @Override
    public List<String> embedded(Facts facts) {
      return List.copyOf(compared(facts));
    }

    @Override
    public Answer<Coverage> evaluate(Facts facts, Ports ports, SignalHits.Recorder recorder) {
      Safety<Opinion> classified = Safety.of(classified(facts), text -> judge(text, ports));
      Safety<Embedding> embedded =
          Safety.of(
              compared(facts), text -> ports.embeddings().embed(List.of(text)).map(List::getFirst));
      Judged judged = new Judged(classified, embedded, contrasts(ports));
      Optional<String> failure = Optional.empty();
      for (Jailbreak rule : rules) {
        Optional<String> failed =
            evaluate(rule, judged, Safety.texts(facts, rule.history), recorder);
        failure = failure.or(() -> failed);
      }
      return failure.<Answer<Coverage>>map(Answer::failed).orElseGet(() -> coverage(judged));
    }

    private Answer<Map<String, Contrast>> contrasts(Ports ports) {
      return rules.stream().anyMatch(Jailbreak::comparesTexts)
          ? contrasts.answer(ports.embeddings())
          : Answer.of(Map.of());
    }

    private static Answer<Coverage> coverage(Judged judged) {
      Coverage classified =
          judged.classified.coverage(Opinion::coverage).fold(c -> c, _ -> Coverage.NONE);
      return judged.embedded.coverage(Embedding::coverage).map(classified::plus);
    }

    private SequencedCollection<String> classified(Facts facts) {
      return texts(facts, rules.stream().filter(Jailbreak::asksClassifier).toList());
    }

    private SequencedCollection<String> compared(Facts facts) {
      return texts(facts, rules.stream().filter(Jailbreak::comparesTexts).toList());
    }

    private static SequencedCollection<String> texts(Facts facts, List<Jailbreak> rules) {
      return rules.isEmpty()
          ? List.of()
          : Safety.texts(facts, rules.stream().anyMatch(Jailbreak::history));
    }

    @Override
    public boolean asksAnotherProcess() {
      return guard.isPresent();
    }

    @Override
    public boolean mayRefuse() {
      return rules.stream().anyMatch(rule -> rule.onError == OnError.FAIL);
    }

    private Answer<Opinion> judge(String text, Ports ports) {
      if (!detector.enabled()) {
        return Answer.failed("global.model_catalog.modules.prompt_guard is not enabled");
      }
      return guard
          .map(g -> judge(g, text, ports))
          .orElseGet(() -> ports.encoders().classify(text, TextTask.JAILBREAK).map(Opinion::of));
    }

    private Answer<Opinion> judge(Guard asked, String text, Ports ports) {
      return ports
          .languageModel()
          .reply(asked.chat(text))
          .fold(reply -> asked.read(reply, compatibility).map(Opinion::of), Answer::failed);
    }

    /** Records what a rule finds, and says why it could not look at everything. */
    private Optional<String> evaluate(
        Jailbreak rule,
        Judged judged,
        SequencedCollection<String> texts,
        SignalHits.Recorder recorder) {
      Optional<String> failure = Optional.empty();
      List<String> by = new ArrayList<>();
      double most = Double.NEGATIVE_INFINITY;
      OptionalDouble lead = OptionalDouble.empty();
      if (rule.asksClassifier()) {
        List<Opinion> known = judged.classified.known(texts);
        most = known.stream().mapToDouble(Opinion::confidence).max().orElse(most);
        double threshold = rule.threshold.orElse(detector.threshold());
        boolean found = known.stream().anyMatch(o -> o.isAttack && o.confidence >= threshold);
        by.addAll(found ? List.of(guard.isPresent() ? "guard" : "classifier") : List.of());
        failure = judged.classified.failure(texts);
      }
      if (rule.comparesTexts()) {
        lead = lead(rule, judged, texts);
        boolean found = lead.isPresent() && lead.getAsDouble() >= rule.lead();
        most = lead.isPresent() ? Math.max(most, rule.confidence(lead.getAsDouble())) : most;
        by.addAll(found ? List.of("contrastive") : List.of());
        failure = failure.or(() -> failure(judged, texts));
      }
      if (Double.isFinite(most)) {
        recorder.value(rule.key(), rule.asksClassifier() ? most : lead.orElse(most));
      }
      record(rule, most, by, failure, recorder);
      return failure;
    }

    private static void record(
        Jailbreak rule,
        double most,
        List<String> by,
        Optional<String> failure,
        SignalHits.Recorder recorder) {
      if (!by.isEmpty()) {
        recorder.match(rule.key(), most, by);
      } else {
        failure.ifPresent(reason -> recorder.failed(rule.key(), rule.onError, reason));
      }
    }

    private static Optional<String> failure(Judged judged, SequencedCollection<String> texts) {
      return judged
          .contrasts
          .<Optional<String>>fold(_ -> Optional.empty(), Optional::of)
          .or(() -> judged.embedded.failure(texts));
    }

    /** The greatest lead of the attacks; empty when nothing could be compared. */
    private static OptionalDouble lead(
        Jailbreak rule, Judged judged, SequencedCollection<String> texts) {
      return judged.contrasts.fold(
          all -> {
            Contrast contrast = Objects.requireNonNull(all.get(rule.name));
            return judged.embedded.known(texts).stream().mapToDouble(contrast::of).max();
          },
          _ -> OptionalDouble.empty());
    }
  }
}
