package dev.gatun.server.external;

import dev.gatun.router.config.Providers.Timeouts;
import dev.gatun.router.model.Secret;
import dev.gatun.router.port.Answer;
import dev.gatun.server.external.CarefulCalls.Fault;
import dev.gatun.server.external.CarefulCalls.Until;
import dev.gatun.server.upstream.HeaderLine;
import dev.gatun.server.upstream.Upstream;
import dev.gatun.server.upstream.UpstreamException;
import dev.gatun.server.upstream.UpstreamReply;
import dev.gatun.server.upstream.UpstreamRequest;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/** One model of another process, asked by HTTP. Safe for use by many threads. */
final class ExternalClient {
  private static final int OK_FIRST = 200;
  private static final int OK_LAST = 299;
  private static final int TOO_MANY_REQUESTS = 429;
  private static final int SERVER_ERRORS = 500;

  private final Service service;
  private final Upstream upstream;
  private final CarefulCalls calls;

  /**
   * Where and how a model is asked.
   *
   * @param name for messages and logs
   * @param timeout of an answer, waiting for a free place included; more than 0
   * @param authHeader header that carries the key
   * @param authValue the whole value of that header, when there is a key
   */
  record Service(
      String name, URI uri, Duration timeout, String authHeader, Optional<Secret> authValue) {}

  /**
   * What is asked.
   *
   * @param type of the body, as the header {@code content-type} has it
   * @param replyBytesMax of the answer
   * @param read what a whole answer says, or what is wrong with it in words that follow a name
   */
  @SuppressWarnings("ArrayRecordComponent") // handed over, not changed afterwards
  record Question<T>(
      String type, byte[] body, int replyBytesMax, Function<byte[], Answer<T>> read) {
    private static final String JSON = "application/json";

    /** A question in JSON. */
    Question(byte[] body, int replyBytesMax, Function<byte[], Answer<T>> read) {
      this(JSON, body, replyBytesMax, read);
    }
  }

  /**
   * A client that has not asked yet.
   *
   * @param leftAlone how long the model is left alone when it fails
   */
  ExternalClient(Service service, Upstream upstream, Duration leftAlone) {
    this.service = service;
    this.upstream = upstream;
    this.calls = new CarefulCalls("model " + service.name, service.timeout, leftAlone);
  }

  /** Names it in messages. */
  String name() {
    return service.name;
  }

  CarefulCalls calls() {
    return calls;
  }

  /** What the model answers, or why there is nothing. */
  <T> Answer<T> ask(Question<T> question) {
    return calls.make(until -> ask(question, until));
  }

  private <T> Answer<T> ask(Question<T> question, Until until) throws Fault, InterruptedException {
    Timeouts timeouts = new Timeouts(Timeouts.byDefault().connect(), until.left(), until.left());
    UpstreamRequest request =
        new UpstreamRequest(
            service.name, service.uri, headers(question.type), question.body, timeouts);
    try (UpstreamReply reply = upstream.call(request)) {
      int status = reply.status();
      if (status == TOO_MANY_REQUESTS || status >= SERVER_ERRORS) {
        throw calls.fault("answered with status " + status);
      }
      if (status < OK_FIRST || status > OK_LAST) {
        return calls.failed("answered with status " + status);
      }
      return body(reply, question.replyBytesMax, until)
          .map(question.read)
          .map(read -> read.fold(Answer::of, calls::<T>failed))
          .orElseGet(
              () -> calls.failed("answered with more than " + question.replyBytesMax + " bytes"));
    } catch (UpstreamException.FirstByteTimeout | UpstreamException.IdleTimeout e) {
      throw calls.late();
    } catch (UpstreamException e) {
      throw new Fault(String.valueOf(e.getMessage()), true);
    }
  }

  private List<HeaderLine> headers(String type) {
    List<HeaderLine> headers = new ArrayList<>();
    headers.add(new HeaderLine("content-type", type));
    headers.add(new HeaderLine("accept", Question.JSON));
    String name = service.authHeader.toLowerCase(Locale.ROOT);
    service.authValue.ifPresent(value -> headers.add(new HeaderLine(name, value.reveal())));
    return headers;
  }

  /** The whole body; empty when it is larger than allowed. */
  private static Optional<byte[]> body(UpstreamReply reply, int bytesMax, Until until)
      throws UpstreamException, Fault, InterruptedException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Optional<ByteBuffer> piece = reply.next(until.left());
    while (piece.isPresent()) {
      ByteBuffer buffer = piece.get();
      if (bytes.size() + buffer.remaining() > bytesMax) {
        return Optional.empty();
      }
      byte[] part = new byte[buffer.remaining()];
      buffer.get(part);
      bytes.writeBytes(part);
      piece = reply.next(until.left());
    }
    return Optional.of(bytes.toByteArray());
  }
}
