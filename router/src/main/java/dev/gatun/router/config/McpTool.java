package dev.gatun.router.config;

import dev.gatun.router.model.Secret;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A tool of a server that speaks the Model Context Protocol.
 *
 * @param name of the tool, as its server knows it
 * @param timeout of a whole answer, waiting for the server included; more than 0
 */
public record McpTool(Transport transport, String name, Duration timeout) {
  /** How long an answer may take unless the file says otherwise. */
  public static final Duration TIMEOUT = Duration.ofSeconds(5);

  /** How its server is reached. */
  public sealed interface Transport {
    /** The word of a configuration. */
    String word();

    /** Where the server is: without arguments, environment, path and query, which hold secrets. */
    String shown();

    /**
     * A process of our own, by its standard input and output.
     *
     * @param command the program, found by {@code PATH} when it is no path
     * @param environment what is added to the few variables that every such process gets
     */
    record Stdio(String command, List<String> arguments, Map<String, Secret> environment)
        implements Transport {
      public Stdio {
        arguments = List.copyOf(arguments);
        environment = Map.copyOf(environment);
      }

      @Override
      public String word() {
        return "stdio";
      }

      @Override
      public String shown() {
        return command.substring(command.lastIndexOf('/') + 1);
      }
    }

    /**
     * A server on the network.
     *
     * @param target whose path prefix is part of {@code resource}
     * @param resource path and query as they are written; without a path the usual one is meant
     * @param streams whether it is of the older kind, which answers by one stream of events
     */
    record Http(Target target, String resource, boolean streams) implements Transport {
      @Override
      public String word() {
        return streams ? "sse" : "streamable-http";
      }

      @Override
      public String shown() {
        return target.origin();
      }
    }
  }
}
