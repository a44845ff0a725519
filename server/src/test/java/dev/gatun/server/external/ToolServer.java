package dev.gatun.server.external;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gatun.router.config.McpTool;
import dev.gatun.router.config.McpTool.Transport.Http;
import dev.gatun.router.config.McpTool.Transport.Stdio;
import dev.gatun.router.config.Target;
import dev.gatun.router.model.Secret;
import io.modelcontextprotocol.json.jackson2.JacksonMcpJsonMapper;
import io.modelcontextprotocol.json.schema.JsonSchemaValidator.ValidationResponse;
import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.McpServer.SyncSpecification;
import io.modelcontextprotocol.server.transport.HttpServletSseServerTransportProvider;
import io.modelcontextprotocol.server.transport.HttpServletStreamableServerTransportProvider;
import io.modelcontextprotocol.server.transport.StdioServerTransportProvider;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.ServerCapabilities;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import jakarta.servlet.http.HttpServlet;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.Wrapper;
import org.apache.catalina.core.StandardContext;
import org.apache.catalina.startup.Tomcat;

/**
 * An MCP server with a tool that tells domains, by the library's own server side: a process that
 * speaks by its standard input and output, or a server on a real socket. Texts say how it behaves.
 */
final class ToolServer implements AutoCloseable {
  static final String TOOL = "classify_text";

