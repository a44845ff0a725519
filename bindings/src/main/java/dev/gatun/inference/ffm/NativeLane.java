package dev.gatun.inference.ffm;

import dev.gatun.inference.abi.gatun_error;
import dev.gatun.inference.abi.gatun_h;
import dev.gatun.inference.abi.gatun_lane_options;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Native threads and their workspace. Belongs to the thread that opened it: the JDK refuses use by
 * any other, so a lane never runs two calls at once.
 */
public final class NativeLane implements AutoCloseable {

  private final Arena arena = Arena.ofConfined();
  private final MemorySegment self;
  private final CallMemory memory;
  private Optional<Pass> underWay = Optional.empty();

  /** What {@link #begin} began. */
  private record Pass(NativeEncoderModel model, CallMemory memory, List<Want> wants)
      implements AutoCloseable {
    Pass {
      model.passBegun();
    }

    @Override
    public void close() {
      model.passEnded();
      memory.close();
    }
  }

  /**
   * How a lane is opened.
   *
   * @param threads 1 … 256, the calling thread among them
   * @param firstCpu −1, or the processor of the calling thread among those it may use, counted from
   *     0; each further thread is pinned to the next one
   * @param tokensKept tokens of the calls that need no new memory
   */
  public record Options(int threads, int firstCpu, int tokensKept) {}

  /**
   * Opens a lane for the calling thread.
   *
   * @param library that has been loaded; named here so that there is one
   * @throws NativeError when threads, processors or memory are refused
   */
  public NativeLane(NativeLibrary library, Options options) {
    Objects.requireNonNull(library);
    try (Arena call = Arena.ofConfined()) {
      self = open(call, options);
    } catch (RuntimeException | Error e) {
      arena.close();
      throw e;
    }
    memory = new CallMemory(options.tokensKept());
  }

  /**
   * Makes room for runs of up to so many tokens, so that they allocate nothing.
   *
   * @throws NativeError when memory is refused
   * @throws IllegalStateException when the model is closed
   */
  public void reserve(NativeEncoderModel model, int tokens) {
    check(gatun_h.gatun_lane_reserve(self, model.self(), tokens, tokens, memory.error()), memory);
  }

  /**
   * Runs one forward pass.
   *
   * @param ids token ids of all sequences
   * @param typeIds token types, or empty
   * @param offsets where sequences begin, and the end
   * @return values in row-major order, one array per want
   * @throws NativeError when the engine refuses or fails
   * @throws IllegalStateException when the model or a task is closed
   */
  public List<float[]> run(
      NativeEncoderModel model, int[] ids, int[] typeIds, int[] offsets, List<Want> wants) {
    try {
      int status =
          gatun_h.gatun_lane_run(
              self,
              model.self(),
              memory.batch(ids, typeIds, offsets),
              memory.outputs(model, wants),
              wants.size(),
              memory.error());
      check(status, memory);
      return memory.results(wants);
    } finally {
      memory.releaseTasks();
      memory.shrink();
    }
  }

  /**
   * Begins a pass that {@link #advance} computes; runs may come in between. The model cannot be
   * closed until its end.
   *
   * @throws NativeError when the engine refuses
   * @throws IllegalStateException when a pass is under way, or the model is closed
   */
  public void begin(
      NativeEncoderModel model, int[] ids, int[] typeIds, int[] offsets, List<Want> wants) {
    if (underWay.isPresent()) {
      throw new IllegalStateException("a pass is under way: advance it to its end or cancel it");
    }
    Pass pass = new Pass(model, new CallMemory(0), List.copyOf(wants));
    CallMemory own = pass.memory();
    try {
      int status =
          gatun_h.gatun_lane_begin(
              self,
              model.self(),
              own.batch(ids, typeIds, offsets),
              own.outputs(model, wants),
              wants.size(),
              own.error());
      check(status, own);
    } catch (RuntimeException | Error e) {
      pass.close();
      throw e;
    }
    underWay = Optional.of(pass);
  }

  /**
   * Goes on with the pass that was begun.
   *
   * @param budgetMicros after which it pauses, 0 or more
   * @return its results when it has ended; empty when it paused
   * @throws NativeError when the engine failed; the pass has ended then
   */
  public Optional<List<float[]>> advance(long budgetMicros) {
    Pass pass = underWay.orElseThrow(() -> new IllegalStateException("no pass is under way"));
    int status = gatun_h.gatun_lane_advance(self, budgetMicros, memory.error());
    if (status == gatun_h.GATUN_PAUSED()) {
      return Optional.empty();
    }
    underWay = Optional.empty();
    try (pass) {
      check(status, memory);
      return Optional.of(pass.memory().results(pass.wants()));
    }
  }

  /** Ends the pass under way, if there is one. */
  public void cancel() {
    check(gatun_h.gatun_lane_cancel(self, memory.error()), memory);
    underWay.ifPresent(Pass::close);
    underWay = Optional.empty();
  }

  /** Bytes of workspace the lane holds. */
  public long workspaceBytes() {
    return gatun_h.gatun_lane_workspace_bytes(self);
  }

  /** Bytes that cross between Java and the library, kept from call to call. */
  long callBytes() {
    return memory.bytes();
  }

  /** Stops the threads and frees the workspace. */
  @Override
  public void close() {
    arena.close();
    underWay.ifPresent(Pass::close);
    underWay = Optional.empty();
    memory.close();
  }

  @SuppressWarnings("restricted") // address, lifetime and destructor in one expression
  private MemorySegment open(Arena call, Options options) {
    MemorySegment error = gatun_error.allocate(call);
    MemorySegment struct = gatun_lane_options.allocate(call);
    gatun_lane_options.threads(struct, options.threads());
    gatun_lane_options.first_cpu(struct, options.firstCpu());
    MemorySegment raw = gatun_h.gatun_lane_open(struct, gatun_lane_options.sizeof(), error);
    if (raw.equals(MemorySegment.NULL)) {
      throw NativeError.read(error);
    }
    return raw.reinterpret(arena, gatun_h::gatun_lane_close);
  }

  private static void check(int status, CallMemory memory) {
    if (status != gatun_h.GATUN_OK()) {
      throw NativeError.read(memory.error());
    }
  }
}
