package dev.gatun.server.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Event boundaries for every way to cut the bytes. */
class SseFramerTest {
  private static final String STREAM =
      ": ping\n\ndata: 1\n\nevent: x\r\ndata: 2\r\n\r\ndata: 3\r\rdata: [DONE]\n\ndata: tail";

  @Test
  void everyByteComesOutOnceWhateverTheCuts() {
    byte[] bytes = STREAM.getBytes(UTF_8);
    List<String> whole = events(bytes, bytes.length);
    for (int size = 1; size < bytes.length; size++) {
      assertEquals(whole, events(bytes, size), "pieces of " + size);
    }
    assertEquals(STREAM, String.join("", whole));
    assertTrue(whole.contains("data: 1\n\n"), whole.toString());
    assertTrue(whole.contains("data: tail"), whole.toString());
  }

  @Test
  void aLongEventIsHandedOutInPieces() {
    SseFramer framer = new SseFramer(10);
    byte[] bytes = ("data: " + "x".repeat(95) + "\n\n").getBytes(UTF_8);
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] piece : framer.feed(bytes, 0, bytes.length)) {
      assertTrue(piece.length <= 10);
      all.writeBytes(piece);
    }
    all.writeBytes(framer.rest());
    assertEquals(new String(bytes, UTF_8), all.toString(UTF_8));
  }

  @Test
  void theUsageChunkIsToldFromTheRest() {
    assertTrue(usage("data: {\"choices\":[],\"usage\":{\"total_tokens\":1}}\n\n"));
    assertTrue(usage("event: m\r\ndata:{\"usage\":{},\r\ndata: \"choices\":[]}\r\n\r\n"));
    assertFalse(usage("data: {\"choices\":[{}],\"usage\":{\"total_tokens\":1}}\n\n"));
    assertFalse(usage("data: {\"choices\":[],\"usage\":null}\n\n"));
    assertFalse(usage("data: {\"usage\" broken\n\n"));
    assertFalse(usage("data: [DONE]\n\n"));
  }

  private static boolean usage(String event) {
    return Usage.ofEvent(event.getBytes(UTF_8)).map(Usage::alone).orElse(false);
  }

  private static List<String> events(byte[] bytes, int size) {
    SseFramer framer = new SseFramer(1 << 20);
    List<String> events = new ArrayList<>();
    for (int at = 0; at < bytes.length; at += size) {
      int length = Math.min(size, bytes.length - at);
      framer.feed(bytes, at, length).forEach(e -> events.add(new String(e, UTF_8)));
    }
    events.add(new String(framer.rest(), UTF_8));
    return events;
  }
}
