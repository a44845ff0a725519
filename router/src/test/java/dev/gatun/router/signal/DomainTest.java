package dev.gatun.router.signal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.router.model.Compatibility;
import dev.gatun.router.port.Distribution;
import dev.gatun.router.port.Embeddings;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DomainTest {
  private static final List<String> LABELS = List.of("math", "physics", "law", "other");
  private static final Domain MATH = Domain.of("math");
  private static final Domain SCIENCE = Domain.of("science", "math", "Physics");
  private static final Domain LAW = Domain.of("legal", "law");

  @Test
  void aDecidedAnswerEmitsItsTopLabel() {
    SignalHits hits = evaluate(0.5, List.of(MATH, LAW), 0.95, 0.03, 0.01, 0.01);
    assertEquals(List.of("domain:math"), keys(hits));
    assertEquals(0.95, hits.confidence(MATH.key()).orElseThrow());
  }

  @Test
  void anUndecidedAnswerEmitsEveryLabelFromTheThresholdOn() {
    SignalHits hits = evaluate(0.3, List.of(MATH, LAW), 0.35, 0.05, 0.5, 0.1);
    assertEquals(List.of("domain:legal", "domain:math"), keys(hits));
  }

  @Test
  void upstreamEmitsOnlyTheTopLabel() {
    Domain.Evaluator evaluator =
        new Domain.Evaluator(
            List.of(MATH, LAW),
            settings(0.3, "other"),
            Compatibility.UPSTREAM_0_3,
            Embeddings.none());
    assertEquals(
        List.of("domain:legal"),
        keys(evaluate(evaluator, List.of(MATH, LAW), 0.35, 0.05, 0.5, 0.1)));
    assertEquals(List.of(), keys(evaluate(evaluator, List.of(MATH, LAW), 0.25, 0.25, 0.25, 0.25)));
  }

  @Test
  void belowTheThresholdNothingIsEmitted() {
    assertTrue(keys(evaluate(0.5, List.of(MATH), 0.4, 0.3, 0.2, 0.1)).isEmpty());
  }

  @Test
  void belowTheThresholdTheFallbackIsEmittedWithItsProbability() {
    Domain other = Domain.of("other");
    Domain.Evaluator evaluator =
        new Domain.Evaluator(
            List.of(MATH, other), settings(0.5, "other"), Compatibility.GATUN, Embeddings.none());
    SignalHits hits = evaluate(evaluator, List.of(MATH, other), 0.4, 0.3, 0.2, 0.1);
    assertEquals(List.of("domain:other"), keys(hits));
    assertEquals(0.1, hits.confidence(other.key()).orElseThrow());
  }

  @Test
  void aLabelBelongsToTheLastRuleThatNamesItButHoldsForAll() {
    Domain stem = Domain.of("stem", "physics");
    SignalHits hits = evaluate(0.5, List.of(SCIENCE, stem), 0.02, 0.95, 0.02, 0.01);
    assertEquals(List.of("domain:stem"), keys(hits));
    assertEquals(0.95, hits.confidence(SCIENCE.key()).orElseThrow());
  }

  @Test
  void underUpstreamALabelHoldsForEveryRuleThatListsItToo() {
    Domain stem = Domain.of("stem", "physics");
    Domain phys = Domain.of("phys", "physics");
    List<Domain> domains = List.of(phys, stem);
    Domain.Evaluator evaluator =
        new Domain.Evaluator(
            domains, settings(0.5, "other"), Compatibility.UPSTREAM_0_3, Embeddings.none());
    SignalHits hits = evaluate(evaluator, domains, 0.02, 0.95, 0.02, 0.01);
    assertEquals(List.of("domain:stem"), keys(hits));
    assertTrue(hits.confidence(phys.key()).isPresent());
  }

  @Test
  void aLabelOfNoRuleKeepsItsName() {
    assertEquals(List.of("domain:law"), keys(evaluate(0.5, List.of(MATH), 0.01, 0.01, 0.97, 0.01)));
  }

  @Test
  void probabilitiesOfAllRulesAreRecorded() {
    SignalHits hits = evaluate(0.5, List.of(MATH, LAW), 0.95, 0.03, 0.01, 0.01);
    assertEquals(0.01, hits.values().get(LAW.key()));
  }

  @Test
  void entropyIsMeasuredAgainstItsMaximum() {
    Entropy even = Entropy.of(List.of(0.25, 0.25, 0.25, 0.25));
    assertEquals(2.0, even.bits(), 1e-12);
    assertEquals(1.0, even.normalized(), 1e-12);
    assertEquals(Entropy.Level.VERY_HIGH, even.level());
    assertEquals(Entropy.Level.VERY_LOW, Entropy.of(List.of(1.0, 0.0)).level());
    assertEquals(0.0, Entropy.of(List.of()).normalized());
  }

  @Test
  void aParentIsAsLikelyAsItsPartsTogether() {
    Domain science = Domain.of("nature", "other");
    List<Domain> domains =
        List.of(science, Domain.of("math").partOf("nature"), Domain.of("physics").partOf("math"));
    SignalHits hits = evaluate(0.5, domains, 0.3, 0.3, 0.3, 0.1);
    assertEquals(List.of("domain:nature", "domain:math"), keys(hits));
    assertEquals(0.7, hits.confidence(science.key()).orElseThrow(), 1e-9);
    assertEquals(0.6, hits.values().get(MATH.key()), 1e-9, "itself and what is a part of it");
    assertEquals(List.of("math"), hits.matched().getFirst().evidence());
    assertEquals(List.of("domain:law"), keys(evaluate(0.5, domains, 0.01, 0.01, 0.97, 0.01)));
  }

  @Test
  void aParentFollowsThePartThatIsDecided() {
    Domain science = Domain.of("nature");
    List<Domain> domains = List.of(science, Domain.of("physics").partOf("nature"));
    SignalHits hits = evaluate(0.5, domains, 0.01, 0.97, 0.01, 0.01);
    assertEquals(List.of("domain:physics", "domain:nature"), keys(hits));
    assertEquals(0.97, hits.confidence(science.key()).orElseThrow(), 1e-9);
  }

  private static DomainSettings settings(double threshold, String fallback) {
    return DomainSettings.local(threshold, Optional.of(fallback));
  }

  private static SignalHits evaluate(double threshold, List<Domain> domains, Double... p) {
    DomainSettings settings = DomainSettings.local(threshold, Optional.empty());
    return evaluate(
        new Domain.Evaluator(domains, settings, Compatibility.GATUN, Embeddings.none()),
        domains,
        p);
  }

  private static SignalHits evaluate(
      Domain.Evaluator evaluator, List<Domain> domains, Double... p) {
    SignalTable table = SignalTable.of(domains.stream().map(Domain::key).toList());
    SignalHits.Recorder recorder = new SignalHits.Recorder(table);
    evaluator.evaluate(Distribution.of(LABELS, List.of(p)), recorder);
    return recorder.finish();
  }

  private static List<String> keys(SignalHits hits) {
    return hits.matched().stream().map(hit -> hit.key().toString()).toList();
  }
}
