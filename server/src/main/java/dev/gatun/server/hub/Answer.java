package dev.gatun.server.hub;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A response whose head is here and whose body is read by the caller.
 *
 * @param hubEtag digest that the hub named on the way to another host, if it did
 */
record Answer(HttpURLConnection connection, int status, URI address, Optional<String> hubEtag)
    implements AutoCloseable {

  InputStream body() throws IOException {
    return connection.getInputStream();
  }

  /** Up to {@code bytesMax} of an error's body; empty when there is none. */
  byte[] errorBody(int bytesMax) {
    try (InputStream in = connection.getErrorStream()) {
      return in == null ? new byte[0] : in.readNBytes(bytesMax);
    } catch (IOException e) {
      return new byte[0];
    }
  }

  Optional<String> header(String name) {
    return Optional.ofNullable(connection.getHeaderField(name));
  }

  /** A validator that may be sent as If-Range: weak ones may not (RFC 9110, 13.1.5). */
  Optional<String> strongEtag() {
    return header("ETag").filter(etag -> etag.matches("\"[\\x21\\x23-\\x7e]{1,200}\""));
  }

  /** Where the part of a 206 begins. */
  OptionalLong rangeStart() {
    String range = header("Content-Range").orElse("");
    return range.matches("bytes [0-9]{1,18}-.*")
        ? OptionalLong.of(Long.parseLong(range.substring(6, range.indexOf('-'))))
        : OptionalLong.empty();
  }

  @Override
  public void close() {
    connection.disconnect();
  }
}
