package dev.gatun.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.http.HttpResponse;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Who may say who asks, and what follows from it. */
class IdentityTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String HELLO = Bodies.chat("auto", "hello");

  @Test
  void aTrustedListenerBelievesIdentityHeaders() throws Exception {
    try (FakeBackend small = FakeBackend.start(call -> call.json(200, "{}"));
        FakeBackend large = FakeBackend.start(call -> call.json(200, "{}"));
        RunningServer server = RunningServer.of(trusting(small, large))) {
      HttpResponse<String> reply =
          server.chat(HELLO, "x-authz-user-id", "ada", "x-authz-user-groups", " x , gold ");
      assertEquals(200, reply.statusCode(), reply.body());
      assertEquals(Optional.of("by_role"), reply.headers().firstValue("x-vsr-selected-decision"));
      assertEquals(Optional.of("premium"), reply.headers().firstValue("x-vsr-matched-authz"));
      assertEquals(Optional.of("2"), reply.headers().firstValue("x-vsr-context-token-count"));
      assertFalse(large.taken().text().contains("ada"));
    }
  }

  @Test
  void withoutAnIdentityNobodyIsAnswered() throws Exception {
    try (FakeBackend small = FakeBackend.start(call -> call.json(200, "{}"));
        FakeBackend large = FakeBackend.start(call -> call.json(200, "{}"));
        RunningServer server = RunningServer.of(trusting(small, large))) {
      assertRefused(server.chat(HELLO));
      assertRefused(server.chat(Bodies.chat("small", "hello")));
      // A client that adds its own header to the proxy's one is not believed.
      assertRefused(server.chat(HELLO, "x-authz-user-id", "ada", "x-authz-user-id", "root"));
      assertEquals(0, small.waiting() + large.waiting());
    }
  }

  @Test
  void anUntrustedListenerBelievesNobody() throws Exception {
    try (FakeBackend small = FakeBackend.start(call -> call.json(200, "{}"));
        FakeBackend large = FakeBackend.start(call -> call.json(200, "{}"));
        RunningServer server = RunningServer.of(yaml(small, large))) {
      assertRefused(server.chat(HELLO, "x-authz-user-id", "ada", "x-authz-user-groups", "gold"));
    }
  }

  @Test
  void upstreamBelievesEverybodyAndMayLetTheUnknownPass() throws Exception {
    try (FakeBackend small = FakeBackend.start(call -> call.json(200, "{}"));
        FakeBackend large = FakeBackend.start(call -> call.json(200, "{}"))) {
      String yaml =
          yaml(small, large)
              + """
              global:
                router: { compatibility: upstream-0.3 }
                services:
                  authz:
                    fail_open: true
                    identity: { user_id_header: X-JWT-Sub }
              """;
      try (RunningServer server = RunningServer.of(yaml)) {
        HttpResponse<String> known = server.chat(HELLO, "x-jwt-sub", "root");
        assertEquals(Optional.of("by_role"), known.headers().firstValue("x-vsr-selected-decision"));
        assertEquals("", large.taken().header("x-jwt-sub"));
        HttpResponse<String> unknown = server.chat(HELLO);
        assertEquals(200, unknown.statusCode());
        assertTrue(unknown.headers().firstValue("x-vsr-selected-decision").isEmpty());
      }
    }
  }

  @Test
  void aDryRunTriesAnyIdentity() throws Exception {
    try (FakeBackend backend = FakeBackend.start(call -> call.json(200, "{}"));
        RunningServer server = RunningServer.of(yaml(backend, backend))) {
      String row =
          "{\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}],\"headers\":"
              + "{\"X-Authz-User-Id\":\"root\"}}";
      JsonNode known = JSON.readTree(server.manage("/api/v1/eval", row).body());
      assertEquals("by_role", known.path("routing_decision").asText());
      JsonNode unknown =
          JSON.readTree(server.manage("/api/v1/eval", "{\"text\":\"hello\"}").body());
      assertTrue(unknown.path("selection_error").asText().contains("role_bindings"));
      assertTrue(unknown.path("routing_decision").isMissingNode());
    }
  }

  private static void assertRefused(HttpResponse<String> reply) throws Exception {
    assertEquals(403, reply.statusCode(), reply.body());
    JsonNode error = JSON.readTree(reply.body()).path("error");
    assertEquals("permission_error", error.path("type").asText());
    assertEquals("permission_denied", error.path("code").asText());
    assertTrue(error.path("message").asText().contains("user_id_header"));
  }

  private static String trusting(FakeBackend small, FakeBackend large) {
    return yaml(small, large)
        .replace("timeout: 20s", "timeout: 20s\n    trust_identity_headers: true");
  }

  private static String yaml(FakeBackend small, FakeBackend large) {
    return RunningServer.standard(small, large)
        .replace("urgent_route", "by_role")
        .replace("type: keyword, name: urgent", "type: authz, name: premium")
        .replace(
            "signals:\n",
            """
            signals:
                role_bindings:
                  - name: premium-users
                    role: premium
                    subjects: [{ kind: Group, name: gold }, { kind: User, name: root }]
            """);
  }
}
