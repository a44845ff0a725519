package dev.gatun.server.external;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gatun.router.config.ExternalModel;
import dev.gatun.router.config.Target;
import dev.gatun.router.model.Message;
import dev.gatun.router.model.Role;
import dev.gatun.router.model.Secret;
import dev.gatun.router.port.Answer;
import dev.gatun.router.port.LanguageModel.Chat;
import dev.gatun.router.port.LanguageModel.Limits;
import dev.gatun.router.port.ModelRole;
import dev.gatun.router.signal.GuardParser;
import dev.gatun.server.http.FakeBackend;
import dev.gatun.server.upstream.Upstream;
import dev.gatun.server.wire.Json;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Language models of other processes on real sockets: well, slow, broken and hostile ones. */
class ExternalModelsTest {
  private static final Duration LONG = Duration.ofSeconds(30);
  private static final Duration SHORT = Duration.ofMillis(300);
  private static final Chat CHAT =
      new Chat(
          ModelRole.GUARDRAIL,
          List.of(Message.of(Role.SYSTEM, "judge"), Message.of(Role.USER, "say \"é\"")),
          new Limits(64, 0.5));

  private final Upstream upstream = new Upstream();

  @AfterEach
  void stop() {
    upstream.close();
  }

  private ExternalModels models(int port, Duration timeout) {
    return models(port, timeout, CarefulCalls.LEFT_ALONE);
  }

  private ExternalModels models(int port, Duration timeout, Duration leftAlone) {
    return new ExternalModels(
        List.of(
            new ExternalModel(
                ModelRole.GUARDRAIL,
                "guard",
                "vllm",
                new Target(false, "127.0.0.1", port, ""),
                "/v1/chat/completions",
                "acme/guard",
                timeout,
                "Authorization",
                Optional.of(new Secret("Bearer sk-1")),
                Limits.byDefault(),
                new ExternalModel.Reading(
                    GuardParser.AUTO, OptionalDouble.empty(), Optional.empty()))),
        upstream,
        leftAlone);
  }

  private Answer<String> ask(FakeBackend backend, Duration timeout) {
    return models(backend.port(), timeout).reply(CHAT);
  }

  private String failure(FakeBackend.Script script, Duration timeout) {
    try (FakeBackend backend = FakeBackend.start(script)) {
      return assertInstanceOf(Answer.Failed.class, ask(backend, timeout)).reason();
    }
  }

  private static String completion(String content) {
    JsonNode text = Json.array().add(content).get(0);
    return "{\"choices\":[{\"message\":{\"role\":\"assistant\",\"content\":" + text + "}}]}";
  }

  @Test
  void aQuestionIsAChatCompletion() throws Exception {
    try (FakeBackend backend =
        FakeBackend.start(call -> call.json(200, completion("Safety: Safe")))) {
      assertEquals(Answer.of("Safety: Safe"), ask(backend, LONG));
      FakeBackend.Call call = backend.taken();
      assertEquals("POST /v1/chat/completions HTTP/1.1", call.requestLine());
      assertEquals("Bearer sk-1", call.header("authorization"));
      assertEquals("application/json", call.header("content-type"));
      assertEquals(
          Json.read(
              """
              {"model": "acme/guard", "messages": [{"role": "system", "content": "judge"},
              {"role": "user", "content": "say \\"é\\""}], "max_tokens": 64, "temperature": 0.5,
              "stream": false}\
              """
                  .getBytes(StandardCharsets.UTF_8)),
          Json.read(call.body()));
    }
  }

