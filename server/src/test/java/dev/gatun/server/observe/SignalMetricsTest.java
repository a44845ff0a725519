package dev.gatun.server.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.router.port.Coverage;
import dev.gatun.router.signal.Family;
import dev.gatun.router.signal.Keyword;
import dev.gatun.router.signal.OnFailure;
import dev.gatun.router.signal.SignalHits;
import dev.gatun.router.signal.SignalHits.FamilyRun;
import dev.gatun.router.signal.SignalKey;
import dev.gatun.router.signal.SignalRules;
import dev.gatun.router.signal.SignalTable;
import dev.gatun.server.http.FakeBackend;
import dev.gatun.server.http.RunningServer;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SignalMetricsTest {
  private static final SignalRules RULES =
      new SignalRules(
          List.of(
              Keyword.literal("first \"one\"", Keyword.Operator.OR, "a"),
              Keyword.literal("second", Keyword.Operator.OR, "b")));

  private final SignalMetrics metrics = new SignalMetrics();

  private static FamilyRun run(Family family, long nanos, String failure, Coverage coverage) {
    return new FamilyRun(
        family, nanos, Optional.of(failure).filter(f -> !f.isEmpty()), coverage, OnFailure.CLOSED);
  }

  private static SignalHits.Recorder recorder() {
    return new SignalHits.Recorder(SignalTable.of(List.of()));
  }

  private void assertLine(String line) {
    String text = metrics.text();
    assertTrue(text.lines().anyMatch(line::equals), line + " is not in " + text);
  }

  @Test
  void everyRuleOfAFamilyThatRanWasEvaluatedAndSomeMatched() {
    SignalHits hits =
        recorder()
            .match(new SignalKey(Family.KEYWORD, "second"), 1)
            .ran(run(Family.KEYWORD, 7_000_000, "", Coverage.NONE))
            .finish();
    metrics.add(hits, RULES);
    metrics.add(hits, RULES);
    String keyword = "{signal_type=\"keyword\",signal_name=";
    assertLine("llm_signal_extraction_total" + keyword + "\"first \\\"one\\\"\"} 2");
    assertLine("llm_signal_extraction_total" + keyword + "\"second\"} 2");
    assertLine("llm_signal_match_total" + keyword + "\"second\"} 2");
    String latency = "llm_signal_extraction_latency_seconds";
    assertLine(latency + "_bucket{signal_type=\"keyword\",le=\"0.005\"} 0");
    assertLine(latency + "_bucket{signal_type=\"keyword\",le=\"0.01\"} 2");
    assertLine(latency + "_bucket{signal_type=\"keyword\",le=\"+Inf\"} 2");
    assertLine(latency + "_sum{signal_type=\"keyword\"} 0.014");
    assertLine(latency + "_count{signal_type=\"keyword\"} 2");
    assertLine("# TYPE llm_signal_match_total counter");
  }

  @Test
  void whoFailedAndWhatWasReadIsCounted() {
    SignalHits hits =
        recorder()
            .ran(run(Family.JAILBREAK, 1, "no answer within 5 ms", Coverage.NONE))
            .ran(run(Family.DOMAIN, 1, "", new Coverage(30, 50)))
            .finish();
    metrics.add(hits, RULES);
    assertLine("gatun_signal_unavailable_total{signal_type=\"jailbreak\",on_failure=\"closed\"} 1");
    assertLine("gatun_signal_tokens_read_total{signal_type=\"domain\"} 30");
    assertLine("gatun_signal_tokens_present_total{signal_type=\"domain\"} 50");
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
      String line = "llm_signal_match_total{signal_type=\"keyword\",signal_name=\"urgent\"} 1";
      assertTrue(answer.body().lines().anyMatch(line::equals), answer.body());
    }
  }
}
