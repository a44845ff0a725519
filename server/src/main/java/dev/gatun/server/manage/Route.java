package dev.gatun.server.manage;

import io.helidon.http.Method;
import io.helidon.webserver.http.ServerRequest;

/**
 * One route and what it does.
 *
 * @param path whole, or up to a last part {@value #NAME} that stands for whatever is there
 */
record Route(Method method, String path, String description, Action action) {
  /** The last part of a path that has a name in it. */
  static final String NAME = "{name}";

  /** Answers a request. */
  interface Action {
    Reply answer(ServerRequest request);
  }

  /** Whether a path is its own. */
  boolean leads(String asked) {
    if (!path.endsWith(NAME)) {
      return path.equals(asked);
    }
    int before = path.length() - NAME.length();
    return asked.length() > before && asked.startsWith(path.substring(0, before));
  }
}
