package dev.gatun.server.http;

import dev.gatun.server.upstream.HeaderLine;
import dev.gatun.server.upstream.UpstreamException;
import dev.gatun.server.upstream.UpstreamReply;
import dev.gatun.server.wire.ApiError;
import dev.gatun.server.wire.SseFramer;
import dev.gatun.server.wire.Usage;
import io.helidon.webserver.CloseConnectionException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Passes a backend's response on to the client.
 *
 * <p>Event streams are relayed as they arrive, in whole events, with a flush each time. Other
 * bodies are held back up to a small size, so that a backend that dies in mid-answer becomes a
 * clean error instead of a cut connection; beyond that size they are relayed as they arrive.
 * Nothing is read from the backend before the last piece has been written to the client.
 */
final class Relay {
  private static final int HELD_BYTES_MAX = 256 << 10;
  private static final int EVENT_BYTES_MAX = 256 << 10;
  private static final int OK = 200;
  private static final byte[] EVENT_END = {'\n', '\n'};

  private final Exchange exchange;
  private final Cancellation cancellation;
  private final MemoryBudget.Lease lease;
  private final UpstreamReply reply;
  private final boolean hideUsage;
  private final Consumer<Usage> counted;
  private final List<HeaderLine> headers;

  /** The last count that the backend gave. */
  private Optional<Usage> usage = Optional.empty();

  /** Whether the last event was dropped. */
  private boolean hidden;

  /**
   * A relay for one reply.
   *
   * @param lease charged with what is held back
   * @param hideUsage whether to drop the usage chunk that the client did not ask for
   * @param counted told how many tokens the backend counted, when it says so
   */
  Relay(
      Exchange exchange,
      Cancellation cancellation,
      MemoryBudget.Lease lease,
      UpstreamReply reply,
      boolean hideUsage,
      Consumer<Usage> counted) {
    this.exchange = exchange;
    this.cancellation = cancellation;
    this.lease = lease;
    this.reply = reply;
    this.hideUsage = hideUsage;
    this.counted = counted;
    this.headers = ForwardedHeaders.toClient(reply.headers());
  }

  void run() throws UpstreamException, InterruptedException {
    String type = reply.header("content-type").orElse("").toLowerCase(Locale.ROOT);
    String encoding = reply.header("content-encoding").orElse("identity");
    boolean events = type.startsWith("text/event-stream");
    if (events && encoding.equalsIgnoreCase("identity")) {
      events();
    } else if (events || type.startsWith("application/x-ndjson")) {
      // Compressed events cannot be read on the way, but they must not wait for one another.
      pieces(new ByteArrayOutputStream(), reply.next());
    } else {
      held();
    }
  }

  private void held() throws UpstreamException, InterruptedException {
    ByteArrayOutputStream held = new ByteArrayOutputStream();
    Optional<ByteBuffer> piece = reply.next();
    while (piece.isPresent() && mayHold(held.size(), piece.get().remaining())) {
      held.writeBytes(bytes(piece.get()));
      piece = reply.next();
    }
    if (piece.isPresent()) {
      pieces(held, piece);
    } else {
      byte[] body = held.toByteArray();
      Usage.ofBody(body, reply.header("content-encoding").orElse("")).ifPresent(this::count);
      tell();
      exchange.send(reply.status(), headers, body, Exchange.Path.UPSTREAM);
    }
  }

  /** When memory is short a reply is not held but relayed at once. */
  private boolean mayHold(int held, int more) {
    return held <= HELD_BYTES_MAX && lease.resize(lease.bytes() + more);
  }

  /** Relays what has been held and then every piece as it arrives. */
  private void pieces(ByteArrayOutputStream held, Optional<ByteBuffer> first)
      throws InterruptedException {
    // Closed only when complete: closing writes the end mark that an incomplete body must not have.
    OutputStream out = exchange.stream(reply.status(), headers);
    try {
      out.write(held.toByteArray());
      for (Optional<ByteBuffer> piece = first; piece.isPresent(); piece = next()) {
        out.write(bytes(piece.get()));
        out.flush();
      }
      out.close();
    } catch (IOException e) {
      throw new CloseConnectionException("the client does not take the response", e);
    }
  }

  /** A body that has begun cannot turn into an error; only a cut tells the client. */
  private Optional<ByteBuffer> next() throws InterruptedException {
    try {
      return reply.next();
    } catch (UpstreamException e) {
      throw new CloseConnectionException("the backend's response broke off", e);
    }
  }

  private void events() throws UpstreamException, InterruptedException {
    Optional<ByteBuffer> first = reply.next();
    OutputStream out = exchange.stream(reply.status(), headers);
    try {
      relayEvents(first, out);
      tell();
      out.close();
    } catch (IOException e) {
      throw new CloseConnectionException("the client does not take the response", e);
    }
  }

  private void relayEvents(Optional<ByteBuffer> first, OutputStream out)
      throws IOException, InterruptedException {
    SseFramer framer = new SseFramer(EVENT_BYTES_MAX);
    Optional<ByteBuffer> piece = first;
    try {
      while (piece.isPresent()) {
        byte[] bytes = bytes(piece.get());
        if (write(out, framer.feed(bytes, 0, bytes.length))) {
          out.flush();
        }
        piece = reply.next();
      }
      out.write(framer.rest());
    } catch (UpstreamException e) {
      // The status has been sent; the last event says what happened. Half an event is dropped.
      end(out, framer, Failures.of(e));
    } catch (InterruptedException e) {
      if (!cancellation.cause().equals(Optional.of(Cancellation.Cause.DEADLINE))) {
        throw e;
      }
      end(out, framer, Failures.deadline());
    }
  }

  /** Ends a stream with an error. */
  private void end(OutputStream out, SseFramer framer, ApiError error) throws IOException {
    if (framer.inEvent()) {
      // The beginning of a very long event has left; the error must not become a part of it.
      out.write(EVENT_END);
    }
    out.write(exchange.event(error));
  }

  private boolean write(OutputStream out, List<byte[]> events) throws IOException {
    boolean written = false;
    for (byte[] event : events) {
      // The last LF of an event that ends in CRLF comes on its own.
      boolean restOfHidden = hidden && event.length == 1 && event[0] == '\n';
      Optional<Usage> told = Usage.ofEvent(event);
      told.ifPresent(this::count);
      hidden = hideUsage && (restOfHidden || told.map(Usage::alone).orElse(false));
      if (!hidden) {
        out.write(event);
        written = true;
      }
    }
    return written;
  }

  /** Some backends count in every event. */
  private void count(Usage latest) {
    usage = Optional.of(latest);
  }

  /** Tells the count, before the client knows that the response is complete. */
  private void tell() {
    // A refused request was not counted in full.
    if (reply.status() == OK) {
      usage.filter(u -> u.promptTokens() > 0).ifPresent(counted);
    }
  }

  private static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
  }
}
