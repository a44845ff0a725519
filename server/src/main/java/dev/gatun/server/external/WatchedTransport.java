package dev.gatun.server.external;

import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.spec.McpClientTransport;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import reactor.core.publisher.Mono;

/**
 * A transport whose failures end the conversation at once: the library would only write them into
 * the log, and leave whoever has asked to wait for an answer that cannot come.
 *
 * @param ended completes with the reason
 */
record WatchedTransport(McpClientTransport transport, CompletableFuture<String> ended)
    implements McpClientTransport {
  @Override
  public Mono<Void> connect(Function<Mono<JSONRPCMessage>, Mono<JSONRPCMessage>> handler) {
    return transport.connect(handler).doOnError(this::end);
  }

  @Override
  public void setExceptionHandler(Consumer<Throwable> handler) {
    transport.setExceptionHandler(failure -> {
      handler.accept(failure);
      end(failure);
    });
  }

  private void end(Throwable failure) {
    ended.complete(
        "cannot be reached or does not speak the protocol (" + McpSession.kind(failure) + ")");
  }

  @Override
  public Mono<Void> sendMessage(JSONRPCMessage message) {
    return transport.sendMessage(message);
  }

  @Override
  public Mono<Void> closeGracefully() {
    return transport.closeGracefully();
  }

  @Override
  public void close() {
    transport.close();
  }

  @Override
  public <T> T unmarshalFrom(Object data, TypeRef<T> type) {
    return transport.unmarshalFrom(data, type);
  }

  @Override
  public List<String> protocolVersions() {
    return transport.protocolVersions();
  }
}
