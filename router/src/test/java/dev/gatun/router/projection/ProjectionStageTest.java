package dev.gatun.router.projection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.router.model.Compatibility;
import dev.gatun.router.port.Coverage;
import dev.gatun.router.projection.Mapping.Method;
import dev.gatun.router.projection.Mapping.Output;
import dev.gatun.router.projection.Partition.Semantics;
import dev.gatun.router.projection.ProjectionTrace.PartitionTrace;
import dev.gatun.router.projection.Score.Clip;
import dev.gatun.router.projection.Score.Input;
import dev.gatun.router.projection.Score.Subject;
import dev.gatun.router.rule.Rule;
import dev.gatun.router.signal.Family;
import dev.gatun.router.signal.FamilyRun;
import dev.gatun.router.signal.Predicate;
import dev.gatun.router.signal.Predicate.Bound;
import dev.gatun.router.signal.SignalHits.Hit;
import dev.gatun.router.signal.SignalHits.Recorder;
import dev.gatun.router.signal.SignalKey;
import dev.gatun.router.signal.SignalTable;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ProjectionStageTest {
  private static final SignalKey MATH = new SignalKey(Family.DOMAIN, "math");
  private static final SignalKey LAW = new SignalKey(Family.DOMAIN, "law");
  private static final SignalKey ALIAS = new SignalKey(Family.DOMAIN, "numbers");
  private static final SignalKey A = new SignalKey(Family.EMBEDDING, "a");
  private static final SignalKey B = new SignalKey(Family.EMBEDDING, "b");
  private static final SignalKey C = new SignalKey(Family.EMBEDDING, "c");
  private static final SignalKey HARD = new SignalKey(Family.COMPLEXITY, "effort:hard");
  private static final SignalKey ROLE = new SignalKey(Family.AUTHZ, "admin");
  private static final SignalKey WORD = new SignalKey(Family.KEYWORD, "word");
  private static final SignalKey HIGH = new SignalKey(Family.PROJECTION, "high");
  private static final SignalTable TABLE =
      SignalTable.of(List.of(MATH, LAW, ALIAS, A, B, C, HARD, ROLE, WORD, HIGH));

  private final Recorder recorder = new Recorder(TABLE);

  @Test
  void theDefaultIsTakenWithConfidenceZeroWhereTheFamilyAnswered() {
    recorder.ran(run(Family.DOMAIN, Optional.empty()));
    apply(Compatibility.GATUN, partition(Semantics.EXCLUSIVE));
    assertEquals(0.0, recorder.confidence(LAW));
  }

  @Test
  void theDefaultIsNotTakenWhereTheFamilyWasNotAskedOrFailed() {
    apply(Compatibility.GATUN, partition(Semantics.EXCLUSIVE));
    assertFalse(recorder.isMatched(LAW));
    recorder.ran(run(Family.DOMAIN, Optional.of("no model")));
    apply(Compatibility.GATUN, partition(Semantics.EXCLUSIVE));
    assertFalse(recorder.isMatched(LAW));
  }

  @Test
  void upstreamTakesTheDefaultAlways() {
    apply(Compatibility.UPSTREAM_0_3, partition(Semantics.EXCLUSIVE));
    assertTrue(recorder.isMatched(LAW));
  }

  @Test
  void aLoneContenderIsTracedAndKeepsItsConfidence() {
    recorder.match(MATH, 0.4);
    PartitionTrace trace =
        apply(Compatibility.GATUN, partition(Semantics.SOFTMAX_EXCLUSIVE)).partitions().getFirst();
    assertEquals("math", trace.winner());
    assertEquals(0.4, recorder.confidence(MATH));
  }

  @ParameterizedTest
  @EnumSource(Compatibility.class)
  void underSoftmaxAllALoneContenderIsMeasuredByTheOthersToo(Compatibility compatibility) {
    recorder.match(MATH, 0.4).value(MATH, 0.4).value(LAW, 0.3);
    apply(compatibility, partition(Semantics.SOFTMAX_ALL));
    assertEquals(1 / (1 + Math.exp(-1)), recorder.confidence(MATH), 1e-12);
  }

  @Test
  void whatHoldsOnlyAsAnotherNameOfALoserHoldsNoMore() {
    recorder.match(MATH, 0.4).match(LAW, 0.5).holds(ALIAS, 0.4, MATH);
    apply(Compatibility.GATUN, partition(Semantics.EXCLUSIVE));
    assertTrue(Double.isNaN(recorder.confidence(ALIAS)));
    assertTrue(Double.isNaN(recorder.confidence(MATH)));
    assertEquals(0.5, recorder.confidence(LAW));
  }

  @Test
  void aPartitionWinnerIsNeverCut() {
    Partition ab =
        new Partition(
            "p", Family.EMBEDDING, Semantics.EXCLUSIVE, List.of("a", "b"), Optional.of("a"), 0);
    Projections all = new Projections(List.of(ab), List.of(), List.of(), Map.of(), List.of());
    recorder.match(A, 0.6).match(B, 0.5).match(C, 0.9);
    new ProjectionStage(TABLE, all, EmbeddingCut.to(1), Compatibility.GATUN).apply(recorder);
    assertEquals(List.of(C, A), recorder.matched(Family.EMBEDDING).stream().map(Hit::key).toList());
  }

  /** The trace names it the winner, so a rule must see it. */
  @Test
  void theDefaultOfAPartitionIsNeverCut() {
    Partition ab =
        new Partition(
            "p", Family.EMBEDDING, Semantics.EXCLUSIVE, List.of("a", "b"), Optional.of("b"), 0);
    Projections all = new Projections(List.of(ab), List.of(), List.of(), Map.of(), List.of());
    recorder.match(C, 0.9).ran(run(Family.EMBEDDING, Optional.empty()));
    new ProjectionStage(TABLE, all, EmbeddingCut.to(1), Compatibility.GATUN).apply(recorder);
    assertEquals(List.of(C, B), recorder.matched(Family.EMBEDDING).stream().map(Hit::key).toList());
    assertEquals(0.0, recorder.confidence(B));
  }

  @Test
  void theCutCountsEveryGroupForItself() {
    recorder.match(A, 0.6).match(B, 0.5).match(C, 0.4);
    EmbeddingCut cut = new EmbeddingCut(1, Map.of("c", "image"));
    new ProjectionStage(TABLE, Projections.none(), cut, Compatibility.GATUN).apply(recorder);
    assertEquals(List.of(A, C), recorder.matched(Family.EMBEDDING).stream().map(Hit::key).toList());
  }

  @Test
  void aComplexityRuleWhoseComposerFailsSaysNothing() {
    Map<String, Rule> composers = Map.of("effort", Rule.on(WORD));
    Projections all = new Projections(List.of(), List.of(), List.of(), composers, List.of());
    recorder.match(HARD, 0.7);
    apply(Compatibility.GATUN, all);
    assertFalse(recorder.isMatched(HARD));
    recorder.match(WORD, 1).match(HARD, 0.7);
    apply(Compatibility.GATUN, all);
    assertTrue(recorder.isMatched(HARD));
  }

  @Test
  void domainsCountUnderTheirOtherNamesAndRolesCount() {
    recorder.match(MATH, 0.4).holds(ALIAS, 0.4, MATH).match(ROLE, 1);
    Score score =
        Score.of(
            "s",
            Input.of(new Subject.Confidence(ALIAS), 1),
            Input.of(new Subject.Matched(ROLE, 2, 0), 1));
    assertEquals(2.4, total(Compatibility.GATUN, score), 1e-12);
    assertEquals(0, total(Compatibility.UPSTREAM_0_3, score));
  }

  @Test
  void aConfidenceOfZeroCountsAsZero() {
    recorder.match(WORD, 0);
    Score score = Score.of("s", Input.of(new Subject.Confidence(WORD), 1));
    assertEquals(0, total(Compatibility.GATUN, score));
    assertEquals(1, total(Compatibility.UPSTREAM_0_3, score));
  }

  @Test
  void aScoreCanBeNormalisedClippedAndConditional() {
    recorder.match(WORD, 1).value(A, 8);
    List<Input> inputs =
        List.of(
            Input.of(new Subject.Raw(A), 3),
            new Input(new Subject.Matched(WORD, 1, 0), -1, Optional.of(Rule.on(MATH))));
    Optional<Clip> clip = Optional.of(new Clip(OptionalDouble.empty(), OptionalDouble.of(5)));
    assertEquals(6, total(Compatibility.GATUN, new Score("s", inputs, true, Optional.empty())));
    assertEquals(5, total(Compatibility.GATUN, new Score("s", inputs, true, clip)));
  }

  @Test
  void aBoostAddsToItsScoreBeforeTheMappings() {
    recorder.match(WORD, 1).match(MATH, 0.8);
    Score score = Score.of("s", Input.of(new Subject.Matched(WORD, 1, 0), 0.25));
    Boost boost = new Boost("consensus", Rule.on(WORD), Map.of("s", 0.5, "math", 0.5));
    ProjectionTrace trace =
        apply(
            Compatibility.GATUN,
            new Projections(
                List.of(), List.of(score), List.of(mapping(0.7)), Map.of(), List.of(boost)));
    assertEquals(0.75, trace.score("s").orElseThrow());
    assertEquals(2, trace.boosts().size());
    assertEquals(1, recorder.confidence(MATH));
    assertTrue(recorder.isMatched(HIGH));
  }

  /** Of a family that nobody asks nothing is known, so no output may say anything of it. */
  @Test
  void aScoreOfAFamilyThatNobodyAsksIsNotComputed() {
    Score score = Score.of("s", Input.of(new Subject.Matched(WORD, 1, 0), 1));
    Score over = Score.of("over", Input.of(new Subject.OfScore("s"), 1));
    Score other = Score.of("other", Input.of(new Subject.Matched(A, 1, 0), 1));
    Predicate below = new Predicate(Optional.empty(), Optional.of(new Bound(1, false)));
    Mapping mapping =
        new Mapping("m", "s", Method.THRESHOLD_BANDS, 12, List.of(new Output("high", below)));
    Projections all = Projections.of(List.of(score, over, other), List.of(mapping));
    Set<Family> asked = EnumSet.of(Family.EMBEDDING);
    ProjectionTrace trace =
        new ProjectionStage(TABLE, all, asked, EmbeddingCut.none(), Compatibility.GATUN)
            .apply(recorder);
    assertEquals(List.of("other"), trace.scores().stream().map(s -> s.name()).toList());
    assertFalse(recorder.isMatched(HIGH));
    new ProjectionStage(TABLE, all, asked, EmbeddingCut.none(), Compatibility.UPSTREAM_0_3)
        .apply(recorder);
    assertTrue(recorder.isMatched(HIGH));
  }

  @Test
  void theTraceTellsEveryOutputThatWasEmitted() {
    recorder.match(WORD, 1);
    Score score = Score.of("s", Input.of(new Subject.Matched(WORD, 1, 0), 1));
    Mapping mapping =
        new Mapping(
            "m",
            "s",
            Method.MULTI_EMIT,
            12,
            List.of(
                new Output("high", Predicate.atLeast(0.5)),
                new Output("any", Predicate.atLeast(0))));
    ProjectionTrace trace =
        apply(Compatibility.GATUN, Projections.of(List.of(score), List.of(mapping)));
    assertEquals(List.of("high", "any"), trace.mappings().getFirst().selected());
  }

  @Test
  void scoresAreComputedAfterThoseTheyRead() {
    Score last = Score.of("last", Input.of(new Subject.OfOutput("high"), 1));
    Score first = Score.of("first", Input.of(new Subject.Raw(A), 1));
    Mapping mapping =
        new Mapping(
            "m",
            "first",
            Method.THRESHOLD_BANDS,
            1,
            List.of(new Output("high", Predicate.atLeast(0))));
    assertEquals(List.of(first, last), Order.of(List.of(last, first), List.of(mapping)).scores());
    Score circle = Score.of("first", Input.of(new Subject.OfScore("last"), 1));
    assertEquals(
        List.of("last", "first", "last"),
        Order.of(List.of(last, circle), List.of(mapping)).cycle());
  }

  @Test
  void whatAnOutputIsComputedFromIsNeeded() {
    Score base = Score.of("base", Input.of(new Subject.Metric("privacy_kb", "best_score"), 1));
    Score top =
        new Score(
            "s",
            List.of(new Input(new Subject.OfScore("base"), 1, Optional.of(Rule.on(WORD)))),
            false,
            Optional.empty());
    Score unread = Score.of("unread", Input.of(new Subject.Raw(A), 1));
    Projections all = Projections.of(List.of(unread, top, base), List.of(mapping(0)));
    List<Family> families =
        Uses.of(List.of(Rule.on(HIGH)), all, Compatibility.GATUN).stream()
            .map(SignalKey::family)
            .toList();
    assertEquals(List.of(Family.PROJECTION, Family.KEYWORD, Family.KB), families);
  }

  @Test
  void membersOfPartitionsAreNeededUnlessUnderUpstreamSemantics() {
    Projections all = partition(Semantics.EXCLUSIVE);
    assertEquals(2, Uses.of(List.of(), all, Compatibility.GATUN).size());
    assertEquals(0, Uses.of(List.of(), all, Compatibility.UPSTREAM_0_3).size());
  }

  private ProjectionTrace apply(Compatibility compatibility, Projections projections) {
    return new ProjectionStage(TABLE, projections, EmbeddingCut.none(), compatibility)
        .apply(recorder);
  }

  private double total(Compatibility compatibility, Score score) {
    return apply(compatibility, Projections.of(List.of(score), List.of(mapping(100))))
        .score("s")
        .orElseThrow();
  }

  private static Mapping mapping(double bound) {
    Predicate bounds = new Predicate(Optional.of(new Bound(bound, true)), Optional.empty());
    return new Mapping("m", "s", Method.THRESHOLD_BANDS, 12, List.of(new Output("high", bounds)));
  }

  private static Projections partition(Semantics semantics) {
    Partition partition =
        new Partition(
            "p", Family.DOMAIN, semantics, List.of("math", "law"), Optional.of("law"), 0.1);
    return new Projections(List.of(partition), List.of(), List.of(), Map.of(), List.of());
  }

  private static FamilyRun run(Family family, Optional<String> degraded) {
    return new FamilyRun(family, 0, degraded, Coverage.NONE);
  }
}
