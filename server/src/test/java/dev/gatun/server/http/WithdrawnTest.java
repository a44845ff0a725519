package dev.gatun.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.router.config.ConfigDecoder;
import dev.gatun.router.config.DecodeOptions;
import dev.gatun.router.config.RouterConfig;
import dev.gatun.router.pipeline.Router;
import dev.gatun.router.port.Answer;
import dev.gatun.router.port.Coverage;
import dev.gatun.router.port.Distribution;
import dev.gatun.router.port.Embedding;
import dev.gatun.router.port.Encoders;
import dev.gatun.router.port.Ports;
import dev.gatun.router.port.TextTask;
import dev.gatun.server.config.YamlReader;
import dev.gatun.server.inference.QuestionThreads;
import dev.gatun.server.observe.RequestMetrics;
import dev.gatun.server.upstream.Backends;
import dev.gatun.server.upstream.Upstream;
import io.helidon.webserver.WebServer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Requests that nobody waits for any more while models compute (spec signals §21.15). */
class WithdrawnTest {
  private static final String TEXT = "a long question";

  private final Thinking models = new Thinking();
  private final RequestMetrics metrics = new RequestMetrics();

  @Test
  void aClientThatLeavesWhileModelsComputeEndsTheEvaluation() throws Exception {
    try (FakeBackend backend = FakeBackend.start(call -> call.json(200, "{}"))) {
      try (Served served = new Served(backend, "20s");
          RawClient client = new RawClient(served.uri())) {
        client.post("/v1/chat/completions", Bodies.chat("auto", TEXT));
        assertTrue(models.begun.await(10, TimeUnit.SECONDS), "no model was asked");
        client.socket().close();
        assertTrue(models.withdrawn.await(10, TimeUnit.SECONDS), "the model went on");
      }
      // The server has drained: whatever was to happen has happened.
      assertEquals(0, models.classified.get());
      assertEquals(0, backend.connections());
      String counted = new String(metrics.text(), StandardCharsets.UTF_8);
      assertFalse(counted.contains("gatun_signal_unavailable_total{"), counted);
      assertTrue(counted.contains("llm_decision_evaluation_total 0.0"), counted);
    }
  }

  @Test
  void aDeadlineWhileModelsComputeIsTold() throws Exception {
    try (FakeBackend backend = FakeBackend.start(call -> call.json(200, "{}"));
        Served served = new Served(backend, "300ms");
        RawClient client = new RawClient(served.uri())) {
      client.post("/v1/chat/completions", Bodies.chat("auto", TEXT));
      RawClient.Head head = client.head();

      assertEquals(504, head.status());
      assertTrue(client.body(head).contains("deadline"));
      assertEquals(0, models.classified.get());
      assertEquals(0, backend.connections());
    }
  }

  /** One listener over a router whose models think for ever. */
  private final class Served implements AutoCloseable {
    private final Gateways gateways = new Gateways();
    private final Deadlines deadlines = new Deadlines();
    private final Upstream upstream = new Upstream();
    private final WebServer web;

    Served(FakeBackend backend, String timeout) throws Sockets.Unavailable {
      RouterConfig config = config(backend, timeout);
      Ports ports =
          Ports.none()
              .withTicker(System::nanoTime)
              .withEncoders(models)
              .withEmbeddings(models::embed)
              .withTasks(new QuestionThreads(QuestionThreads.AT_ONCE));
      LearnedTokens tokens = new LearnedTokens();
      Backends backends = new Backends(upstream, config.providers());
      Router router = new Router(config, ports);
      gateways.put(Gateway.of(config, "hash", router, backends, tokens, 0), () -> {});
      MemoryBudget memory = new MemoryBudget(MemoryBudget.defaultBytes());
      DataPlane plane = new DataPlane(gateways, new Readiness(), memory, deadlines, 0, metrics);
      web = Sockets.open("127.0.0.1", 0, Duration.ofSeconds(10), plane);
    }

    URI uri() {
      return URI.create("http://127.0.0.1:" + web.port());
    }

    @Override
    public void close() {
      web.stop();
      gateways.close();
      deadlines.close();
      upstream.close();
    }
  }

  private static RouterConfig config(FakeBackend backend, String timeout) {
    String yaml =
        """
        version: v0.3
        listeners: [{name: http, address: 127.0.0.1, port: 0, timeout: %s}]
        providers:
          defaults: {default_model: small}
          models: [{name: small, backend_refs: [{endpoint: "127.0.0.1:%d"}]}]
        routing:
          modelCards: [{name: small}]
          signals:
            embeddings: [{name: poem, candidates: [verse], threshold: 0.5}]
            fact_check: [{name: needs_fact_check}]
          decisions:
            - {name: a, priority: 2, rules: {type: embedding, name: poem},
               modelRefs: [{model: small}]}
            - {name: b, rules: {type: fact_check, name: needs_fact_check},
               modelRefs: [{model: small}]}
        global: {router: {lazy_signals: true}}
        """
            .formatted(timeout, backend.port());
    return ConfigDecoder.decode(
            YamlReader.read("test.yaml", yaml).root().orElseThrow(), DecodeOptions.lenient())
        .config()
        .orElseThrow();
  }

  /** Reads examples at once, and thinks about a request until nobody waits any more. */
  private static final class Thinking implements Encoders {
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch withdrawn = new CountDownLatch(1);
    private final AtomicInteger classified = new AtomicInteger();

    Answer<List<Embedding>> embed(List<String> texts) {
      if (texts.contains(TEXT)) {
        begun.countDown();
        try {
          new CountDownLatch(1).await();
        } catch (InterruptedException e) {
          withdrawn.countDown();
          return Answer.failed("withdrawn");
        }
      }
      return Answer.of(
          texts.stream().map(_ -> Embedding.of(new float[] {1}, Coverage.NONE)).toList());
    }

    @Override
    public List<String> labels(TextTask task) {
      return List.of("no_fact_check_needed", "needs_fact_check");
    }

    @Override
    public Answer<Map<TextTask, Distribution>> classify(String text, Set<TextTask> tasks) {
      classified.incrementAndGet();
      return Answer.failed("not to be asked");
    }
  }
}
