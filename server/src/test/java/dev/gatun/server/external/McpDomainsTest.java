package dev.gatun.server.external;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.router.config.McpTool;
import dev.gatun.router.config.McpTool.Transport;
import dev.gatun.router.config.McpTool.Transport.Stdio;
import dev.gatun.router.port.Answer;
import dev.gatun.router.port.Distribution;
import dev.gatun.router.signal.Domain;
import dev.gatun.server.external.McpConnection.Pauses;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tools of real MCP servers: processes and sockets that answer well, late, wrongly and no more. */
class McpDomainsTest {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final Pauses SHORT = new Pauses(Duration.ofMillis(20), Duration.ofMillis(200));

  @TempDir Path folder;

  private Path numbers() {
    return folder.resolve("numbers");
  }

  private static McpDomains domains(Transport transport, Duration timeout) {
    return new McpDomains(
        ToolServer.tool(transport, timeout), Domain.LABELS, CarefulCalls.LEFT_ALONE, SHORT);
  }

  private static Answer<Distribution> one(String label, double confidence) {
    return Answer.of(Distribution.of(List.of(label), List.of(confidence)));
  }

  private static String failure(McpDomains domains, String text) {
    return assertInstanceOf(Answer.Failed.class, domains.classify(text)).reason();
  }

  /** Waits as long as it takes; a build that hangs is ended by its own limit. */
  private static void until(BooleanSupplier done) {
    while (!done.getAsBoolean()) {
      LockSupport.parkNanos(10_000_000);
    }
  }

  @Test
  void aProcessAnswers() throws Exception {
    try (McpDomains domains = domains(ToolServer.process(numbers()), LONG)) {
      assertEquals(one("math", 0.9), domains.classify("integral of x"));
      assertEquals(one("computer science", 0.8), domains.classify("structured"));
      assertEquals(one("law", 1), domains.classify("variables"), "no variables but those named");
      String unlisted = failure(domains, "number");
      assertTrue(unlisted.contains("3 probabilities of 14"), unlisted);
      assertEquals("connected", domains.connection().state());
      assertEquals(1, ToolServer.started(numbers()).size());
    }
    assertFalse(ToolServer.isAlive(ToolServer.started(numbers()).getFirst()), "it is ended");
  }

  @Test
  void numbersBelongToTheCategoriesThatTheServerLists() {
    try (McpDomains domains = domains(ToolServer.process(numbers(), "categories"), LONG)) {
      assertEquals(
          Answer.of(Distribution.of(List.of("poetry", "math", "law"), List.of(0.1, 0.6, 0.3))),
          domains.classify("number"));
      assertEquals(one("poetry", 0.9), domains.classify("Poetry please"), "a listed category");
    }
  }

  @Test
  void whatIsWrongWithAnAnswerIsSaidWithoutRepeatingIt() {
    try (McpDomains domains = domains(ToolServer.process(numbers()), LONG)) {
      String unknown = failure(domains, "astrology");
      assertTrue(unknown.startsWith("tool mcp/classify_text named a class that no"), unknown);
      assertFalse(unknown.contains("astrology"), unknown);
      String failed = failure(domains, "failing");
      assertTrue(failed.endsWith("said that it failed"), failed);
      String thrown = failure(domains, "throwing");
      assertFalse(thrown.contains("secret"), thrown);
      assertEquals(one("math", 0.9), domains.classify("integral"), "the conversation goes on");
    }
  }

  @Test
  void aSlowAnswerIsNotWaitedForAndHoldsUpNoOther() {
    Stdio process = ToolServer.process(numbers());
    try (McpDomains domains = domains(process, Duration.ofSeconds(2))) {
      until(() -> domains.connection().state().equals("connected"));
      until(() -> domains.classify("integral") instanceof Answer.Known);
      String late = failure(domains, "slow");
      assertTrue(late.endsWith("did not answer within 2000 ms"), late);
      assertEquals(CarefulCalls.Health.FAILING, domains.calls().health());
      until(() -> domains.classify("integral") instanceof Answer.Known);
    }
  }

