package dev.gatun.server.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.router.config.Profile;
import dev.gatun.router.config.Providers.Pricing;
import dev.gatun.router.config.Routing;
import dev.gatun.router.decision.Decision;
import dev.gatun.router.decision.Verdict;
import dev.gatun.router.decision.Verdict.Match;
import dev.gatun.router.decision.Verdict.Winner;
import dev.gatun.router.pipeline.Outcome;
import dev.gatun.router.pipeline.Routed;
import dev.gatun.router.port.Answer.Room;
import dev.gatun.router.port.Coverage;
import dev.gatun.router.projection.ProjectionTrace;
import dev.gatun.router.projection.Projections;
import dev.gatun.router.rule.Rule;
import dev.gatun.router.signal.Family;
import dev.gatun.router.signal.FamilyRun;
import dev.gatun.router.signal.Keyword;
import dev.gatun.router.signal.OnFailure;
import dev.gatun.router.signal.RoleBinding;
import dev.gatun.router.signal.SignalHits;
import dev.gatun.router.signal.SignalKey;
import dev.gatun.router.signal.SignalRules;
import dev.gatun.router.signal.SignalTable;
import dev.gatun.server.http.Bodies;
import dev.gatun.server.http.FakeBackend;
import dev.gatun.server.http.RunningServer;
import dev.gatun.server.inference.TurnCache;
import dev.gatun.server.wire.Usage;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class RequestMetricsTest {
  private static final SignalRules RULES =
      new SignalRules(
          List.of(
              Keyword.literal("first \"one\"", Keyword.Operator.OR, "a"),
              Keyword.literal("second", Keyword.Operator.OR, "b"),
              RoleBinding.of("one", "admin", new RoleBinding.User("a")),
              RoleBinding.of("two", "admin", new RoleBinding.User("b"))));

  private static final Profile PROFILE =
      new Profile(
          Profile.DEFAULT,
          "",
          List.of(),
          new Routing(RULES, Projections.none(), List.of(), Set.of(), Optional.empty()));

  private final RequestMetrics metrics = new RequestMetrics();

  private static FamilyRun run(Family family, long nanos, String failure, Coverage coverage) {
    return new FamilyRun(
        family,
        nanos,
        Optional.of(failure).filter(f -> !f.isEmpty()),
        Room.ENOUGH,
        coverage,
        OnFailure.CLOSED,
        OptionalDouble.empty());
  }

  private static SignalHits.Recorder recorder() {
    return new SignalHits.Recorder(SignalTable.of(List.of()));
  }

  private static Routed routed(SignalHits hits, Verdict verdict) {
    return new Routed(
        PROFILE,
        hits,
        ProjectionTrace.none(),
        verdict,
        new Outcome.Kept("small"),
        0,
        Optional.empty(),
        2_000,
        3_000);
  }

  @Test
  void tokensAndTheirCostAreCounted() {
    Pricing pricing =
        new Pricing("EUR", OptionalDouble.of(2), OptionalDouble.of(8), OptionalDouble.of(0.5));
    Usage usage = new Usage(1000, OptionalLong.of(400), 100, false);
    metrics.add("small", Optional.of(pricing), usage);
    metrics.add("small", Optional.of(pricing), usage);
    metrics.add("large", Optional.empty(), usage);

    assertLine("llm_model_prompt_tokens_total{model=\"small\"} 2000.0");
    assertLine("llm_model_completion_tokens_total{model=\"small\"} 200.0");
    assertLine("llm_model_tokens_total{model=\"large\"} 1100.0");
    assertLine("llm_model_cost_total{currency=\"EUR\",model=\"small\"} 0.0044");
    assertFalse(text().contains("llm_model_cost_total{currency=\"EUR\",model=\"large\"}"));
    assertFalse(text().contains("currency=\"USD\""));
  }

  @Test
  void whatABackendCountsIsSeenAtTheListener() throws Exception {
    String reply =
        "{\"choices\":[],\"usage\":{\"prompt_tokens\":1000000,\"completion_tokens\":500000}}";
    try (FakeBackend small = FakeBackend.start(call -> call.json(200, reply));
        RunningServer server =
            RunningServer.of(
                RunningServer.standard(small, small)
                    .replace(
                        "provider_model_id: acme/small",
                        "pricing: { prompt_per_1m: 0.5, completion_per_1m: 3 }"))) {
      assertEquals(200, server.chat(Bodies.chat("auto", "hello")).statusCode());
      assertEquals(200, server.chat(Bodies.chat("auto", "urgent")).statusCode());
      String text = server.get(server.server().management().resolve("/metrics")).body();
      assertTrue(text.contains("llm_model_cost_total{currency=\"USD\",model=\"small\"} 2.0"), text);
      assertTrue(text.contains("llm_model_tokens_total{model=\"large\"} 1500000.0"), text);
      assertFalse(text.contains("llm_model_cost_total{currency=\"USD\",model=\"large\"}"), text);
    }
  }

  private String text() {
    return new String(metrics.text(), StandardCharsets.UTF_8);
  }

  private void assertLine(String line) {
    String text = text();
    assertTrue(text.lines().anyMatch(line::equals), line + " is not in " + text);
  }

  @Test
  void everyRuleOfAFamilyThatRanWasEvaluatedAndSomeMatched() {
    SignalHits hits =
        recorder()
            .match(new SignalKey(Family.KEYWORD, "second"), 1)
            .ran(run(Family.KEYWORD, 7_000_000, "", Coverage.NONE))
            .finish();
    metrics.add(routed(hits, Verdict.none()));
    metrics.add(routed(hits, Verdict.none()));
    String keyword = ",signal_type=\"keyword\"} 2.0";
    assertLine("llm_signal_extraction_total{signal_name=\"first \\\"one\\\"\"" + keyword);
    assertLine("llm_signal_extraction_total{signal_name=\"second\"" + keyword);
    assertLine("llm_signal_match_total{signal_name=\"second\"" + keyword);
    String latency = "llm_signal_extraction_latency_seconds";
    assertLine(latency + "_bucket{signal_type=\"keyword\",le=\"0.005\"} 0");
    assertLine(latency + "_bucket{signal_type=\"keyword\",le=\"0.01\"} 2");
    assertLine(latency + "_bucket{signal_type=\"keyword\",le=\"+Inf\"} 2");
    assertLine(latency + "_sum{signal_type=\"keyword\"} 0.014");
    assertLine(latency + "_count{signal_type=\"keyword\"} 2");
    assertLine("# TYPE llm_signal_match_total counter");
  }

  @Test
  void rolesAreCountedAndNotTheBindingsThatGiveThem() {
    SignalHits hits =
        recorder()
            .match(new SignalKey(Family.AUTHZ, "admin"), 1)
            .ran(run(Family.AUTHZ, 1, "", Coverage.NONE))
            .finish();
    metrics.add(routed(hits, Verdict.none()));
    String admin = "_total{signal_name=\"admin\",signal_type=\"authz\"} 1.0";
    assertLine("llm_signal_extraction" + admin);
    assertLine("llm_signal_match" + admin);
  }

  @Test
  void whoFailedAndWhatWasReadIsCounted() {
    SignalHits hits =
        recorder()
            .ran(run(Family.JAILBREAK, 1, "no answer within 5 ms", Coverage.NONE))
            .ran(run(Family.DOMAIN, 1, "", new Coverage(30, 50)))
            .finish();
    metrics.add(routed(hits, Verdict.none()));
    assertLine(
        "gatun_signal_unavailable_total{on_failure=\"closed\",signal_type=\"jailbreak\"} 1.0");
    assertLine("gatun_signal_tokens_read_total{signal_type=\"domain\"} 30.0");
    assertLine("gatun_signal_tokens_present_total{signal_type=\"domain\"} 50.0");
  }

  @Test
  void everyMatchOfADecisionIsCountedAndItsWinsBesides() {
    Match first = new Match(Decision.of("first", 9, Rule.always()), 0.85);
    Match second = new Match(Decision.of("second", 1, Rule.always()), 0);
    Winner winner = new Winner(first.decision(), 0.85, List.of(), Verdict.DecidedBy.PRIORITY);
    Verdict verdict = new Verdict(List.of(first, second), Optional.of(winner));
    metrics.add(routed(recorder().finish(), verdict));
    metrics.add(routed(recorder().finish(), Verdict.none()));
    assertLine("llm_decision_evaluation_total 2.0");
    assertLine("llm_decision_evaluation_latency_seconds_bucket{le=\"1.0E-6\"} 0");
    assertLine("llm_decision_evaluation_latency_seconds_bucket{le=\"1.0E-5\"} 2");
    assertLine("llm_decision_match_total{decision_name=\"first\"} 1.0");
    assertLine("llm_decision_match_total{decision_name=\"second\"} 1.0");
    assertLine("llm_decision_confidence_bucket{decision_name=\"first\",le=\"0.8\"} 0");
    assertLine("llm_decision_confidence_bucket{decision_name=\"first\",le=\"0.9\"} 1");
    assertLine("llm_decision_confidence_bucket{decision_name=\"second\",le=\"0.0\"} 1");
    assertLine("gatun_decision_selected_total{decision_name=\"first\"} 1.0");
    assertFalse(text().contains("gatun_decision_selected_total{decision_name=\"second\"}"));
  }

  @Test
  void theCacheOfEarlierTurnsIsAskedAtEveryLook() {
    AtomicReference<Optional<TurnCache.Figures>> figures = new AtomicReference<>(Optional.empty());
    metrics.turns(figures::get);
    assertFalse(text().contains("gatun_turn_cache_hits_total "), text());
    figures.set(Optional.of(new TurnCache.Figures(7, 3, 4_096)));
    assertLine("gatun_turn_cache_hits_total 7.0");
    assertLine("gatun_turn_cache_misses_total 3.0");
    assertLine("gatun_turn_cache_bytes 4096.0");
  }

  @Test
  void requestsOfTheDataPlaneAreCountedAndDryRunsAreNot() throws Exception {
    try (FakeBackend backend = FakeBackend.start(call -> call.json(200, "{}"));
        RunningServer server = RunningServer.over(backend, backend)) {
      server.chat("{\"model\":\"MoM\",\"messages\":[{\"role\":\"user\",\"content\":\"urgent\"}]}");
      server.manage("/api/v1/eval", "{\"text\":\"urgent help\"}");
      HttpResponse<String> answer = server.get(server.server().management().resolve("/metrics"));
      assertEquals(200, answer.statusCode());
      assertEquals(
          "text/plain; version=0.0.4; charset=utf-8",
          answer.headers().firstValue("content-type").orElse(""));
      String line = "llm_signal_match_total{signal_name=\"urgent\",signal_type=\"keyword\"} 1.0";
      assertTrue(answer.body().lines().anyMatch(line::equals), answer.body());
      assertTrue(answer.body().contains("gatun_turn_cache_bytes 0.0"), answer.body());
    }
  }
}
