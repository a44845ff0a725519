package dev.gatun.server.manage;

import io.helidon.http.Method;
import io.helidon.webserver.http.ServerRequest;

/** One route and what it does. */
record Route(Method method, String path, String description, Action action) {
  /** Answers a request. */
  interface Action {
    Reply answer(ServerRequest request);
  }
}
