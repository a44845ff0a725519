package dev.gatun.server.external;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gatun.router.config.McpTool;
import dev.gatun.router.config.McpTool.Transport.Http;
import dev.gatun.router.config.McpTool.Transport.Stdio;
import dev.gatun.router.signal.Domain;
import dev.gatun.server.upstream.Upstream;
import dev.gatun.server.wire.Json;
import io.modelcontextprotocol.client.McpAsyncClient;
import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.transport.HttpClientSseClientTransport;
import io.modelcontextprotocol.client.transport.HttpClientStreamableHttpTransport;
import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.json.jackson2.JacksonMcpJsonMapper;
import io.modelcontextprotocol.json.schema.JsonSchemaValidator.ValidationResponse;
import io.modelcontextprotocol.spec.McpClientTransport;
import io.modelcontextprotocol.spec.McpError;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.Implementation;
import io.modelcontextprotocol.spec.McpSchema.ListToolsResult;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import reactor.core.publisher.Mono;

/** A conversation with an MCP server that has begun. Safe for use by many threads. */
final class McpSession implements AutoCloseable {
  /** By it a server tells the labels to which its numbers belong, as upstream's servers do. */
  private static final String CATEGORIES_TOOL = "list_categories";

  private static final String PROBABILITIES = "with_probabilities";

  /** How long a server may take to begin; a program may have to load a model. */
  private static final Duration START = Duration.ofSeconds(60);

  private static final Duration CLOSE = Duration.ofSeconds(2);

  /** Pages of tools that are read. */
  private static final int PAGES_MAX = 16;

  /** The library remembers a question until it is answered; so many may stay unanswered. */
  private static final int UNANSWERED_MAX = 1_000;

  /** A server that misses so many questions one after the other has got stuck. */
  private static final int LATE_IN_ROW_MAX = 10;

