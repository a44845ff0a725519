package dev.gatun.server.external;

import dev.gatun.router.config.McpTool;
import dev.gatun.server.external.CarefulCalls.Fault;
import dev.gatun.server.external.CarefulCalls.Until;
import dev.gatun.server.external.McpSession.Refusal;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Keeps up a conversation with an MCP server: begins it at once, and again when it is lost, after
 * pauses that grow as long as the server does not answer. Safe for use by many threads.
 */
final class McpConnection implements AutoCloseable {
  private static final Logger LOG = System.getLogger(McpConnection.class.getName());

  /** How long a server that is being ended may hold up whoever closes this. */
  private static final Duration CLOSE = Duration.ofSeconds(5);

  private final McpTool tool;
  private final String who;
  private final Pauses pauses;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread keeper;

  /** The conversation, one that is being begun, or why there is none. */
  private volatile CompletableFuture<McpSession> session = new CompletableFuture<>();

  /**
   * Pauses before a server is asked to begin again.
   *
   * @param first after one that had answered
   * @param longest of those that double each time
   */
  record Pauses(Duration first, Duration longest) {
    static final Pauses USUAL = new Pauses(Duration.ofMillis(500), Duration.ofSeconds(30));

    Duration after(Duration pause) {
      Duration twice = pause.multipliedBy(2);
      return twice.compareTo(longest) > 0 ? longest : twice;
    }
  }

  /** There is no conversation. */
  private static final class Away extends Exception {
    private static final long serialVersionUID = 1L;

    Away(String message) {
      super(message, null, false, false);
    }
  }

  private McpConnection(McpTool tool, String who, Pauses pauses) {
    this.tool = tool;
    this.who = who;
    this.pauses = pauses;
    this.keeper = Thread.ofVirtual().name("gatun-mcp-keeper").unstarted(this::keep);
  }

  /** Begins at once; nobody waits for it but those who ask. */
  static McpConnection open(McpTool tool, String who, Pauses pauses) {
    McpConnection connection = new McpConnection(tool, who, pauses);
    connection.keeper.start();
    return connection;
  }

  private void keep() {
    Duration pause = pauses.first;
    try {
      while (closed.getCount() > 0) {
        pause = converse(pause) ? pauses.first : pause;
        if (closed.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
          return;
        }
        pause = pauses.after(pause);
        session = new CompletableFuture<>();
      }
    } catch (InterruptedException e) {
      // This is how it is told to end.
      leave("is being ended");
    }
  }

  /**
   * Holds one conversation to its end.
   *
   * @param pause before another is begun, when the server does not answer in this one
   * @return whether it has answered
   */
  private boolean converse(Duration pause) throws InterruptedException {
    try (McpSession begun = McpSession.open(tool, who)) {
      session.complete(begun);
      LOG.log(Level.INFO, "mcp_server_ready server=" + who);
      String reason = begun.ended().get();
      lost(reason, begun.hasAnswered() ? pauses.first : pause);
      return begun.hasAnswered();
    } catch (Refusal e) {
      lost(String.valueOf(e.getMessage()), pause);
    } catch (ExecutionException | RuntimeException e) {
      // The library's own mistakes end a conversation, but not the attempts to have one.
      LOG.log(Level.ERROR, "mcp_server_failed server=" + who, e);
      lost("could not be spoken to", pause);
    }
    return false;
  }

  private void lost(String reason, Duration pause) {
    String message = reason + "; it is begun again in " + pause.toMillis() + " ms";
    LOG.log(Level.WARNING, "mcp_server_lost server=" + who + " " + message);
    leave(message);
  }

  private void leave(String message) {
    CompletableFuture<McpSession> none = new CompletableFuture<>();
    none.completeExceptionally(new Away(message));
    session.completeExceptionally(new Away(message));
    session = none;
  }

  /** The conversation, when there is one in time. */
  McpSession session(CarefulCalls calls, Until until) throws Fault, InterruptedException {
    try {
      return session.get(until.left().toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw calls.away("has not begun yet");
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw calls.away(String.valueOf(cause.getMessage()));
    }
  }

  /** How it is: {@code connected}, {@code starting} or {@code waiting} to begin again. */
  String state() {
    CompletableFuture<McpSession> now = session;
    if (!now.isDone()) {
      return "starting";
    }
    return now.isCompletedExceptionally() ? "waiting" : "connected";
  }

  /** Ends the conversation, and the server when it is a process of our own. */
  @Override
  public void close() {
    closed.countDown();
    keeper.interrupt();
    try {
      if (!keeper.join(CLOSE)) {
        LOG.log(Level.WARNING, "mcp_server_not_ended server=" + who);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