  @Test
  void thoughtsAreNoPartOfTheAnswer() {
    try (FakeBackend backend =
        FakeBackend.start(call ->
            call.json(200, completion("<think>\nunsafe?</think>\n\n{\"safety\": \"safe\"}")))) {
      assertEquals(Answer.of("\n\n{\"safety\": \"safe\"}"), ask(backend, LONG));
    }
    String endless = failure(call -> call.json(200, completion(" <think>\nunsafe?")), LONG);
    assertTrue(endless.endsWith("raise its max_tokens"), endless);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "not JSON",
        "{\"choices\":",
        "[]",
        "{}",
        "{\"choices\":[]}",
        "{\"choices\":[{\"message\":{\"content\":null}}]}",
        "{\"choices\":[{\"message\":{\"content\":[{\"text\":\"Safety: Safe\"}]}}]}",
        "{\"choices\":[{\"message\":{\"content\":\" \"}}]}",
        "{\"choices\":[{\"message\":{\"content\":\"a\",\"content\":\"b\"}}]}"
      })
  void anAnswerOfAnotherFormIsAFailure(String body) {
    String reason = failure(call -> call.json(200, body), LONG);
    assertTrue(reason.startsWith("model guardrail/guard "), reason);
  }

  @ParameterizedTest
  @CsvSource({"500", "503", "429", "401", "404", "302"})
  void anotherStatusIsAFailureAndItsBodyIsNotTold(int status) {
    String reason = failure(call -> call.json(status, "{\"secret\":\"sk-1\"}"), LONG);
    assertEquals("model guardrail/guard answered with status " + status, reason);
  }

  @Test
  void aBodyThatIsTooLargeIsNotReadToItsEnd() throws Exception {
    CountDownLatch closed = new CountDownLatch(1);
    String reason =
        failure(
            call -> {
              call.send("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n");
              try {
                while (true) {
                  call.chunk(" ".repeat(8 << 10));
                }
              } finally {
                closed.countDown();
              }
            },
            LONG);
    assertEquals("model guardrail/guard answered with more than 262144 bytes", reason);
    assertTrue(closed.await(10, TimeUnit.SECONDS), "the connection stays open");
  }

  @Test
  void aModelThatSaysNothingIsLate() {
    String reason = failure(FakeBackend.Call::closedByPeer, SHORT);
    assertEquals("model guardrail/guard did not answer within 300 ms", reason);
  }

  @Test
  void aModelThatDripsIsLateToo() {
    String reason =
        failure(
            call -> {
              call.send("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n");
              while (!call.proceed().await(5, TimeUnit.MILLISECONDS)) {
                call.chunk(" ");
              }
            },
            SHORT);
    assertEquals("model guardrail/guard did not answer within 300 ms", reason);
  }

  @Test
  void aConnectionThatBreaksOrIsRefusedIsAFailure() throws Exception {
    String broken =
        failure(
            call -> {
              call.send("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{");
              call.socket().close();
            },
            LONG);
    assertTrue(broken.contains("closed the connection"), broken);
    int port;
    try (ServerSocket gone = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = gone.getLocalPort();
    }
    Answer.Failed<?> refused =
        assertInstanceOf(Answer.Failed.class, models(port, LONG).reply(CHAT));
    assertTrue(refused.reason().contains("connection refused"), refused.reason());
  }

  @Test
  void aQuestionThatIsNotWaitedForIsWithdrawn() throws Exception {
    CountDownLatch closed = new CountDownLatch(1);
    try (FakeBackend backend =
        FakeBackend.start(call -> {
          if (call.closedByPeer()) {
            closed.countDown();
          }
        })) {
      ExternalModels models = models(backend.port(), LONG);
      FutureTask<Answer<String>> task = new FutureTask<>(() -> models.reply(CHAT));
      Thread asking = Thread.ofVirtual().start(task);
      backend.taken();
      asking.interrupt();
      assertInstanceOf(Answer.Failed.class, task.get(10, TimeUnit.SECONDS));
      assertTrue(closed.await(10, TimeUnit.SECONDS), "the connection stays open");
    }
  }

  @Test
  void aModelThatFailsAgainAndAgainIsLeftAlone() {
    try (FakeBackend backend = FakeBackend.start(call -> call.json(500, "{}"))) {
      ExternalModels models = models(backend.port(), LONG);
      for (int i = 0; i < CarefulCalls.WATCHED_MIN; i++) {
        models.reply(CHAT);
      }
      assertEquals(CarefulCalls.WATCHED_MIN, backend.waiting());
      Answer.Failed<?> alone = assertInstanceOf(Answer.Failed.class, models.reply(CHAT));
      assertTrue(alone.reason().contains("is left alone"), alone.reason());
      assertEquals(CarefulCalls.WATCHED_MIN, backend.waiting(), "nothing more is sent");
    }
  }

  @Test
  void aModelThatIsBackIsAskedAgain() {
    AtomicInteger status = new AtomicInteger(500);
    try (FakeBackend backend =
        FakeBackend.start(call -> call.json(status.get(), completion("safe")))) {
      ExternalModels models = models(backend.port(), LONG, Duration.ofMillis(300));
      CarefulCalls calls = models.all().iterator().next().client().calls();
      while (!calls.breaker().equals("open")) {
        models.reply(CHAT);
      }
      while (calls.isLeftAlone()) {
        Thread.onSpinWait();
      }
      assertEquals("half_open", calls.breaker());
      models.reply(CHAT);
      models.reply(CHAT);
      models.reply(CHAT);
      assertTrue(calls.failure().isPresent(), "it is not back yet, and left alone again");
      while (calls.isLeftAlone()) {
        Thread.onSpinWait();
      }
      status.set(200);
      while (!calls.breaker().equals("closed")) {
        models.reply(CHAT);
      }
      assertEquals(Answer.of("safe"), models.reply(CHAT));
      assertEquals(CarefulCalls.Health.READY, calls.health());
      assertEquals(Optional.empty(), calls.failure());
    }
  }

  @Test
  void aModelThatRefusesSomeTextsIsNot() {
    try (FakeBackend backend = FakeBackend.start(call -> call.json(400, "{}"))) {
      ExternalModels models = models(backend.port(), LONG);
      for (int i = 0; i < 2 * CarefulCalls.WATCHED_MIN; i++) {
        models.reply(CHAT);
      }
      assertEquals(2 * CarefulCalls.WATCHED_MIN, backend.waiting());
    }
  }

  @Test
  void onlySoManyQuestionsAreAskedAtOnce() throws Exception {
    CountDownLatch all = new CountDownLatch(CarefulCalls.AT_ONCE);
    AtomicInteger now = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    try (FakeBackend backend =
        FakeBackend.start(call -> {
          most.accumulateAndGet(now.incrementAndGet(), Math::max);
          all.countDown();
          all.await();
          now.decrementAndGet();
          call.json(200, completion("safe"));
        })) {
      ExternalModels models = models(backend.port(), LONG);
      List<FutureTask<Answer<String>>> tasks = new ArrayList<>();
      for (int i = 0; i < 2 * CarefulCalls.AT_ONCE; i++) {
        FutureTask<Answer<String>> task = new FutureTask<>(() -> models.reply(CHAT));
        tasks.add(task);
        Thread.ofVirtual().start(task);
      }
      for (FutureTask<Answer<String>> task : tasks) {
        assertEquals(Answer.of("safe"), task.get(30, TimeUnit.SECONDS));
      }
    }
    assertTrue(most.get() <= CarefulCalls.AT_ONCE, most.get() + " at once");
  }

  @Test
  void aRoleWithoutAModelIsNotThere() {
    ExternalModels none = new ExternalModels(List.of(), upstream);
    assertFalse(none.isThere(ModelRole.GUARDRAIL));
    assertEquals(Answer.failed("no model with the role guardrail is configured"), none.reply(CHAT));
    assertTrue(models(1, LONG).isThere(ModelRole.GUARDRAIL));
  }
}
