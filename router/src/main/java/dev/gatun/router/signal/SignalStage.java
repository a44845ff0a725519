package dev.gatun.router.signal;

import dev.gatun.router.model.Facts;
import dev.gatun.router.port.Answer;
import dev.gatun.router.port.Answer.Room;
import dev.gatun.router.port.Coverage;
import dev.gatun.router.port.Embedding;
import dev.gatun.router.port.LanguageModel.Limits;
import dev.gatun.router.port.Ports;
import dev.gatun.router.port.TextTask;
import dev.gatun.router.text.Compressed;
import dev.gatun.router.text.TokenEstimate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * From a request to what the signals say. Only families that some rule needs are evaluated.
 * Immutable and safe to share.
 */
public final class SignalStage {
  private final SignalTable table;
  private final List<Step> steps;
  private final SignalSettings settings;
  private final Ports ports;

  private SignalStage(SignalTable table, List<Step> steps, SignalSettings settings, Ports ports) {
    this.table = table;
    this.steps = List.copyOf(steps);
    this.settings = settings;
    this.ports = ports;
  }

  /** Families whose rules may look at what tools answered. */
  private static final Set<Family> GUARDS = EnumSet.of(Family.JAILBREAK, Family.PII);

  /** A family that is asked; {@code extra} where no decision needs it. */
  private record Step(
      Family family, FamilyEvaluator evaluator, FailurePolicy policy, boolean extra) {
    Family.Cost cost() {
      return evaluator.asksAnotherProcess() ? Family.Cost.ANSWERS : family.cost();
    }

    /** Families that read text have nothing to say without, unless they listen or look. */
    boolean reads(Facts facts) {
      return !facts.evaluationText().isEmpty()
          || !family.readsText()
          || perceives(facts)
          || (GUARDS.contains(family) && !facts.toolTexts().isEmpty());
    }

    /** Whether there is something for it to listen to, or to look at. */
    boolean perceives(Facts facts) {
      return !evaluator.spoken(facts).isEmpty() || !evaluator.seen(facts).isEmpty();
    }

    /** A guard that would refuse the request is asked, whatever decisions are interested in. */
    boolean mayRefuse() {
      return switch (policy.onFailure()) {
        case CLOSED -> true;
        case OPEN -> false;
        case DEFAULT -> evaluator.mayRefuse();
      };
    }
  }

  /**
   * Plans the evaluation of exactly the families that are needed.
   *
   * @param needed families some rule names; one that does not run yet is degraded at every request
   */
  public static SignalStage plan(
      SignalTable table,
      SignalRules rules,
      SignalSettings settings,
      Collection<Family> needed,
      Ports ports) {
    Ports asked = truncated(ports, settings);
    List<Step> steps = new ArrayList<>();
    for (Family family : Family.values()) {
      if (needed.contains(family)) {
        FamilyEvaluator evaluator = evaluator(family, rules, settings, asked);
        steps.add(new Step(family, evaluator, settings.failures().of(family), false));
      }
    }
    return new SignalStage(table, inOrder(steps), settings, asked);
  }

  /**
   * The same with families that no decision needs: one that cannot answer says nothing, and refuses
   * no request.
   *
   * @param eager whether none is skipped, whatever the settings say
   */
  public SignalStage with(SignalRules rules, Collection<Family> more, boolean eager) {
    List<Step> all = new ArrayList<>(steps);
    for (Family family : Family.values()) {
      if (more.contains(family) && steps.stream().noneMatch(step -> step.family == family)) {
        FamilyEvaluator evaluator = evaluator(family, rules, settings.refusingNobody(), ports);
        all.add(new Step(family, evaluator, settings.failures().of(family).open(), true));
      }
    }
    return new SignalStage(table, inOrder(all), eager ? settings.eager() : settings, ports);
  }

  /** Those that ask no model are done while the models compute. */
  private static List<Step> inOrder(List<Step> steps) {
    return steps.stream().sorted(Comparator.comparing(step -> step.family.asksModels())).toList();
  }

