package dev.gatun.router.signal;

import dev.gatun.router.model.Facts;
import dev.gatun.router.port.Answer;
import dev.gatun.router.port.Coverage;
import dev.gatun.router.port.Embeddings;
import dev.gatun.router.port.Ports;
import dev.gatun.router.signal.SignalHits.FamilyRun;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * From a request to what the signals say. Only families that some rule needs are evaluated.
 * Immutable and safe to share.
 */
public final class SignalStage {
  private final SignalTable table;
  private final List<Step> steps;
  private final Ports ports;

  private SignalStage(SignalTable table, List<Step> steps, Ports ports) {
    this.table = table;
    this.steps = List.copyOf(steps);
    this.ports = ports;
  }

  private record Step(Family family, FamilyEvaluator evaluator) {}

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
    List<Step> steps = new ArrayList<>();
    for (Family family : Family.values()) {
      if (needed.contains(family)) {
        steps.add(new Step(family, evaluator(family, rules, settings, ports)));
      }
    }
    return new SignalStage(table, steps, ports);
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
              ports.encoders());
      case STRUCTURE -> new Structure.Evaluator(rules.of(Structure.class));
      case AUTHZ,
          COMPLEXITY,
          CONTEXT,
          CONVERSATION,
          EMBEDDING,
          EVENT,
          FACT_CHECK,
          JAILBREAK,
          KB,
          LANGUAGE,
          MODALITY,
          PII,
          PREFERENCE,
          REASK,
          USER_FEEDBACK,
          PROJECTION ->
          FamilyEvaluator.failing("this version does not run " + family.type() + " yet");
    };
  }

  /** Evaluates one request; a request without text matches nothing. */
  public SignalHits evaluate(Facts facts) {
    SignalHits.Recorder recorder = new SignalHits.Recorder(table);
    if (facts.evaluationText().isEmpty()) {
      return recorder.finish();
    }
    List<String> embedded =
        steps.stream().flatMap(step -> step.evaluator.embedded(facts).stream()).toList();
    Embeddings vectors = new RequestEmbeddings(ports.embeddings(), embedded);
    for (Step step : steps) {
      long start = ports.ticker().nanos();
      Answer<Coverage> answer = step.evaluator.evaluate(facts, vectors, recorder);
      recorder.ran(run(step.family, ports.ticker().nanos() - start, answer));
    }
    return recorder.finish();
  }

  private static FamilyRun run(Family family, long nanos, Answer<Coverage> answer) {
    return switch (answer) {
      case Answer.Known<Coverage>(Coverage coverage) ->
          new FamilyRun(family, nanos, Optional.empty(), coverage);
      case Answer.Failed<Coverage>(String reason) ->
          new FamilyRun(family, nanos, Optional.of(reason), Coverage.NONE);
    };
  }
}
