package dev.gatun.server.http;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gatun.server.wire.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bodies that are nearly JSON, or JSON that costs more than it looks, over a real socket. */
class HostileJsonTest {
  private static final String OPEN = "{\"model\":\"auto\",\"messages\":[{\"role\":\"user\",";

  private static FakeBackend backend;
  private static RunningServer server;

  @BeforeAll
  static void start() {
    backend = FakeBackend.start(call -> call.json(200, "{}"));
    server = RunningServer.over(backend, backend);
  }

  @AfterAll
  static void stop() {
    server.close();
    backend.close();
  }

  @TestFactory
  List<DynamicTest> whatIsNotUtf8IsRefusedAndNeverRepaired() {
    return List.of("ff", "c080", "eda080", "f7bfbfbf", "f4908080", "e282", "80", "c3").stream()
        .map(hex ->
            DynamicTest.dynamicTest(
                hex,
                () -> {
                  byte[] bad = HexFormat.of().parseHex(hex);
                  assertEquals(400, status(bytes(OPEN + "\"content\":\"a", bad, "b\"}]}")));
                  assertEquals(400, status(bytes(OPEN + "\"x\":\"a", bad, "b\"}]}")));
                  assertEquals(400, status(bytes(OPEN + "\"", bad, "\":1}]}")));
                }))
        .toList();
  }

  @Test
  void aNulIsRefusedRawAndPassedOnEscaped() throws Exception {
    assertEquals(400, status(bytes(OPEN + "\"content\":\"a", new byte[] {0}, "b\"}]}")));
    assertEquals(400, status(bytes(OPEN, new byte[] {0}, "\"content\":\"b\"}]}")));
    assertUnchanged(OPEN + "\"content\":\"a\\u0000b\"}]}");
  }

  @Test
  void loneSurrogateEscapesArePassedOnAsWritten() throws Exception {
    assertUnchanged(OPEN + "\"content\":\"a\\ud800b\\udc00 \\uD83D\\uDE42\"}],\"z\":\"\\udfff\"}");
  }

  /** Spec signals §0.1: what no rule could read must not reach a backend. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "5 | messages[1]",
        "{'content':'urgent'} | messages[1].role",
        "{'role':5,'content':'urgent'} | messages[1].role",
        "{'role':'user','content':5} | messages[1].content",
        "{'role':'user','content':{'a':'urgent'}} | messages[1].content",
        "{'role':'user','content':[['urgent']]} | messages[1].content[0]",
        "{'role':'user','content':['a',{'type':5,'text':'urgent'}]} | messages[1].content[1].type",
        "{'role':'user','content':[{'text':['urgent']}]} | messages[1].content[0].text",
      })
  void whatNoRuleCouldReadIsRefusedAndNamed(String written) throws Exception {
    String[] message = written.replace('\'', '"').split(" \\| ", 2);
    String body = OPEN + "\"content\":\"hi\"}," + message[0] + "]}";
    int before = backend.connections();
    JsonNode error = Json.read(refusal(body).getBytes(StandardCharsets.UTF_8)).path("error");
    assertEquals("invalid_request", error.path("code").asText());
    assertEquals(message[1], error.path("param").asText());
    String why = error.path("message").asText();
    assertTrue(why.contains(message[1] + " must be "), why);
    assertEquals(before, backend.connections());

    var eval = server.manage("/api/v1/eval", body);
    assertEquals(400, eval.statusCode(), eval.body());
    assertTrue(eval.body().contains(message[1] + " must be "), eval.body());
  }

  /** A role that nobody knows is passed on as it is; rules take it for the user. */
  @ParameterizedTest
  @ValueSource(strings = {"User", "USER", "wizard", ""})
  void whatAnUnknownRoleSaysIsSeen(String role) throws Exception {
    String said = "\"content\":\"hi\"},{\"role\":\"" + role + "\",\"content\":[\"urgent\"]}]}";
    var reply = server.chat(OPEN + said);
    assertEquals(200, reply.statusCode(), reply.body());
    assertEquals(
        "urgent_route", reply.headers().firstValue("x-vsr-selected-decision").orElseThrow());
    assertTrue(backend.taken().text().endsWith(said));
    String eval = server.manage("/api/v1/eval", OPEN + said).body();
    assertTrue(eval.contains("\"decision_name\":\"urgent_route\""), eval);
  }

  @Test
  void aMessageMayHaveNoContent() throws Exception {
    assertUnchanged(OPEN + "\"content\":\"hi\"},{\"role\":\"assistant\",\"content\":null}]}");
    assertUnchanged(OPEN + "\"content\":\"hi\"},{\"role\":\"assistant\",\"tool_calls\":[]}]}");
  }

  @Test
  void whatIsTooMuchIsSaid() throws Exception {
    String deep = "[".repeat(10_000);
    String members =
        IntStream.range(0, 10_000)
            .mapToObj(i -> "\"k" + i + "\":1")
            .collect(Collectors.joining(","));
    assertTrue(refusal(deep).contains("too deep"));
    assertTrue(refusal(OPEN + "\"content\":" + deep).contains("too deep"));
    assertTrue(refusal("{\"x\":" + deep).contains("too deep"));
    assertTrue(refusal("{\"x\":[" + "{},".repeat(600_000)).contains("too many values"));
    assertTrue(refusal("{\"x\":" + "9".repeat(5_000) + "}").contains("too long"));
    assertTrue(refusal("{\"a\":1,\"a\":2}").contains("written twice"));
    assertUnchanged(OPEN + "\"content\":\"hi\"}],\"x\":{" + members + "}}");
  }

  private static String refusal(String body) throws Exception {
    var reply = server.chat(body);
    assertEquals(400, reply.statusCode(), reply.body());
    return reply.body();
  }

  private static void assertUnchanged(String body) throws Exception {
    byte[] sent = body.getBytes(StandardCharsets.UTF_8);
    assertEquals(200, status(sent));
    String expected = body.replace("\"auto\"", "\"acme/small\"");
    assertArrayEquals(expected.getBytes(StandardCharsets.UTF_8), backend.taken().body());
  }

  private static int status(byte[] body) throws IOException {
    try (RawClient client = server.raw()) {
      client.send(
          "POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: %d\r\n\r\n"
              .formatted(body.length));
      client.socket().getOutputStream().write(body);
      return client.head().status();
    }
  }

  private static byte[] bytes(String before, byte[] middle, String after) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(before.getBytes(StandardCharsets.UTF_8));
    all.writeBytes(middle);
    all.writeBytes(after.getBytes(StandardCharsets.UTF_8));
    return all.toByteArray();
  }
}
