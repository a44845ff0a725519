package dev.gatun.server.http;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Bytes of request bodies and held replies that the whole process keeps in memory at once. Every
 * byte is charged when it arrives, never when it is announced, so a client that only promises a
 * large body takes nothing from others. Safe for use by many threads.
 */
public final class MemoryBudget {
  /** A body exists as received, as text, as signals see it and as sent: hence this much room. */
  private static final int FORMS_OF_A_BODY = 8;

  private final long bytesMax;
  private final AtomicLong held = new AtomicLong();

  /**
   * A budget.
   *
   * @param bytesMax largest sum of all that is charged; at least 1
   */
  public MemoryBudget(long bytesMax) {
    if (bytesMax < 1) {
      throw new IllegalArgumentException("a budget must be at least 1 byte, got " + bytesMax);
    }
    this.bytesMax = bytesMax;
  }

  /** The size that suits this process: one eighth of the largest heap it may have. */
  public static long defaultBytes() {
    return Math.max(1, Runtime.getRuntime().maxMemory() / FORMS_OF_A_BODY);
  }

  /** The whole budget, in bytes. */
  public long bytesMax() {
    return bytesMax;
  }

  /** What is charged now, in bytes. */
  public long held() {
    return held.get();
  }

  /** An account of one request, with nothing charged to it yet. */
  public Lease lease() {
    return new Lease();
  }

  /** What one request has been charged; used by one thread, given back when closed. */
  public final class Lease implements AutoCloseable {
    private long bytes;

    private Lease() {}

    /**
     * Charges more, or gives back some, so that the account stands at a number of bytes.
     *
     * @return false when the budget does not have that much left; then nothing has changed
     */
    public boolean resize(long wanted) {
      long more = wanted - bytes;
      long now = held.addAndGet(more);
      if (more > 0 && now > bytesMax) {
        held.addAndGet(-more);
        return false;
      }
      bytes = wanted;
      return true;
    }

    /** What is charged to this account, in bytes. */
    public long bytes() {
      return bytes;
    }

    @Override
    public void close() {
      held.addAndGet(-bytes);
      bytes = 0;
    }
  }
}
