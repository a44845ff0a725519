package dev.gatun.server.external;

import dev.gatun.router.config.ExternalModel;
import dev.gatun.router.config.Providers.Timeouts;
import dev.gatun.router.port.Answer;
import dev.gatun.router.port.LanguageModel.Chat;
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

/** One language model of another process, asked by HTTP. Safe for use by many threads. */
final class ExternalClient {
  /** A verdict takes some kilobytes; this leaves room for thoughts of many thousand words. */
  static final int REPLY_BYTES_MAX = 256 << 10;

  private static final int OK_FIRST = 200;
  private static final int OK_LAST = 299;
  private static final int TOO_MANY_REQUESTS = 429;
  private static final int SERVER_ERRORS = 500;

  private final ExternalModel model;
  private final Upstream upstream;
  private final String name;
  private final URI uri;
  private final CarefulCalls calls;

  /**
   * A client that has not asked yet.
   *
   * @param leftAlone how long the model is left alone when it fails
   */
  ExternalClient(ExternalModel model, Upstream upstream, Duration leftAlone) {
    this.model = model;
    this.upstream = upstream;
    this.name = model.role().word() + "/" + model.name();
    this.uri = URI.create(model.target().origin() + model.chatPath());
    this.calls = new CarefulCalls("model " + name, model.timeout(), leftAlone);
  }

  ExternalModel model() {
    return model;
  }

  /** Names it in messages. */
  String name() {
    return name;
  }

  CarefulCalls calls() {
    return calls;
  }

  /** What the model writes, or why there is nothing. */
  Answer<String> reply(Chat chat) {
    return calls.make(until -> ask(chat, until));
  }

  private Answer<String> ask(Chat chat, Until until) throws Fault, InterruptedException {
    Timeouts timeouts = new Timeouts(Timeouts.byDefault().connect(), until.left(), until.left());
    UpstreamRequest request =
        new UpstreamRequest(name, uri, headers(), ChatBody.of(model.model(), chat), timeouts);
    try (UpstreamReply reply = upstream.call(request)) {
      int status = reply.status();
      if (status == TOO_MANY_REQUESTS || status >= SERVER_ERRORS) {
        throw calls.fault("answered with status " + status);
      }
      if (status < OK_FIRST || status > OK_LAST) {
        return calls.failed("answered with status " + status);
      }
      return body(reply, until)
          .map(ChatBody::read)
          .map(read -> read.fold(Answer::of, calls::<String>failed))
          .orElseGet(() -> calls.failed("answered with more than " + REPLY_BYTES_MAX + " bytes"));
    } catch (UpstreamException.FirstByteTimeout | UpstreamException.IdleTimeout e) {
      throw calls.late();
    } catch (UpstreamException e) {
      throw new Fault(String.valueOf(e.getMessage()), true);
    }
  }

  private List<HeaderLine> headers() {
    List<HeaderLine> headers = new ArrayList<>();
    headers.add(new HeaderLine("content-type", "application/json"));
    headers.add(new HeaderLine("accept", "application/json"));
    model
        .authValue()
        .ifPresent(value ->
            headers.add(
                new HeaderLine(model.authHeader().toLowerCase(Locale.ROOT), value.reveal())));
    return headers;
  }

  /** The whole body; empty when it is larger than allowed. */
  private static Optional<byte[]> body(UpstreamReply reply, Until until)
      throws UpstreamException, Fault, InterruptedException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Optional<ByteBuffer> piece = reply.next(until.left());
    while (piece.isPresent()) {
      ByteBuffer buffer = piece.get();
      if (bytes.size() + buffer.remaining() > REPLY_BYTES_MAX) {
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