  private static final McpJsonMapper JSON =
      new JacksonMcpJsonMapper(
          new ObjectMapper().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES));

  private final McpTool tool;
  private final McpAsyncClient client;
  private final McpClientTransport transport;
  private final CompletableFuture<String> ended;
  private final AtomicInteger unanswered = new AtomicInteger();
  private final AtomicInteger lateInRow = new AtomicInteger();
  private volatile boolean hasAnswered;
  private List<String> categories = Domain.LABELS;
  private boolean takesProbabilities;

  /** The server does not do what it should; the message says what, without its own words. */
  static final class Refusal extends Exception {
    private static final long serialVersionUID = 1L;
    private final boolean isLost;

    /**
     * A refusal.
     *
     * @param isLost whether the conversation is over
     */
    Refusal(String message, boolean isLost) {
      super(message, null, false, false);
      this.isLost = isLost;
    }

    boolean isLost() {
      return isLost;
    }
  }

  private McpSession(McpTool tool, McpClientTransport transport, CompletableFuture<String> ended) {
    this.tool = tool;
    this.transport = transport;
    this.ended = ended;
    this.client =
        McpClient.async(transport)
            .clientInfo(Implementation.builder("gatun", "1").build())
            .requestTimeout(START)
            .initializationTimeout(START)
            // Answers are read here as what they must be, whatever the server calls its shape.
            .jsonSchemaValidator((_, _) -> ValidationResponse.asValid(""))
            .build();
  }

  /**
   * Begins a conversation, and looks whether the tool is there.
   *
   * @param who names the server in the log
   */
  static McpSession open(McpTool tool, String who) throws Refusal, InterruptedException {
    McpSession session =
        switch (tool.transport()) {
          case Stdio stdio -> {
            ProcessTransport process = new ProcessTransport(stdio, who, JSON);
            yield new McpSession(tool, process, process.ended());
          }
          case Http http -> {
            CompletableFuture<String> ended = new CompletableFuture<>();
            yield new McpSession(tool, new WatchedTransport(transport(http), ended), ended);
          }
        };
    try {
      session.begin();
      return session;
    } catch (Refusal | InterruptedException | RuntimeException e) {
      session.close();
      throw e;
    }
  }

  private static McpClientTransport transport(Http http) {
    if (http.streams()) {
      return streams(http, at(http, "/sse"));
    }
    return HttpClientStreamableHttpTransport.builder(http.shown())
        .endpoint(at(http, "/mcp"))
        .customizeClient(Upstream::straight)
        .jsonMapper(JSON)
        .resumableStreams(false)
        .openConnectionOnStartup(false)
        .maxResponseSize(CarefulCalls.REPLY_BYTES_MAX)
        .build();
  }

  private static String at(Http http, String usual) {
    return http.resource().startsWith("/") ? http.resource() : usual + http.resource();
  }

  @SuppressWarnings("deprecation") // so are such servers, and there are many
  private static McpClientTransport streams(Http http, String endpoint) {
    return HttpClientSseClientTransport.builder(http.shown())
        .sseEndpoint(endpoint)
        .customizeClient(Upstream::straight)
        .jsonMapper(JSON)
        .maxResponseSize(CarefulCalls.REPLY_BYTES_MAX)
        .build();
  }

  private void begin() throws Refusal, InterruptedException {
    answer(client.initialize(), START);
    Map<String, Tool> tools = tools();
    Tool wanted = tools.get(tool.name());
    if (wanted == null) {
      throw new Refusal("has " + tools.size() + " tool(s), but none named " + tool.name(), true);
    }
    takesProbabilities =
        Optional.ofNullable(wanted.inputSchema())
            .map(schema -> Json.tree(schema).path("properties").has(PROBABILITIES))
            .orElse(false);
    if (tools.containsKey(CATEGORIES_TOOL) && !tool.name().equals(CATEGORIES_TOOL)) {
      CallToolResult told = answer(client.callTool(request(CATEGORIES_TOOL, Map.of())), START);
      categories =
          ToolAnswer.categories(told)
              .orElseThrow(() ->
                  new Refusal("does not list its categories by its tool " + CATEGORIES_TOOL, true));
    }
  }

  private Map<String, Tool> tools() throws Refusal, InterruptedException {
    Map<String, Tool> tools = new LinkedHashMap<>();
    ListToolsResult page = answer(client.listTools(), START);
    for (int pages = 1; ; pages++) {
      page.tools().forEach(one -> tools.putIfAbsent(one.name(), one));
      String next = page.nextCursor();
      if (next == null || next.isEmpty() || pages == PAGES_MAX) {
        return tools;
      }
      page = answer(client.listTools(next), START);
    }
  }

  /** The labels to which numbers in answers belong. */
  List<String> categories() {
    return categories;
  }

  /**
   * Asks the tool about a text.
   *
   * @throws TimeoutException when there is no answer within the limit
   */
  CallToolResult ask(String text, Duration limit)
      throws Refusal, TimeoutException, InterruptedException {
    Map<String, Object> arguments =
        takesProbabilities ? Map.of("text", text, PROBABILITIES, true) : Map.of("text", text);
    unanswered.incrementAndGet();
    try {
      CallToolResult result = timely(client.callTool(request(tool.name(), arguments)), limit);
      hasAnswered = true;
      answered();
      return result;
    } catch (Refusal e) {
      answered();
      throw e;
    } catch (TimeoutException | InterruptedException e) {
      lateInRow.incrementAndGet();
      throw e;
    }
  }

  private void answered() {
    unanswered.decrementAndGet();
    lateInRow.set(0);
  }

  private static CallToolRequest request(String name, Map<String, Object> arguments) {
    return CallToolRequest.builder(name).arguments(arguments).build();
  }

  /** Whether the tool has answered in this conversation. */
  boolean hasAnswered() {
    return hasAnswered;
  }

  /** Whether so many questions were left open that a new conversation is better. */
  boolean isOverdue() {
    return unanswered.get() > UNANSWERED_MAX || lateInRow.get() >= LATE_IN_ROW_MAX;
  }

  /** Completes with the reason when the conversation has come to its end. */
  CompletableFuture<String> ended() {
    return ended;
  }

  private <T> T answer(Mono<T> question, Duration limit) throws Refusal, InterruptedException {
    try {
      return timely(question, limit);
    } catch (TimeoutException e) {
      throw new Refusal("did not begin within " + limit.toSeconds() + " s", true);
    }
  }

  /** Waits for an answer, but not for one that cannot come any more. */
  private <T> T timely(Mono<T> question, Duration limit)
      throws Refusal, TimeoutException, InterruptedException {
    CompletableFuture<T> future = question.toFuture();
    try {
      CompletableFuture.anyOf(future, ended).get(limit.toNanos(), TimeUnit.NANOSECONDS);
      if (!future.isDone()) {
        throw new Refusal(ended.join(), true);
      }
      return future.get();
    } catch (ExecutionException e) {
      // Whatever else went wrong went wrong because of this.
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw ended.isDone() ? new Refusal(ended.join(), true) : refusal(cause);
    } finally {
      future.cancel(true);
    }
  }

  /** What happened, without words of the server. */
  private Refusal refusal(Throwable cause) {
    for (Throwable t = cause; t != null; t = t.getCause()) {
      if (t instanceof McpError error && error.getJsonRpcError() != null) {
        return new Refusal("answered with the error " + error.getJsonRpcError().code(), false);
      }
    }
    String how = tool.transport() instanceof Stdio ? "cannot be started" : "cannot be reached";
    return new Refusal(how + " or does not speak the protocol (" + kind(cause) + ")", true);
  }

  /** The first exception of a chain usually only says that there is another. */
  static String kind(Throwable cause) {
    Throwable root = cause;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root.getClass().getSimpleName();
  }

  /** Ends the conversation, and the server when it is our own process. */
  @Override
  public void close() {
    ended.complete("was ended");
    CompletableFuture<Void> closed = client.closeGracefully().toFuture();
    try {
      closed.get(CLOSE.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException | TimeoutException e) {
      closed.cancel(true);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      transport.close();
    }
  }
}
