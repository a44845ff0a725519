package dev.gatun.server.http;

import dev.gatun.server.wire.ApiError;
import dev.gatun.server.wire.ApiException;
import dev.gatun.server.wire.ErrorCode;
import io.helidon.common.buffers.DataReader;
import io.helidon.http.BadRequestException;
import io.helidon.http.RequestException;
import io.helidon.webserver.http.ServerRequest;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * Reads a whole request body into memory, up to a limit, and charges it to a budget as it arrives.
 */
public final class RequestBody {
  private static final int FIRST_BYTES = 8 << 10;

  private final InputStream in;
  private final int bytesMax;
  private final long announced;
  private final MemoryBudget.Lease lease;
  private byte[] body = new byte[0];
  private int size;
  // Taken from the socket and not yet handed out: Helidon keeps a transfer chunk until it is whole.
  private long unread;

  private RequestBody(ServerRequest request, int bytesMax, MemoryBudget.Lease lease) {
    // Not closed: closing would read on to the end of a body that is being refused.
    this.in = request.content().inputStream();
    this.announced = request.headers().contentLength().orElse(-1);
    this.bytesMax = bytesMax;
    this.lease = lease;
  }

  /**
   * Reads the body.
   *
   * @param bytesMax largest body accepted
   * @param lease charged with what is read; the caller closes it
   * @throws ApiException 413 when it is larger, 503 when the budget is exhausted, 408 when the
   *     client stops sending, 400 when the transfer coding is broken
   */
  public static byte[] read(ServerRequest request, int bytesMax, MemoryBudget.Lease lease) {
    if (!request.content().hasEntity()) {
      return new byte[0];
    }
    return new RequestBody(request, bytesMax, lease).read();
  }

  private byte[] read() {
    if (announced > bytesMax) {
      throw tooLarge();
    }
    ClientConnection client = ClientConnection.CURRENT.get();
    client.readingBody(this::arrived);
    try {
      fill();
      return size == body.length ? body : Arrays.copyOf(body, size);
    } catch (IOException | DataReader.InsufficientDataAvailableException e) {
      throw new ApiException(
          ErrorCode.INVALID_REQUEST, "the request body ended before it was complete");
    } catch (RequestException e) {
      throw e.status().code() == 413 ? tooLarge() : notChunked();
    } catch (BadRequestException
        | IllegalArgumentException
        | DataReader.IncorrectNewLineException e) {
      throw notChunked();
    } catch (ClientConnection.Stalled e) {
      throw new ApiException(ErrorCode.REQUEST_TIMEOUT, "the request body did not arrive in time");
    } finally {
      client.bodyRead();
    }
  }

  private void fill() throws IOException {
    body = new byte[(int) Math.min(FIRST_BYTES, announced < 0 ? FIRST_BYTES : announced)];
    while (true) {
      if (size < body.length) {
        int read = in.read(body, size, body.length - size);
        if (read < 0) {
          return;
        }
        took(read);
      } else {
        // Whether there is more is known only by reading; the array grows when there is.
        int next = in.read();
        if (next < 0) {
          return;
        }
        grow();
        body[size] = (byte) next;
        took(1);
      }
    }
  }

  private void grow() {
    if (size >= bytesMax) {
      throw tooLarge();
    }
    long most = announced < 0 ? bytesMax : announced;
    body = Arrays.copyOf(body, (int) Math.min(most, Math.max(FIRST_BYTES, 2L * size)));
  }

  private void took(int bytes) {
    size += bytes;
    unread = 0;
  }

  /** A block has come from the socket; called before anybody keeps it. */
  private void arrived(int bytes) {
    unread += bytes;
    if (unread + size > bytesMax + (64L << 10)) {
      throw tooLarge();
    }
    if (!lease.resize(Math.max(lease.bytes(), size + unread))) {
      throw new ApiException(overloaded());
    }
  }

  static ApiError overloaded() {
    return ApiError.of(
        ErrorCode.OVERLOADED, "the bodies of all requests together need too much memory; retry");
  }

  private static ApiException notChunked() {
    return new ApiException(
        ErrorCode.INVALID_REQUEST, "the chunked transfer coding of the body is not valid");
  }

  private ApiException tooLarge() {
    return new ApiException(
        ErrorCode.BODY_TOO_LARGE, "the request body is larger than " + bytesMax + " bytes");
  }
}