  private static FamilyEvaluator evaluator(
      Family family, SignalRules rules, SignalSettings settings, Ports ports) {
    return switch (family) {
      case KEYWORD -> new Keyword.Evaluator(rules.of(Keyword.class), settings.compatibility());
      case DOMAIN ->
          new Domain.Evaluator(
              rules.of(Domain.class),
              settings.domain(),
              settings.compatibility(),
              ports.embeddings());
      case FACT_CHECK ->
          new FactCheck.Evaluator(
              rules.of(FactCheck.class),
              settings.detectors().factCheck(),
              settings.compatibility());
      case JAILBREAK -> jailbreak(rules, settings, ports);
      case LANGUAGE -> new Language.Evaluator(rules.of(Language.class), settings.compatibility());
      case MODALITY ->
          new Modality.Evaluator(
              rules.of(Modality.class), settings.detectors().modality(), settings.compatibility());
      case PII -> new Pii.Evaluator(rules.of(Pii.class), settings.compatibility());
      case USER_FEEDBACK ->
          new UserFeedback.Evaluator(
              rules.of(UserFeedback.class),
              settings.detectors().userFeedback(),
              settings.compatibility());
      case STRUCTURE ->
          new Structure.Evaluator(rules.of(Structure.class), settings.compatibility());
      case EMBEDDING ->
          new EmbeddingRule.Evaluator(
              rules.of(EmbeddingRule.class),
              settings.comparison().embedding(),
              settings.compatibility(),
              ports);
      case COMPLEXITY ->
          new Complexity.Evaluator(
              rules.of(Complexity.class),
              settings.comparison().complexity(),
              settings.compatibility(),
              ports);
      case PREFERENCE -> preference(rules, settings, ports);
      case KB ->
          new KbRule.Evaluator(
              rules.of(KbRule.class),
              settings.comparison().bases(),
              settings.compatibility(),
              ports.embeddings());
      case REASK -> new Reask.Evaluator(rules.of(Reask.class), settings.compatibility());
      case AUTHZ -> authz(rules, settings);
      case CONTEXT ->
          new ContextSize.Evaluator(rules.of(ContextSize.class), settings.compatibility());
      case CONVERSATION ->
          new ConversationShape.Evaluator(
              rules.of(ConversationShape.class), settings.compatibility());
      case EVENT -> new Event.Evaluator(rules.of(Event.class), settings.compatibility());
      case PROJECTION ->
          FamilyEvaluator.failing("this version does not run " + family.type() + " yet");
    };
  }

  /** What the families ask classifiers about each text of a request. */
  public Map<String, Set<TextTask>> questions(Facts facts) {
    List<Step> reading = steps.stream().filter(step -> step.reads(facts)).toList();
    return asked(reading, read(facts, TokenEstimate.UNCALIBRATED)).classified;
  }

  /** Shortens the text, if a family would read the shorter one. */
  private Reading read(Facts facts, TokenEstimate estimate) {
    CompressionSettings compression = settings.compression();
    Set<Family> unshortened = compression.unshortened();
    boolean isRead =
        steps.stream()
            .anyMatch(step -> step.family.readsText() && !unshortened.contains(step.family));
    Optional<Compressed> compressed =
        isRead
            ? compression.compress(facts.evaluationText(), estimate, settings.compatibility())
            : Optional.empty();
    return new Reading(facts, compressed, unshortened);
  }

  private static FamilyEvaluator authz(SignalRules rules, SignalSettings settings) {
    return new RoleBinding.Evaluator(
        rules.of(RoleBinding.class), settings.authzFailOpen(), settings.compatibility());
  }

  private static FamilyEvaluator jailbreak(
      SignalRules rules, SignalSettings settings, Ports ports) {
    return new Jailbreak.Evaluator(
        rules.of(Jailbreak.class),
        settings.detectors(),
        settings.compatibility(),
        ports.embeddings());
  }

  private static FamilyEvaluator preference(
      SignalRules rules, SignalSettings settings, Ports ports) {
    List<Preference> all = rules.of(Preference.class);
    return switch (settings.comparison().preference()) {
      case Preference.Chooser.Likeness(PrototypeScoring scoring) ->
          new Preference.Evaluator(
              all, scoring, settings.compatibility(), Preference.encoder(ports));
      case Preference.Chooser.Model(Limits limits) -> new PreferenceByModel(all, limits);
    };
  }

  private static Ports truncated(Ports ports, SignalSettings settings) {
    OptionalInt dimension = settings.comparison().dimension();
    return dimension.isEmpty()
        ? ports
        : ports
            .withEmbeddings(ports.embeddings().truncated(dimension.getAsInt()))
            .withImages(ports.images().truncated(dimension.getAsInt()));
  }

  /** By rule of a family the mean of what a text is compared with, as far as it is known. */
  public Map<String, Embedding> means(Family family) {
    return steps.stream()
        .filter(step -> step.family == family)
        .findFirst()
        .map(step -> step.evaluator.means())
        .orElse(Map.of());
  }

  /** What an operator should know of how the families were made ready, one line each. */
  public List<String> notices() {
    return steps.stream().flatMap(step -> step.evaluator.notices().stream()).toList();
  }