  private static final JacksonMcpJsonMapper JSON = new JacksonMcpJsonMapper(new ObjectMapper());
  private static final Map<String, Object> TEXT =
      Map.of("type", "object", "properties", Map.of("text", Map.of("type", "string")));
  private static final Set<String> VARIABLES =
      Set.of(
          "PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "LC_CTYPE", "TMPDIR", "TZ", "TOOL");

  private final Tomcat tomcat;

  private ToolServer(Tomcat tomcat) {
    this.tomcat = tomcat;
  }

  /**
   * The process.
   *
   * @param arguments a file that gets a line with its number, and {@code categories}
   */
  public static void main(String[] arguments) throws Exception {
    String number = ProcessHandle.current().pid() + "\n";
    Files.writeString(
        Path.of(arguments[0]), number, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    boolean lists = arguments.length > 1;
    build(McpServer.sync(new StdioServerTransportProvider(JSON)), lists);
    new CountDownLatch(1).await();
  }

  private static void build(SyncSpecification<?> server, boolean lists) {
    server
        .serverInfo("tools", "1")
        .jsonMapper(JSON)
        .jsonSchemaValidator((_, _) -> ValidationResponse.asValid(""))
        .capabilities(ServerCapabilities.builder().tools(false).build())
        .toolCall(
            Tool.builder(TOOL, TEXT).build(),
            (_, request) -> answer(String.valueOf(request.arguments().get("text"))));
    if (lists) {
      server.toolCall(
          Tool.builder("list_categories", Map.of("type", "object")).build(),
          (_, _) -> text("{\"categories\": [\"poetry\", \"math\", \"law\"]}"));
    }
    server.build();
  }

  private static CallToolResult answer(String text) {
    String word = text.split(" ", -1)[0];
    return switch (word) {
      case "integral" -> text("{\"class\": \"math\", \"confidence\": 0.9}");
      case "structured" ->
          CallToolResult.builder()
              .addTextContent("see beside")
              .structuredContent(Map.of("class", "Computer_Science", "confidence", 0.8))
              .build();
      case "number" ->
          text("{\"class\": 1, \"confidence\": 0.6, \"probabilities\": [0.1, 0.6, 0.3]}");
      case "variables" -> {
        Set<String> others = new TreeSet<>(System.getenv().keySet());
        others.removeAll(VARIABLES);
        boolean isRight = others.isEmpty() && "yes".equals(System.getenv("TOOL"));
        yield text("{\"class\": \"law\", \"confidence\": " + (isRight ? 1 : 0) + "}");
      }
      case "slow" -> {
        try {
          new CountDownLatch(1).await();
          yield text("{}");
        } catch (InterruptedException e) {
          yield text("{}");
        }
      }
      case "die" -> {
        Runtime.getRuntime().halt(3);
        yield text("{}");
      }
      case "noise" -> {
        for (int i = 0; i < 200; i++) {
          System.err.println("noise " + i + " \u001b[31m" + "x".repeat(2_000));
        }
        yield text("{\"class\": \"math\", \"confidence\": 0.9}");
      }
      case "huge" -> text("x".repeat(CarefulCalls.REPLY_BYTES_MAX));
      case "failing" -> CallToolResult.builder().addTextContent("no").isError(true).build();
      case "throwing" -> throw new IllegalStateException("a secret of the tool");
      default -> text("{\"class\": \"" + word + "\", \"confidence\": 0.9}");
    };
  }

  private static CallToolResult text(String json) {
    return CallToolResult.builder().addTextContent(json).build();
  }

  /**
   * A process as the configuration describes it.
   *
   * @param numbers gets the number of each process that is started
   */
  static Stdio process(Path numbers, String... more) {
    List<String> arguments = new ArrayList<>(List.of("-XX:TieredStopAtLevel=1", "-cp", classes()));
    arguments.addAll(List.of(ToolServer.class.getName(), numbers.toString()));
    arguments.addAll(List.of(more));
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    return new Stdio(java, arguments, Map.of("TOOL", new Secret("yes")));
  }

  /** Everything that this process was started with, and the tests. */
  private static String classes() {
    try {
      URI self =
          Optional.ofNullable(ToolServer.class.getResource("ToolServer.class"))
              .orElseThrow()
              .toURI();
      String tests = Path.of(self).resolve("../../../../..").normalize().toString();
      return Stream.of(
              tests,
              System.getProperty("jdk.module.path", ""),
              System.getProperty("java.class.path", ""))
          .filter(path -> !path.isEmpty())
          .reduce((a, b) -> a + File.pathSeparator + b)
          .orElseThrow();
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  static McpTool tool(McpTool.Transport transport, Duration timeout) {
    return new McpTool(transport, TOOL, timeout);
  }

  /** Numbers of the processes that were started, in order. */
  static List<Long> started(Path numbers) throws IOException {
    return Files.exists(numbers)
        ? Files.readAllLines(numbers).stream().map(Long::parseLong).toList()
        : List.of();
  }

  static boolean isAlive(long number) {
    return ProcessHandle.of(number).filter(ProcessHandle::isAlive).isPresent();
  }

  /**
   * A server on a socket.
   *
   * @param streams whether it is of the older kind
   * @param port 0 for any
   */
  static ToolServer listen(boolean streams, int port) throws LifecycleException {
    HttpServlet servlet = streams ? streaming() : answering();
    Tomcat tomcat = new Tomcat();
    tomcat.setBaseDir(System.getProperty("java.io.tmpdir"));
    tomcat.setPort(port);
    tomcat.getConnector().setProperty("address", "127.0.0.1");
    StandardContext context = (StandardContext) tomcat.addContext("", null);
    // Tests have no time for the usual wait for requests that are still open. It is made in twenty
    // steps, and a step of 0 ms lasts for ever.
    context.setUnloadDelay(20);
    Wrapper wrapper = Tomcat.addServlet(context, "mcp", servlet);
    wrapper.setAsyncSupported(true);
    wrapper.addMapping("/*");
    tomcat.start();
    return new ToolServer(tomcat);
  }

  private static HttpServlet answering() {
    HttpServletStreamableServerTransportProvider provider =
        HttpServletStreamableServerTransportProvider.builder()
            .jsonMapper(JSON)
            .mcpEndpoint("/mcp")
            .build();
    build(McpServer.sync(provider), false);
    return provider;
  }

  @SuppressWarnings("deprecation") // so are such servers, and there are many
  private static HttpServlet streaming() {
    HttpServletSseServerTransportProvider provider =
        HttpServletSseServerTransportProvider.builder()
            .jsonMapper(JSON)
            .messageEndpoint("/message")
            .sseEndpoint("/sse")
            .build();
    build(McpServer.sync(provider), false);
    return provider;
  }

  int port() {
    return tomcat.getConnector().getLocalPort();
  }

  static Http at(int port, boolean streams) {
    return new Http(new Target(false, "127.0.0.1", port, ""), "", streams);
  }

  @Override
  public void close() {
    try {
      tomcat.stop();
      tomcat.destroy();
    } catch (LifecycleException e) {
      throw new AssertionError(e);
    }
  }
}
