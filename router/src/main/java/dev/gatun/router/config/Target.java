package dev.gatun.router.config;

import java.util.Locale;
import java.util.Optional;

/**
 * The address of a backend.
 *
 * @param host name or address, IPv6 without brackets; not empty
 * @param port 1 to 65535
 * @param path path prefix without a trailing slash; empty or beginning with {@code /}
 */
public record Target(boolean tls, String host, int port, String path) {
  private static final int HTTP_PORT = 80;
  private static final int HTTPS_PORT = 443;
  private static final String NOT_IN_PATH = "\"<>\\^`{|}";

  public Target {
    if (host.isEmpty()) {
      throw new IllegalArgumentException("a target needs a host");
    }
    if (port < 1 || port > 65535) {
      throw new IllegalArgumentException("port must be 1 to 65535, got " + port);
    }
  }

  /** {@code scheme://host:port}, IPv6 in brackets, the port only when it is not the usual one. */
  public String origin() {
    boolean usual = port == (tls ? HTTPS_PORT : HTTP_PORT);
    return (tls ? "https://" : "http://") + shownHost() + (usual ? "" : ":" + port);
  }

  /** {@code host:port}, IPv6 in brackets. */
  String authority() {
    return shownHost() + ":" + port;
  }

  private String shownHost() {
    return host.indexOf(':') >= 0 ? "[" + host + "]" : host;
  }

  /** Whether host and path can stand in a URL as they are. */
  boolean isPlain() {
    return host.chars().allMatch(c -> isWord(c) || ".-:".indexOf(c) >= 0)
        && path.chars().allMatch(c -> isWord(c) || "/.-_~".indexOf(c) >= 0);
  }

  /**
   * Whether a machine can have this host, and a request this path. {@link #parse} takes a host as
   * v0.3 does, who looks at it only when a request is there.
   */
  boolean isPossible() {
    boolean isHost =
        host.indexOf(':') >= 0
            ? Ipv6.isAddress(host)
            : host.chars().allMatch(c -> isWord(c) || ".-_".indexOf(c) >= 0);
    return isHost && path.chars().allMatch(c -> c > ' ' && c <= '~' && NOT_IN_PATH.indexOf(c) < 0);
  }

  /**
   * Where the {@code @} stands that ends the user of an address, and the password if any; negative
   * when there is none.
   */
  static int userEnd(String endpoint) {
    int scheme = endpoint.indexOf("://");
    int start = scheme < 0 ? 0 : scheme + 3;
    int end = start;
    while (end < endpoint.length() && "/?#".indexOf(endpoint.charAt(end)) < 0) {
      end++;
    }
    int at = endpoint.lastIndexOf('@', end - 1);
    return at < start ? -1 : at;
  }

  private static boolean isWord(int c) {
    return c < 0x80 && Character.isLetterOrDigit(c);
  }

  /**
   * Reads {@code host}, {@code host:port}, {@code [v6]:port}, a bare IPv6 address, or {@code
   * scheme://host:port/path}. A scheme inside the text wins over {@code protocol}; text after a
   * colon that is no number belongs to the host; port 0 means the usual port.
   *
   * @param protocol {@code http} or {@code https}; empty means http
   * @return empty when there is no host or the port is out of range
   */
  public static Optional<Target> parse(String endpoint, String protocol) {
    String rest = endpoint.strip();
    boolean tls = protocol.strip().equalsIgnoreCase("https");
    int scheme = rest.indexOf("://");
    if (scheme >= 0) {
      tls = rest.substring(0, scheme).toLowerCase(Locale.ROOT).equals("https");
      rest = rest.substring(scheme + 3);
    }
    int slash = rest.indexOf('/');
    String authority = slash < 0 ? rest : rest.substring(0, slash);
    String path = slash < 0 ? "" : pathOf(rest.substring(slash));
    int port = tls ? HTTPS_PORT : HTTP_PORT;
    String host = authority;
    int colon = authority.lastIndexOf(':');
    boolean bareIpv6 = !authority.startsWith("[") && authority.indexOf(':') != colon;
    if (!bareIpv6 && colon > authority.lastIndexOf(']')) {
      String digits = authority.substring(colon + 1);
      if (!digits.isEmpty()
          && digits.length() < 10
          && digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
        host = authority.substring(0, colon);
        int written = Integer.parseInt(digits);
        port = written == 0 ? port : written;
      }
    }
    host = unbracketed(host);
    if (host.isEmpty() || port > 65535) {
      return Optional.empty();
    }
    return Optional.of(new Target(tls, host, port, path));
  }

  private static String unbracketed(String host) {
    return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
  }

  private static String pathOf(String text) {
    int end = text.length();
    for (char stop : new char[] {'?', '#'}) {
      int at = text.indexOf(stop);
      end = at >= 0 ? Math.min(end, at) : end;
    }
    String path = text.substring(0, end);
    while (path.endsWith("/")) {
      path = path.substring(0, path.length() - 1);
    }
    return path;
  }
}
