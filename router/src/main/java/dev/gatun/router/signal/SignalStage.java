package dev.gatun.router.signal;

import dev.gatun.router.model.Compatibility;
import dev.gatun.router.model.Facts;
import dev.gatun.router.port.Answer;
import dev.gatun.router.port.Coverage;
import dev.gatun.router.port.Distribution;
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

  /** The rules of all families, as declared. */
  public record Specs(
      List<Keyword> keywords,
      List<Domain> domains,
      DomainSettings domainSettings,
      Compatibility compatibility) {
    public Specs {
      keywords = List.copyOf(keywords);
      domains = List.copyOf(domains);
    }
  }

  /** One family: records what it finds; the answer is what it took, or why it could not. */
  private interface FamilyEvaluator {
    Answer<Coverage> evaluate(String text, SignalHits.Recorder recorder);
  }

  private record Step(Family family, FamilyEvaluator evaluator) {}

  /**
   * Plans the evaluation of exactly the families that are needed.
   *
   * @param needed families some rule names; one that does not run yet is degraded at every request
   */
  public static SignalStage plan(
      SignalTable table, Specs specs, Collection<Family> needed, Ports ports) {
    List<Step> steps = new ArrayList<>();
    for (Family family : Family.values()) {
      if (needed.contains(family)) {
        steps.add(new Step(family, evaluator(family, specs, ports)));
      }
    }
    return new SignalStage(table, steps, ports);
  }

  private static FamilyEvaluator evaluator(Family family, Specs specs, Ports ports) {
    return switch (family) {
      case KEYWORD -> {
        Keyword.Evaluator keywords = new Keyword.Evaluator(specs.keywords(), specs.compatibility());
        yield (text, recorder) -> keywords(keywords, text, recorder);
      }
      case DOMAIN -> {
        Domain.Evaluator domains =
            new Domain.Evaluator(specs.domains(), specs.domainSettings(), specs.compatibility());
        yield (text, recorder) -> domain(domains, ports.encoders().domain(text), recorder);
      }
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
          STRUCTURE,
          USER_FEEDBACK,
          PROJECTION ->
          (text, recorder) -> Answer.failed("this version does not run " + family.type() + " yet");
    };
  }

  /** Evaluates one request; a request without text matches nothing. */
  public SignalHits evaluate(Facts facts) {
    SignalHits.Recorder recorder = new SignalHits.Recorder(table);
    String text = facts.evaluationText();
    if (text.isEmpty()) {
      return recorder.finish();
    }
    for (Step step : steps) {
      long start = ports.ticker().nanos();
      Answer<Coverage> answer = step.evaluator.evaluate(text, recorder);
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

  private static Answer<Coverage> keywords(
      Keyword.Evaluator evaluator, String text, SignalHits.Recorder recorder) {
    for (SignalHits.Hit hit : evaluator.evaluate(text)) {
      recorder.match(hit.key(), hit.confidence(), hit.evidence());
    }
    return Answer.of(Coverage.NONE);
  }

  private static Answer<Coverage> domain(
      Domain.Evaluator evaluator, Answer<Distribution> answer, SignalHits.Recorder recorder) {
    return switch (answer) {
      case Answer.Known<Distribution>(Distribution distribution) -> {
        evaluator.evaluate(distribution, recorder);
        yield Answer.of(distribution.coverage());
      }
      case Answer.Failed<Distribution>(String reason) -> Answer.failed(reason);
    };
  }
}
