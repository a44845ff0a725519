package dev.gatun.router.signal;

import dev.gatun.router.model.Compatibility;
import dev.gatun.router.model.Facts;
import dev.gatun.router.port.Answer;
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

  /** One family: records what it finds and says why it could not, if so. */
  private interface FamilyEvaluator {
    Optional<String> evaluate(String text, SignalHits.Recorder recorder);
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
          (text, recorder) -> Optional.of("this version does not run " + family.type() + " yet");
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
      Optional<String> degraded = step.evaluator.evaluate(text, recorder);
      recorder.ran(new FamilyRun(step.family, ports.ticker().nanos() - start, degraded));
    }
    return recorder.finish();
  }

  private static Optional<String> keywords(
      Keyword.Evaluator evaluator, String text, SignalHits.Recorder recorder) {
    for (SignalHits.Hit hit : evaluator.evaluate(text)) {
      recorder.match(hit.key(), hit.confidence(), hit.evidence());
    }
    return Optional.empty();
  }

  private static Optional<String> domain(
      Domain.Evaluator evaluator, Answer<Distribution> answer, SignalHits.Recorder recorder) {
    return switch (answer) {
      case Answer.Known<Distribution>(Distribution distribution) -> {
        evaluator.evaluate(distribution, recorder);
        yield Optional.empty();
      }
      case Answer.Failed<Distribution>(String reason) -> Optional.of(reason);
    };
  }
}
