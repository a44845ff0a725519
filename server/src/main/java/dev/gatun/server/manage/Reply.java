package dev.gatun.server.manage;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gatun.server.http.RequestIds;
import dev.gatun.server.http.WholeReply;
import dev.gatun.server.wire.Json;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.Arrays;

/** A status and a body, JSON unless it says otherwise. */
@SuppressWarnings("ArrayRecordComponent") // handed over, never compared
record Reply(int status, byte[] body, String type) {
  private static final HeaderName REQUEST_ID = HeaderNames.create("x-request-id");
  private static final HeaderName NO_SNIFFING = HeaderNames.create("x-content-type-options");

  Reply(int status, byte[] body) {
    this(status, body, "application/json");
  }

  static Reply ok(JsonNode json) {
    return new Reply(200, Json.bytes(json));
  }

  static Reply of(ManageException refused) {
    return new Reply(refused.status(), Json.bytes(refused.json()));
  }

  /** Answers with it, as every listener of management does. */
  void send(ServerRequest request, ServerResponse response) {
    response.status(Status.create(status));
    response.headers().set(HeaderNames.CONTENT_TYPE, type);
    response.headers().set(REQUEST_ID, RequestIds.of(request.headers().first(REQUEST_ID)));
    response.headers().set(NO_SNIFFING, "nosniff");
    WholeReply.send(request, response, line(body));
  }

  /** A body with an end of line, for terminals. */
  static byte[] line(byte[] body) {
    byte[] line = Arrays.copyOf(body, body.length + 1);
    line[body.length] = '\n';
    return line;
  }
}
