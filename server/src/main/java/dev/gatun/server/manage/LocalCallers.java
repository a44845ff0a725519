package dev.gatun.server.manage;

import io.helidon.http.HeaderNames;
import io.helidon.http.Headers;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Keeps web pages away from a listener that trusts whoever can reach it. A page that rebinds its
 * name to the loopback address sends its own name as Host; a page that posts across origins sends
 * its Origin. Both are refused.
 *
 * @param address the address the listener is bound to
 */
public record LocalCallers(String address) {
  private static final Set<String> LOCAL = Set.of("localhost", "127.0.0.1", "[::1]");

  /** What a browser says of a page of this listener and of a typed address. */
  private static final Set<String> FROM_HERE = Set.of("same-origin", "none");

  void check(Headers headers) {
    String host = headers.first(HeaderNames.HOST).orElse("");
    if (!isKnown(withoutPort(host))) {
      throw new ManageException(
          403, "HOST_NOT_ALLOWED", "use http://127.0.0.1 or http://localhost as the host");
    }
    Optional<String> origin = headers.first(HeaderNames.ORIGIN);
    if (origin.isPresent() && !sameOrigin(origin.get(), host)) {
      throw new ManageException(403, "CROSS_ORIGIN", "requests from other web origins are refused");
    }
    List<String> sites = headers.values(HeaderNames.create("sec-fetch-site"));
    if (!FROM_HERE.containsAll(sites)) {
      throw new ManageException(403, "CROSS_ORIGIN", "requests from other sites are refused");
    }
  }

  private boolean isKnown(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return LOCAL.contains(lower) || lower.equals(address.toLowerCase(Locale.ROOT));
  }

  private static boolean sameOrigin(String origin, String host) {
    try {
      String authority = URI.create(origin).getRawAuthority();
      return authority != null && authority.equalsIgnoreCase(host);
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static String withoutPort(String host) {
    int colon = host.lastIndexOf(':');
    return colon > host.lastIndexOf(']') ? host.substring(0, colon) : host;
  }
}
