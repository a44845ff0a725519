package dev.gatun.server.hub;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * GET requests to a hub and to where it redirects. Built on {@link HttpURLConnection} because its
 * time-out bounds each read of a body; a download of hours that stalls is noticed within one.
 *
 * @param silence how long a host may say nothing
 */
record HubRequests(HubEndpoint endpoint, Duration silence) {
  private static final int REDIRECTS_MAX = 5;

  /**
   * Asks for an address and follows redirects. The token goes to the endpoint's own host only.
   *
   * @throws IOException when a host cannot be reached or falls silent
   * @throws HubException for redirects that must not be followed
   */
  Answer get(URI address, Map<String, String> headers) throws IOException {
    URI at = address;
    Optional<String> hubEtag = Optional.empty();
    for (int hop = 0; hop <= REDIRECTS_MAX; hop++) {
      HttpURLConnection connection = open(at, headers);
      int status = connection.getResponseCode();
      if (hubEtag.isEmpty() && endpoint.owns(at)) {
        hubEtag = Optional.ofNullable(connection.getHeaderField("X-Linked-ETag"));
      }
      if (!isRedirect(status)) {
        return new Answer(connection, status, at, hubEtag);
      }
      at = next(at, connection.getHeaderField("Location"));
      connection.disconnect();
    }
    throw new HubException(
        address + " is redirected more than " + REDIRECTS_MAX + " times; try again later");
  }

  private HttpURLConnection open(URI address, Map<String, String> headers) throws IOException {
    var connection = (HttpURLConnection) address.toURL().openConnection();
    connection.setInstanceFollowRedirects(false);
    connection.setConnectTimeout((int) silence.toMillis());
    connection.setReadTimeout((int) silence.toMillis());
    connection.setUseCaches(false);
    connection.setRequestProperty("User-Agent", "gatun");
    // What is stored is what is asked for: sizes, ranges and digests are of the plain bytes.
    connection.setRequestProperty("Accept-Encoding", "identity");
    headers.forEach(connection::setRequestProperty);
    if (endpoint.token().isPresent() && endpoint.owns(address)) {
      connection.setRequestProperty("Authorization", "Bearer " + endpoint.token().orElseThrow());
    }
    return connection;
  }

  private static boolean isRedirect(int status) {
    return switch (status) {
      case 301, 302, 303, 307, 308 -> true;
      default -> false;
    };
  }

  private static URI next(URI from, @org.jspecify.annotations.Nullable String location) {
    URI to;
    try {
      to = from.resolve(location == null ? "" : location);
    } catch (IllegalArgumentException e) {
      throw new HubException(from.getHost() + " redirects to what is no address", e);
    }
    if (location == null || !HubEndpoint.isWeb(to)) {
      throw new HubException(from.getHost() + " redirects to what is no address of the web");
    }
    if (from.getScheme().equalsIgnoreCase("https") && !to.getScheme().equalsIgnoreCase("https")) {
      throw new HubException(
          from.getHost()
              + " redirects from https to "
              + to.getScheme()
              + ", which is not followed");
    }
    return to;
  }
}