  @Test
  void aProcessThatDiesIsStartedAgain() throws Exception {
    try (McpDomains domains = domains(ToolServer.process(numbers()), LONG)) {
      assertEquals(one("math", 0.9), domains.classify("integral"));
      String dead = failure(domains, "die");
      assertTrue(dead.contains("ended with status 3"), dead);
      until(() -> domains.classify("integral") instanceof Answer.Known);
      List<Long> started = ToolServer.started(numbers());
      assertEquals(2, started.size());
      assertNotEquals(started.getFirst(), started.getLast());
      assertFalse(ToolServer.isAlive(started.getFirst()));
    }
    assertFalse(ToolServer.isAlive(ToolServer.started(numbers()).getLast()));
  }

  @Test
  void anAnswerThatIsTooLongEndsTheConversation() throws Exception {
    try (McpDomains domains = domains(ToolServer.process(numbers()), LONG)) {
      String huge = failure(domains, "huge");
      assertTrue(huge.contains("more than 262144 bytes"), huge);
      until(() -> domains.classify("integral") instanceof Answer.Known);
      assertEquals(2, ToolServer.started(numbers()).size());
    }
  }

  @Test
  void aProcessThatCannotBeStartedIsTriedAgainAndAgain() {
    Stdio none = new Stdio(folder.resolve("none").toString(), List.of(), Map.of());
    try (McpDomains domains = domains(none, LONG)) {
      until(() -> domains.connection().state().equals("waiting"));
      String reason = "";
      while (!reason.contains("cannot be started")) {
        reason = failure(domains, "integral");
      }
      until(() ->
          domains.classify("x") instanceof Answer.Failed<?> failed
              && failed.reason().contains("begun again in 200 ms"));
    }
  }

  @Test
  void aServerWithoutTheToolIsNotAsked() {
    McpTool other = new McpTool(ToolServer.process(numbers()), "other_tool", LONG);
    try (McpDomains domains =
        new McpDomains(other, Domain.LABELS, CarefulCalls.LEFT_ALONE, SHORT)) {
      String reason = failure(domains, "integral");
      assertTrue(reason.contains("has 1 tool(s), but none named other_tool"), reason);
    }
  }

  @Test
  void onlySomeOfWhatAProcessComplainsAboutReachesTheLog() {
    Logger logger = Logger.getLogger(ErrorOutput.class.getName());
    List<String> lines = new CopyOnWriteArrayList<>();
    Handler handler =
        new Handler() {
          @Override
          public void publish(LogRecord event) {
            lines.add(event.getMessage());
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    logger.addHandler(handler);
    try (McpDomains domains = domains(ToolServer.process(numbers()), LONG)) {
      assertEquals(one("math", 0.9), domains.classify("noise"));
      until(() -> lines.size() > 20);
      assertEquals(one("math", 0.9), domains.classify("noise"), "nobody waits for a reader");
    } finally {
      logger.removeHandler(handler);
    }
    assertEquals(21, lines.size(), lines.toString());
    assertTrue(lines.stream().allMatch(line -> line.length() < 400), lines.toString());
    assertTrue(lines.stream().noneMatch(line -> line.contains("\u001b")), lines.toString());
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aServerOnASocketAnswers(boolean streams) throws Exception {
    try (ToolServer server = ToolServer.listen(streams, 0);
        McpDomains domains = domains(ToolServer.at(server.port(), streams), LONG)) {
      assertEquals(one("math", 0.9), domains.classify("integral of x"));
      String unknown = failure(domains, "astrology");
      assertTrue(unknown.contains("named a class that no rule"), unknown);
      assertEquals(one("math", 0.9), domains.classify("integral"), "the conversation goes on");
    }
  }

  @Test
  void aServerOnASocketMayComeLaterAndComeBack() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    try (McpDomains domains = domains(ToolServer.at(port, false), Duration.ofSeconds(5))) {
      until(() -> domains.connection().state().equals("waiting"));
      String away = failure(domains, "integral");
      assertTrue(away.contains("cannot be reached") || away.contains("not begun"), away);
      try (ToolServer server = ToolServer.listen(false, port)) {
        until(() -> domains.classify("integral") instanceof Answer.Known);
        assertEquals(port, server.port());
      }
      assertInstanceOf(Answer.Failed.class, domains.classify("integral"));
      try (ToolServer server = ToolServer.listen(false, port)) {
        until(() -> domains.classify("integral") instanceof Answer.Known);
        assertEquals(port, server.port());
      }
    }
  }
}
