package dev.gatun.server.external;

import dev.gatun.router.config.McpTool.Transport.Stdio;
import dev.gatun.server.external.CutLines.Line;
import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.spec.McpClientTransport;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import reactor.core.publisher.Mono;

/**
 * An MCP server that is a process of our own and speaks by its standard input and output, one
 * message per line.
 *
 * <p>The library's own transport is not used: it hands all variables of the router, keys of
 * providers among them, to the process, writes lines that it cannot read into the log, reads error
 * lines of any length, does not tell when the process ends, and never kills one that ignores being
 * asked to end.
 */
final class ProcessTransport implements McpClientTransport {
  /** What a program needs to find others, its files and its language; everything else is named. */
  private static final List<String> INHERITED =
      List.of("PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "LC_CTYPE", "TMPDIR", "TZ");

  /** Lines that wait to be written: those of all questions at once, and as many withdrawn ones. */
  private static final int WAITING_MAX = 2 * CarefulCalls.AT_ONCE;

  /** How long a process that is asked to end has for that. */
  private static final long END_MILLIS = 500;

  private final Stdio stdio;
  private final String who;
  private final McpJsonMapper json;
  private final BlockingQueue<byte[]> waiting = new ArrayBlockingQueue<>(WAITING_MAX);
  private final CompletableFuture<String> ended = new CompletableFuture<>();
  private final List<Thread> threads = new ArrayList<>();
  private Optional<Process> process = Optional.empty();
  private boolean closed;

  /**
   * Starts nothing yet.
   *
   * @param who names the server in the log
   */
  ProcessTransport(Stdio stdio, String who, McpJsonMapper json) {
    this.stdio = stdio;
    this.who = who;
    this.json = json;
  }

  /** Completes when the process has ended or does not speak the protocol, with what happened. */
  CompletableFuture<String> ended() {
    return ended;
  }

  @Override
  public Mono<Void> connect(Function<Mono<JSONRPCMessage>, Mono<JSONRPCMessage>> handler) {
    return Mono.fromCallable(
            () -> {
              start(handler);
              return true;
            })
        .then();
  }

  private synchronized void start(Function<Mono<JSONRPCMessage>, Mono<JSONRPCMessage>> handler)
      throws IOException {
    if (closed) {
      throw new IOException("closed before it began");
    }
    List<String> command = new ArrayList<>();
    command.add(stdio.command());
    command.addAll(stdio.arguments());
    ProcessBuilder builder = new ProcessBuilder(command);
    Map<String, String> environment = builder.environment();
    environment.keySet().retainAll(INHERITED);
    stdio.environment().forEach((name, value) -> environment.put(name, value.reveal()));
    Process started;
    try {
      started = builder.start();
    } catch (IOException e) {
      // Nobody waits for this: the library only writes into the log that it failed to connect.
      ended.complete("cannot be started: " + e.getMessage());
      throw e;
    }
    process = Optional.of(started);
    thread("end", () -> await(started));
    thread("out", () -> read(started, handler));
    thread("in", () -> write(started));
    thread("err", () -> new ErrorOutput(who).copy(started.getErrorStream()));
  }

  private void thread(String name, Runnable work) {
    threads.add(Thread.ofVirtual().name("gatun-mcp-" + name).start(work));
  }

  private void await(Process started) {
    try {
      ended.complete("ended with status " + started.waitFor());
    } catch (InterruptedException e) {
      // It was ended by this, which has said so.
      Thread.currentThread().interrupt();
    }
  }

  private void read(Process from, Function<Mono<JSONRPCMessage>, Mono<JSONRPCMessage>> handler) {
    CutLines lines = new CutLines(from.getInputStream(), CarefulCalls.REPLY_BYTES_MAX);
    try {
      Optional<Line> line = lines.next();
      while (line.filter(Line::isWhole).isPresent()) {
        JSONRPCMessage message = McpSchema.deserializeJsonRpcMessage(json, line.get().text());
        // What the handler cannot deal with it answers by itself, or is nobody's question.
        handler.apply(Mono.just(message)).onErrorComplete().subscribe();
        line = lines.next();
      }
      line.ifPresent(_ ->
          ended.complete("wrote more than " + CarefulCalls.REPLY_BYTES_MAX + " bytes at once"));
    } catch (IOException | IllegalArgumentException e) {
      // After the end of a process this is no news: only the first reason is kept.
      ended.complete("wrote a line that is no message of the protocol");
    }
  }

  private void write(Process to) {
    try {
      OutputStream in = to.getOutputStream();
      while (true) {
        in.write(waiting.take());
        in.write('\n');
        in.flush();
      }
    } catch (IOException e) {
      ended.complete("does not read any more");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public Mono<Void> sendMessage(JSONRPCMessage message) {
    return Mono.fromCallable(
            () -> {
              // JSON has no line ends outside of texts, and in texts they are escaped.
              byte[] line = json.writeValueAsString(message).getBytes(StandardCharsets.UTF_8);
              if (ended.isDone() || !waiting.offer(line)) {
                throw new IOException("the process takes no more messages");
              }
              return true;
            })
        .then();
  }

  @Override
  public Mono<Void> closeGracefully() {
    return Mono.fromRunnable(this::close);
  }

  /** Ends the process, and whatever it started, before it returns. */
  @Override
  public synchronized void close() {
    closed = true;
    ended.complete("was ended");
    process.ifPresent(ProcessTransport::end);
    threads.forEach(Thread::interrupt);
  }

  private static void end(Process process) {
    List<ProcessHandle> below = process.descendants().toList();
    process.destroy();
    try {
      process.waitFor(END_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    process.destroyForcibly();
    below.forEach(ProcessHandle::destroyForcibly);
  }

  @Override
  public <T> T unmarshalFrom(Object data, TypeRef<T> type) {
    return json.convertValue(data, type);
  }
}
