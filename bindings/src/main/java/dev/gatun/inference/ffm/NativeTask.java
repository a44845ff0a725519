package dev.gatun.inference.ffm;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.gatun.inference.abi.gatun_error;
import dev.gatun.inference.abi.gatun_h;
import dev.gatun.inference.abi.gatun_task_info;
import dev.gatun.inference.abi.gatun_task_options;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * A task over a model. Its handle crosses inside of structures, where the JDK does not see it, so
 * calls count themselves.
 */
public final class NativeTask implements AutoCloseable {

  private final Arena arena = Arena.ofShared();
  private final NativeEncoderModel model;
  private final MemorySegment self;
  private final Facts facts;
  private int uses;
  private boolean closed;

  /** What {@code gatun_task_describe} tells; codes as in {@link Codes}. */
  public record Facts(
      int head,
      int pooling,
      boolean normalized,
      int labels,
      int firstLayer,
      int rank,
      int tokenTypes,
      long parameters,
      long residentBytes) {}

  /**
   * Opens the folder of a task.
   *
   * @param model that outlives it
   * @param form one of {@link Codes}{@code .TASK_…}
   * @throws NativeError when the folder is refused
   */
  public NativeTask(NativeEncoderModel model, Path directory, int form) {
    this.model = model;
    try (Arena call = Arena.ofConfined()) {
      MemorySegment error = gatun_error.allocate(call);
      self = open(directory, form, call, error);
      facts = describe(call, error);
    } catch (RuntimeException | Error e) {
      arena.close();
      throw e;
    }
  }

  /** Facts about the task. */
  public Facts facts() {
    return facts;
  }

  /** Releases the task, after the calls that use it. Does nothing when it is closed. */
  @Override
  public synchronized void close() {
    closed = true;
    boolean interrupted = false;
    while (uses > 0) {
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (arena.scope().isAlive()) {
      arena.close();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whether {@link #close} was called. */
  public synchronized boolean isClosed() {
    return closed;
  }

  /**
   * The handle, for a call over its model that ends with {@link #release}.
   *
   * @throws IllegalStateException when the task is closed
   */
  synchronized MemorySegment acquire(NativeEncoderModel over) {
    if (closed) {
      throw new IllegalStateException("the task is closed");
    }
    if (over != model) {
      throw new IllegalArgumentException("the task was opened over another model");
    }
    uses++;
    return self;
  }

  synchronized void release() {
    uses--;
    notifyAll();
  }

  @SuppressWarnings("restricted") // address, lifetime and destructor in one expression
  private MemorySegment open(Path directory, int form, Arena call, MemorySegment error) {
    byte[] name = directory.toAbsolutePath().toString().getBytes(StandardCharsets.UTF_8);
    MemorySegment options = gatun_task_options.allocate(call);
    gatun_task_options.form(options, form);
    MemorySegment raw =
        gatun_h.gatun_task_open(
            model.self(),
            call.allocateFrom(JAVA_BYTE, name),
            name.length,
            options,
            gatun_task_options.sizeof(),
            error);
    if (raw.equals(MemorySegment.NULL)) {
      throw NativeError.read(error);
    }
    return raw.reinterpret(arena, gatun_h::gatun_task_close);
  }

  private Facts describe(Arena call, MemorySegment error) {
    MemorySegment info = gatun_task_info.allocate(call);
    if (gatun_h.gatun_task_describe(self, info, gatun_task_info.sizeof(), error)
        != gatun_h.GATUN_OK()) {
      throw NativeError.read(error);
    }
    return new Facts(
        gatun_task_info.head(info),
        gatun_task_info.pooling(info),
        gatun_task_info.normalized(info) != 0,
        gatun_task_info.labels(info),
        gatun_task_info.first_layer(info),
        gatun_task_info.rank(info),
        gatun_task_info.token_types(info),
        gatun_task_info.parameters(info),
        gatun_task_info.resident_bytes(info));
  }
}
