package dev.gatun.server.external;

import dev.gatun.router.config.McpTool;
import dev.gatun.router.port.Answer;
import dev.gatun.router.port.Distribution;
import dev.gatun.router.port.DomainTool;
import dev.gatun.server.external.CarefulCalls.Fault;
import dev.gatun.server.external.CarefulCalls.Until;
import dev.gatun.server.external.McpConnection.Pauses;
import dev.gatun.server.external.McpSession.Refusal;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeoutException;

/** A tool of an MCP server that tells domains. Owns the conversation with its server. */
final class McpDomains implements DomainTool, AutoCloseable {
  private final McpTool tool;
  private final List<String> labels;
  private final CarefulCalls calls;
  private final McpConnection connection;

  /**
   * Begins to speak with the server.
   *
   * @param labels what the tool may say besides the categories that its server lists
   * @param leftAlone how long the tool is left alone when it fails
   */
  McpDomains(McpTool tool, Collection<String> labels, Duration leftAlone, Pauses pauses) {
    this.tool = tool;
    this.labels = List.copyOf(labels);
    this.calls = new CarefulCalls("tool " + name(), tool.timeout(), leftAlone);
    this.connection = McpConnection.open(tool, name(), pauses);
  }

  McpTool tool() {
    return tool;
  }

  /** Names it in messages. */
  String name() {
    return "mcp/" + tool.name();
  }

  CarefulCalls calls() {
    return calls;
  }

  McpConnection connection() {
    return connection;
  }

  @Override
  public Answer<Distribution> classify(String text) {
    return calls.make(until -> ask(text, until));
  }

  private Answer<Distribution> ask(String text, Until until) throws Fault, InterruptedException {
    McpSession session = connection.session(calls, until);
    try {
      CallToolResult result = session.ask(text, until.left());
      return new ToolAnswer(session.categories(), labels)
          .read(result)
          .fold(Answer::of, calls::<Distribution>failed);
    } catch (TimeoutException e) {
      if (session.isOverdue()) {
        session.ended().complete("leaves too many questions without an answer");
      }
      throw calls.late();
    } catch (Refusal e) {
      if (e.isLost()) {
        session.ended().complete(String.valueOf(e.getMessage()));
      }
      throw calls.fault(String.valueOf(e.getMessage()));
    }
  }

  @Override
  public void close() {
    connection.close();
  }
}
