package dev.gatun.server.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.server.http.Bodies;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;

/** The models a newcomer talks to first. */
class DemoTest {
  @Test
  void namesItselfAndRepeatsTheQuestion() throws Exception {
    try (DemoModel model = DemoModel.start("demo-fast")) {
      HttpResponse<String> reply = post(model, Bodies.chat("x", "why is the sky blue? é🙂"));
      assertEquals(200, reply.statusCode());
      assertTrue(reply.body().contains("I am demo-fast"), reply.body());
      assertTrue(reply.body().contains("why is the sky blue? é🙂"), reply.body());
    }
  }

  @Test
  void streams() throws Exception {
    try (DemoModel model = DemoModel.start("demo-fast")) {
      String events = post(model, Bodies.stream("x", "hello")).body();
      assertTrue(events.endsWith("data: [DONE]\n\n"), events);
      assertTrue(events.split("chat.completion.chunk", -1).length > 4, events);
    }
  }

  @Test
  void brokenJsonIsRefused() throws Exception {
    try (DemoModel model = DemoModel.start("demo-fast")) {
      assertEquals(400, post(model, "{").statusCode());
    }
  }

  private static HttpResponse<String> post(DemoModel model, String body) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + model.port() + "/v1/chat/completions");
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(
          HttpRequest.newBuilder(uri).POST(HttpRequest.BodyPublishers.ofString(body)).build(),
          HttpResponse.BodyHandlers.ofString());
    }
  }
}
