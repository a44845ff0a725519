package dev.gatun.server.manage;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gatun.server.wire.Json;

/** A status and a body, JSON unless it says otherwise. */
@SuppressWarnings("ArrayRecordComponent") // handed over, never compared
record Reply(int status, byte[] body, String type) {
  Reply(int status, byte[] body) {
    this(status, body, "application/json");
  }

  static Reply ok(JsonNode json) {
    return new Reply(200, Json.bytes(json));
  }
}
