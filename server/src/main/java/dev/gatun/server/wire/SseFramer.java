package dev.gatun.server.wire;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Cuts a byte stream into server-sent events, wherever the network split it. Every byte comes out
 * again exactly once and in order: an event is returned with its own line ends (LF, CRLF or CR) and
 * the empty line that closes it.
 *
 * <p>An event longer than the limit is handed out in pieces, so memory stays bounded.
 */
public final class SseFramer {
  private final int eventBytesMax;
  private final ByteArrayOutputStream event = new ByteArrayOutputStream(512);
  private boolean lineEmpty = true;
  private boolean lastWasCr;
  private boolean inEvent;

  public SseFramer(int eventBytesMax) {
    this.eventBytesMax = eventBytesMax;
  }

  /** Takes the next bytes and returns the events they complete, oldest first. */
  public List<byte[]> feed(byte[] chunk, int offset, int length) {
    List<byte[]> events = new ArrayList<>();
    for (int i = offset; i < offset + length; i++) {
      byte b = chunk[i];
      event.write(b);
      boolean complete = false;
      if (b == '\n' && lastWasCr) {
        // Second half of CRLF. When CR already closed the event, this byte stands alone.
        complete = event.size() == 1;
        lastWasCr = false;
      } else if (b == '\n' || b == '\r') {
        complete = lineEmpty;
        lineEmpty = true;
        lastWasCr = b == '\r';
      } else {
        lineEmpty = false;
        lastWasCr = false;
      }
      if (complete || event.size() >= eventBytesMax) {
        inEvent = !complete;
        events.add(rest());
      }
    }
    return events;
  }

  /** Whether the beginning of an event has been handed out without its end. */
  public boolean inEvent() {
    return inEvent;
  }

  /** Takes out the bytes of an event that has not been closed; empty when there are none. */
  public byte[] rest() {
    byte[] bytes = event.toByteArray();
    event.reset();
    return bytes;
  }
}
