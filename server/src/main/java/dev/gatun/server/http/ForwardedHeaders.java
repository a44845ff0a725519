package dev.gatun.server.http;

import dev.gatun.server.upstream.HeaderLine;
import io.helidon.http.Header;
import io.helidon.http.Headers;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Which headers cross the proxy. Towards a backend: everything but hop-by-hop headers, credentials
 * and cookies, reserved names, and what describes the body's encoding on this hop. Towards the
 * client: everything but hop-by-hop headers, reserved names and cookies of the backend.
 */
final class ForwardedHeaders {
  private static final Set<String> HOP_BY_HOP =
      Set.of(
          "connection",
          "keep-alive",
          "proxy-connection",
          "proxy-authenticate",
          "proxy-authorization",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade",
          "http2-settings");

  private static final Set<String> NOT_UPSTREAM =
      Set.of(
          "host",
          "content-length",
          "expect",
          "authorization",
          "cookie",
          "x-api-key",
          "api-key",
          "x-goog-api-key",
          "x-selected-model",
          "x-request-id",
          "x-session-id",
          "accept-encoding",
          "forwarded");

  private static final Set<String> NOT_TO_CLIENT =
      Set.of(
          "content-length",
          "date",
          "server",
          "set-cookie",
          "alt-svc",
          "x-request-id",
          "x-selected-model");

  private ForwardedHeaders() {}

  /** Reserved for this router: a client cannot set them and a backend cannot forge them. */
  static boolean reserved(String name) {
    return name.startsWith("x-vsr-") || name.startsWith("x-authz-");
  }

  private static boolean userKey(String name) {
    return name.startsWith("x-user-") && name.endsWith("-key");
  }

  /**
   * The client's headers that a backend gets to see, names in lower case.
   *
   * @param withheld further names that it does not get to see
   */
  static List<HeaderLine> upstream(Headers headers, Set<String> withheld) {
    Set<String> named = namedByConnection(headers);
    List<HeaderLine> lines = new ArrayList<>();
    for (Header header : headers) {
      String name = header.headerName().lowerCase();
      boolean kept =
          !HOP_BY_HOP.contains(name)
              && !NOT_UPSTREAM.contains(name)
              && !named.contains(name)
              && !withheld.contains(name)
              && !reserved(name)
              && !userKey(name)
              && !name.startsWith("x-forwarded-")
              && !name.startsWith("sec-");
      if (kept) {
        header.allValues().stream()
            .filter(ForwardedHeaders::sendable)
            .forEach(value -> lines.add(new HeaderLine(name, value)));
      }
    }
    return lines;
  }

  /** Bytes beyond ASCII reach us as replacement characters: there is nothing left to pass on. */
  private static boolean sendable(String value) {
    return value.chars().allMatch(c -> c == '\t' || (c >= ' ' && c < 0x7f));
  }

  /** The backend's headers that a client gets to see. */
  static List<HeaderLine> toClient(List<HeaderLine> lines) {
    Set<String> named = new HashSet<>();
    for (HeaderLine line : lines) {
      if (line.name().equals("connection")) {
        addNames(line.value(), named);
      }
    }
    return lines.stream()
        .filter(line -> !HOP_BY_HOP.contains(line.name()))
        .filter(line -> !NOT_TO_CLIENT.contains(line.name()))
        .filter(line -> !named.contains(line.name()))
        .filter(line -> !reserved(line.name()) && !line.name().startsWith(":"))
        .toList();
  }

  private static Set<String> namedByConnection(Headers headers) {
    Set<String> named = new HashSet<>();
    headers.values(io.helidon.http.HeaderNames.CONNECTION).forEach(value -> addNames(value, named));
    return named;
  }

  private static void addNames(String value, Set<String> names) {
    for (String name : value.split(",", -1)) {
      names.add(name.strip().toLowerCase(Locale.ROOT));
    }
  }
}
