package dev.gatun.server.wire;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** What keeps the requests of one session together where a choice is made by hash. */
public final class SessionKey {
  private static final List<String> HEADERS = List.of("x-session-id", "x-claude-code-session-id");

  private SessionKey() {}

  /**
   * The session a client names, else the request.
   *
   * @param header looks up a header by its lower-case name
   */
  public static String of(Function<String, Optional<String>> header, String requestId) {
    return HEADERS.stream()
        .flatMap(name -> header.apply(name).stream())
        .map(String::strip)
        .filter(value -> !value.isEmpty())
        .findFirst()
        .orElse(requestId);
  }
}
