package dev.gatun.server;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.channels.ClosedChannelException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.RejectedExecutionException;
import java.util.logging.ConsoleHandler;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/** One line per event on standard error; libraries only from warnings on. */
public final class Logs {
  /** Kept here because the log manager holds loggers weakly and would forget their level. */
  private static final List<Logger> QUIET =
      List.of(
          Logger.getLogger("io.helidon"),
          Logger.getLogger("ai.djl"),
          Logger.getLogger("org.apache.arrow"),
          Logger.getLogger("reactor"));

  /** What it says of failures the router says itself, and without the texts of messages. */
  private static final Logger MCP = Logger.getLogger("io.modelcontextprotocol");

  private static final Logger LISTENER = Logger.getLogger("io.helidon.webserver.ServerListener");

  private Logs() {}

  /** Sets up the process's log. Doing it again changes nothing. */
  public static void configure() {
    QUIET.forEach(logger -> logger.setLevel(Level.WARNING));
    MCP.setLevel(Level.OFF);
    LISTENER.setFilter(event -> !isStop(event.getThrown()));
    for (Handler handler : Logger.getLogger("").getHandlers()) {
      if (handler instanceof ConsoleHandler) {
        handler.setFormatter(new Line());
      }
    }
  }

  /**
   * Whether a listener's failure only says that it has been stopped: a client that connects at that
   * very moment finds a closed socket or an executor that takes no more.
   */
  private static boolean isStop(@Nullable Throwable failure) {
    return failure instanceof ClosedChannelException
        || failure instanceof RejectedExecutionException;
  }

  /** {@code time level logger message}, and the stack trace of a failure below. */
  private static final class Line extends Formatter {
    @Override
    public String format(LogRecord event) {
      StringBuilder line = new StringBuilder(120);
      line.append(Instant.ofEpochMilli(event.getMillis()).truncatedTo(ChronoUnit.MILLIS))
          .append(' ')
          .append(event.getLevel().getName().toLowerCase(Locale.ROOT))
          .append(' ')
          .append(event.getLoggerName())
          .append(' ')
          .append(formatMessage(event).replace('\n', ' '))
          .append('\n');
      if (event.getThrown() != null) {
        StringWriter trace = new StringWriter();
        event.getThrown().printStackTrace(new PrintWriter(trace));
        line.append(trace);
      }
      return line.toString();
    }
  }
}
