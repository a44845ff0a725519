package dev.gatun.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

/** What backends count makes later estimates better. */
class LearnedTokensTest {
  /** 40 bytes. */
  private static final String TEXT = "forty bytes of text for forty bytes here";

  private static final String REPLY =
      "{\"choices\":[{\"message\":{\"content\":\"c\"}}],\"usage\":{\"prompt_tokens\":20}}";

  @Test
  void tenResponsesChangeTheEstimate() throws Exception {
    assertLearned(call -> call.json(200, REPLY), Bodies.chat("auto", TEXT), "20");
  }

  /** Who looks for a fault is told that it is no count. */
  @Test
  void anEstimateIsCalledOne() throws Exception {
    for (String headers : List.of("full", "minimal")) {
      try (FakeBackend small = FakeBackend.start(call -> call.json(200, REPLY));
          RunningServer server =
              RunningServer.of(
                  RunningServer.standard(small, small)
                      + "global: { router: { response_headers: "
                      + headers
                      + " } }\n")) {
        var reply = server.chat(Bodies.chat("auto", TEXT), "x-vsr-debug", "true");
        boolean isShown = headers.equals("full");
        assertEquals(
            isShown ? "10;estimate" : "",
            reply.headers().firstValue("x-vsr-context-token-count").orElse(""));
      }
    }
  }

  @Test
  void streamsTellToo() throws Exception {
    assertLearned(
        call -> {
          call.eventsHead();
          call.chunk("data: {\"choices\":[{\"delta\":{}}],\"usage\":null}\n\n");
          for (int i = 0; i < 20; i++) {
            call.chunk("data: {\"choices\":[{}],\"usage\":{\"prompt_tokens\":7}}\n\n");
          }
          call.chunk("data: {\"choices\":[],\"usage\":{\"prompt_tokens\":20}}\n\n");
          call.chunk("data: [DONE]\n\n");
          call.end();
        },
        Bodies.stream("auto", TEXT),
        "20");
  }

  @Test
  void compressedResponsesTellToo() throws Exception {
    assertLearned(LearnedTokensTest::packed, Bodies.chat("auto", TEXT), "20");
  }

  @Test
  void refusedRequestsTellNothing() throws Exception {
    assertLearned(call -> call.json(400, REPLY), Bodies.chat("auto", TEXT), "10");
  }

  @Test
  void responsesWithoutUsageTellNothing() throws Exception {
    assertLearned(
        call -> call.json(200, "{\"choices\":[],\"usage\":null}"), Bodies.chat("auto", TEXT), "10");
  }

  @Test
  void picturesTellNothing() throws Exception {
    String body =
        "{\"model\":\"auto\",\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\","
            + "\"text\":\""
            + TEXT
            + "\"},{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:,\"}}]}]}";
    assertLearned(call -> call.json(200, REPLY), body, "10");
  }

  @Test
  void aModelHasItsOwnEstimate() throws Exception {
    try (FakeBackend small = FakeBackend.start(call -> call.json(200, REPLY));
        FakeBackend large = FakeBackend.start(call -> call.json(200, REPLY.replace("20", "40")));
        RunningServer server = RunningServer.over(small, large)) {
      for (int i = 0; i < 10; i++) {
        server.chat(Bodies.chat("small", TEXT));
        server.chat(Bodies.chat("large", TEXT));
      }
      assertEquals("20", counted(server, Bodies.chat("small", TEXT)));
      assertEquals("40", counted(server, Bodies.chat("large", TEXT)));
    }
  }

  @Test
  void metricsTellWhatWasLearned() throws Exception {
    try (FakeBackend small = FakeBackend.start(call -> call.json(200, REPLY));
        RunningServer server = RunningServer.over(small, small)) {
      server.chat(Bodies.chat("small", TEXT));
      server.chat(Bodies.chat("small", TEXT));
      String metrics = server.get(server.server().management().resolve("/metrics")).body();
      for (String category : List.of("_default", "small")) {
        String label = "{category=\"" + category + "\"";
        assertTrue(metrics.contains("vsr_token_calibration_ratio" + label + "} 2.0"), metrics);
        assertTrue(metrics.contains("vsr_token_calibration_samples" + label + "} 2.0"), metrics);
        // Ten were estimated of the twenty that the backend counted.
        assertTrue(
            metrics.contains("vsr_token_estimation_error_pct_sum" + label + "} 100.0"), metrics);
        assertTrue(
            metrics.contains("vsr_token_estimation_error_pct_count" + label + "} 2"), metrics);
      }
    }
  }

  private static void assertLearned(FakeBackend.Script script, String body, String tokens)
      throws Exception {
    try (FakeBackend small = FakeBackend.start(script);
        RunningServer server = RunningServer.over(small, small)) {
      for (int i = 0; i < 10; i++) {
        assertEquals("10", counted(server, body));
      }
      assertEquals(tokens, counted(server, body));
    }
  }

  private static String counted(RunningServer server, String body) throws Exception {
    return server
        .chat(body, "accept-encoding", "gzip")
        .headers()
        .firstValue("x-vsr-context-token-count")
        .orElseThrow();
  }

  private static void packed(FakeBackend.Call call) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(packed)) {
      out.write(REPLY.getBytes(StandardCharsets.UTF_8));
    }
    call.send(
        "HTTP/1.1 200 X\r\ncontent-type: application/json\r\ncontent-encoding: gzip\r\n"
            + "content-length: "
            + packed.size()
            + "\r\n\r\n");
    packed.writeTo(call.socket().getOutputStream());
    call.socket().getOutputStream().flush();
  }
}
