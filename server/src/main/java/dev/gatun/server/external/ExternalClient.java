package dev.gatun.server.external;

import dev.gatun.router.config.ExternalModel;
import dev.gatun.router.config.Providers.Timeouts;
import dev.gatun.router.port.Answer;
import dev.gatun.router.port.LanguageModel.Chat;
import dev.gatun.server.upstream.HeaderLine;
import dev.gatun.server.upstream.Upstream;
import dev.gatun.server.upstream.UpstreamException;
import dev.gatun.server.upstream.UpstreamReply;
import dev.gatun.server.upstream.UpstreamRequest;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * One language model of another process. A question waits for a free place, is asked, and is read
 * within the time that the configuration gives it; a model that fails again and again is left alone
 * for a while. Neither what is asked nor what comes back is ever part of a message. Safe for use by
 * many threads.
 */
final class ExternalClient {
  /** A verdict takes some kilobytes; this leaves room for thoughts of many thousand words. */
  static final int REPLY_BYTES_MAX = 256 << 10;

  /** What a server of one model answers at once with profit; more questions wait their turn. */
  static final int AT_ONCE = 64;

  /** Of so many questions the failed ones are counted. */
  private static final int WATCHED = 20;

  /** With fewer questions nothing is concluded. */
  static final int WATCHED_MIN = 10;

  /** Per cent of failed questions from which a model is left alone. */
  private static final float FAILED_SHARE = 50;

  private static final Duration LEFT_ALONE = Duration.ofSeconds(10);

  /** Questions that try whether it is back. */
  private static final int TRIALS = 3;

  private static final int OK_FIRST = 200;
  private static final int OK_LAST = 299;
  private static final int TOO_MANY_REQUESTS = 429;
  private static final int SERVER_ERRORS = 500;

  private final ExternalModel model;
  private final Upstream upstream;
  private final String name;
  private final URI uri;
  private final Semaphore places = new Semaphore(AT_ONCE);
  private final CircuitBreaker breaker;

  ExternalClient(ExternalModel model, Upstream upstream) {
    this.model = model;
    this.upstream = upstream;
    this.name = model.role().word() + "/" + model.name();
    this.uri = URI.create(model.target().origin() + model.chatPath());
    this.breaker =
        CircuitBreaker.of(
            name,
            CircuitBreakerConfig.custom()
                .slidingWindowSize(WATCHED)
                .minimumNumberOfCalls(WATCHED_MIN)
                .failureRateThreshold(FAILED_SHARE)
                .waitDurationInOpenState(LEFT_ALONE)
                .permittedNumberOfCallsInHalfOpenState(TRIALS)
                .build());
  }

  /** What the model writes, or why there is nothing. */
  Answer<String> reply(Chat chat) {
    long start = System.nanoTime();
    try {
      if (!places.tryAcquire(model.timeout().toNanos(), TimeUnit.NANOSECONDS)) {
        return failed("answers " + AT_ONCE + " questions already and got to no other in time");
      }
      try {
        return watched(chat, start);
      } finally {
        places.release();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return failed("was not waited for");
    }
  }

  /** Asks, and remembers how that went. */
  private Answer<String> watched(Chat chat, long start) throws InterruptedException {
    if (!breaker.tryAcquirePermission()) {
      return failed("failed too often and is left alone for " + LEFT_ALONE.toSeconds() + " s");
    }
    long begin = System.nanoTime();
    try {
      Received received = ask(chat, start);
      if (received.status == TOO_MANY_REQUESTS || received.status >= SERVER_ERRORS) {
        fault(begin, new IllegalStateException("status " + received.status));
      } else {
        breaker.onSuccess(System.nanoTime() - begin, TimeUnit.NANOSECONDS);
      }
      return read(received);
    } catch (UpstreamException e) {
      fault(begin, e);
      return Answer.failed(String.valueOf(e.getMessage()));
    } catch (Late e) {
      fault(begin, e);
      return failed(String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      // Whoever asked has a shorter deadline, and the model has missed it.
      fault(begin, e);
      throw e;
    } catch (RuntimeException | Error e) {
      breaker.releasePermission();
      throw e;
    }
  }

  private void fault(long begin, Exception cause) {
    breaker.onError(System.nanoTime() - begin, TimeUnit.NANOSECONDS, cause);
  }

  /**
   * What came back.
   *
   * @param body empty when it is not wanted or larger than allowed
   */
  private record Received(int status, Optional<byte[]> body) {}

  /** The time is over. */
  private static final class Late extends Exception {
    private static final long serialVersionUID = 1L;

    Late(Duration limit) {
      super("did not answer within " + limit.toMillis() + " ms", null, false, false);
    }
  }

  private Received ask(Chat chat, long start) throws UpstreamException, Late, InterruptedException {
    Timeouts timeouts = new Timeouts(Timeouts.byDefault().connect(), left(start), left(start));
    UpstreamRequest request =
        new UpstreamRequest(name, uri, headers(), ChatBody.of(model.model(), chat), timeouts);
    try (UpstreamReply reply = upstream.call(request)) {
      boolean isOk = reply.status() >= OK_FIRST && reply.status() <= OK_LAST;
      return new Received(reply.status(), isOk ? body(reply, start) : Optional.empty());
    } catch (UpstreamException.FirstByteTimeout | UpstreamException.IdleTimeout e) {
      throw new Late(model.timeout());
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
  private Optional<byte[]> body(UpstreamReply reply, long start)
      throws UpstreamException, Late, InterruptedException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Optional<ByteBuffer> piece = reply.next(left(start));
    while (piece.isPresent()) {
      ByteBuffer buffer = piece.get();
      if (bytes.size() + buffer.remaining() > REPLY_BYTES_MAX) {
        return Optional.empty();
      }
      byte[] part = new byte[buffer.remaining()];
      buffer.get(part);
      bytes.writeBytes(part);
      piece = reply.next(left(start));
    }
    return Optional.of(bytes.toByteArray());
  }

  private Duration left(long start) throws Late {
    Duration left = model.timeout().minusNanos(System.nanoTime() - start);
    if (left.isNegative() || left.isZero()) {
      throw new Late(model.timeout());
    }
    return left;
  }

  private Answer<String> read(Received received) {
    if (received.status < OK_FIRST || received.status > OK_LAST) {
      return failed("answered with status " + received.status);
    }
    return received
        .body
        .map(ChatBody::read)
        .map(read -> read.fold(Answer::of, this::failed))
        .orElseGet(() -> failed("answered with more than " + REPLY_BYTES_MAX + " bytes"));
  }

  private Answer<String> failed(String what) {
    return Answer.failed("model " + name + " " + what);
  }
}
