package dev.gatun.server.upstream;

import dev.gatun.router.config.Providers.Timeouts;
import java.net.URI;
import java.util.List;

/**
 * A POST to one backend.
 *
 * @param backend name for messages and logs
 * @param headers without hop-by-hop headers, host and content-length, which the client sets
 * @param body kept, not copied
 */
@SuppressWarnings("ArrayRecordComponent") // handed over, never compared
public record UpstreamRequest(
    String backend, URI uri, List<HeaderLine> headers, byte[] body, Timeouts timeouts) {

  public UpstreamRequest {
    headers = List.copyOf(headers);
  }

  /** Leaves out headers, which may hold keys. */
  @Override
  public String toString() {
    return "POST " + uri + " (" + backend + ", " + body.length + " bytes)";
  }
}