  /**
   * Whether a request says anything. To v0.3 an image or a sound that nobody looks at or listens to
   * is nothing.
   */
  public boolean reads(Facts facts) {
    return switch (settings.compatibility()) {
      case GATUN -> !facts.isSilent();
      case UPSTREAM_0_3 ->
          !facts.evaluationText().isEmpty() || steps.stream().anyMatch(s -> s.perceives(facts));
    };
  }

  /**
   * Evaluates one request. Who asks is known first: a denied request is not looked at further, and
   * neither is one that says nothing.
   */
  public SignalHits evaluate(Facts facts) {
    return record(facts, TokenEstimate.UNCALIBRATED, Interest.inAll()).finish();
  }

  /**
   * The same, for those who make more of it.
   *
   * @param estimate how the tokens of the request are counted
   * @param interest with {@link SignalSettings#lazy} decides which families are asked
   */
  public SignalHits.Recorder record(Facts facts, TokenEstimate estimate, Interest interest) {
    SignalHits.Recorder recorder = new SignalHits.Recorder(table);
    long start = ports.ticker().nanos();
    for (Step step : steps) {
      if (step.family == Family.AUTHZ) {
        run(step, facts, ports, new RequestModels(ports), recorder);
      }
    }
    if (recorder.isDenied() || !reads(facts)) {
      return recorder;
    }
    Reading reading = read(facts, estimate);
    reading.compressed().ifPresent(recorder::compressed);
    Ports own = ports.forTenant(facts.identity().tenant()).withTokens(_ -> estimate);
    RequestModels models = new RequestModels(own);
    List<Step> open = new ArrayList<>(steps);
    open.removeIf(step -> step.family == Family.AUTHZ || !step.reads(facts));
    try {
      List<Step> next = next(open, recorder, interest);
      while (!next.isEmpty()) {
        models.begin(asked(next, reading));
        for (Step step : next) {
          Ports until = models.until(start, step.policy.deadline());
          run(step, reading.of(step.family), until, models, recorder);
          if (ports.tasks().isWithdrawn()) {
            return recorder.withdraw();
          }
        }
        open.removeAll(next);
        next = next(open, recorder, interest);
      }
    } finally {
      models.end();
    }
    recorder.classified(models.classified());
    recorder.skipped(families(open));
    recorder.inOrder();
    return recorder;
  }

  /**
   * Who is asked next, side by side: all that are open, or of those that are still of interest the
   * cheapest. What rules alone decide costs less than to find out whether it matters.
   */
  private List<Step> next(List<Step> open, SignalHits.Recorder soFar, Interest interest) {
    if (!settings.lazy() || open.isEmpty()) {
      return List.copyOf(open);
    }
    if (!open.getFirst().family.asksModels()) {
      return open.stream().filter(step -> !step.family.asksModels()).toList();
    }
    Set<Family> wanted = interest.of(soFar, families(open));
    List<Step> asked =
        open.stream().filter(s -> s.mayRefuse() || wanted.contains(s.family)).toList();
    Optional<Family.Cost> least = asked.stream().map(Step::cost).min(Comparator.naturalOrder());
    return asked.stream().filter(step -> least.get() == step.cost()).toList();
  }

  private static Set<Family> families(List<Step> steps) {
    return steps.stream()
        .map(Step::family)
        .collect(Collectors.toCollection(() -> EnumSet.noneOf(Family.class)));
  }

  /** What several families ask about a text of one request is asked once. */
  private static Asked asked(List<Step> steps, Reading reading) {
    Asked asked = new Asked();
    steps.forEach(step -> asked.add(step.family, step.evaluator, reading.of(step.family)));
    return asked;
  }

  private void run(
      Step step, Facts facts, Ports shared, RequestModels models, SignalHits.Recorder recorder) {
    long start = ports.ticker().nanos();
    OnFailure onFailure = step.policy.onFailure();
    recorder.under(onFailure);
    models.takeRoom(); // of families before
    Answer<Coverage> answer = step.evaluator.evaluate(facts, shared, recorder);
    Optional<String> failure = answer.fold(_ -> Optional.empty(), Optional::of);
    recorder.ran(
        new FamilyRun(
            step.family,
            ports.ticker().nanos() - start,
            failure,
            failure.isPresent() ? models.takeRoom() : Room.ENOUGH,
            answer.fold(coverage -> coverage, _ -> Coverage.NONE),
            onFailure,
            step.evaluator.confidence(recorder)));
    if (step.extra && failure.isPresent()) {
      recorder.skipped(Set.of(step.family));
    }
  }
}
