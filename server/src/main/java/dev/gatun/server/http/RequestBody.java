package dev.gatun.server.http;

import dev.gatun.server.wire.ApiException;
import dev.gatun.server.wire.ErrorCode;
import io.helidon.common.buffers.DataReader;
import io.helidon.webserver.http.ServerRequest;
import java.io.IOException;
import java.io.InputStream;
import java.util.OptionalLong;

/** Reads a whole request body into memory, up to a limit. */
public final class RequestBody {
  /** Read and thrown away after a refusal, so that the client gets to see the reply. */
  private static final int DISCARDED_MAX = 8 << 20;

  private RequestBody() {}

  /**
   * Reads the body.
   *
   * @param bytesMax largest body accepted
   * @throws ApiException 413 when it is larger
   */
  public static byte[] read(ServerRequest request, int bytesMax) {
    if (!request.content().hasEntity()) {
      return new byte[0];
    }
    OptionalLong announced = request.headers().contentLength();
    // Not closed: closing would read on to the end of a body that is being refused.
    InputStream in = request.content().inputStream();
    try {
      if (announced.orElse(0) > bytesMax) {
        throw tooLarge(in, bytesMax);
      }
      byte[] body = in.readNBytes(bytesMax);
      if (body.length == bytesMax && in.read() >= 0) {
        throw tooLarge(in, bytesMax);
      }
      return body;
    } catch (IOException | DataReader.InsufficientDataAvailableException e) {
      throw new ApiException(
          ErrorCode.INVALID_REQUEST, "the request body ended before it was complete");
    }
  }

  private static ApiException tooLarge(InputStream in, int bytesMax) throws IOException {
    try {
      in.skip(DISCARDED_MAX);
    } catch (DataReader.InsufficientDataAvailableException e) {
      // The client has stopped sending; it gets its answer all the same.
    }
    return new ApiException(
        ErrorCode.BODY_TOO_LARGE, "the request body is larger than " + bytesMax + " bytes");
  }
}
