package dev.gatun.inference.ffm;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.gatun.inference.abi.gatun_batch;
import dev.gatun.inference.abi.gatun_error;
import dev.gatun.inference.abi.gatun_h;
import dev.gatun.inference.abi.gatun_lane_options;
import dev.gatun.inference.abi.gatun_output;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * Native threads and their workspace. Belongs to the thread that opened it: the JDK refuses use by
 * any other, so a lane never runs two calls at once.
 */
public final class NativeLane implements AutoCloseable {

  private final Arena arena = Arena.ofConfined();
  private final MemorySegment self;

  /**
   * Opens a lane for the calling thread.
   *
   * @param library that has been loaded; named here so that there is one
   * @param threads 1 … 256, the calling thread among them
   * @param firstCpu −1, or the processor of the calling thread among those it may use, counted from
   *     0; each further thread is pinned to the next one
   * @throws NativeError when threads, processors or memory are refused
   */
  public NativeLane(NativeLibrary library, int threads, int firstCpu) {
    Objects.requireNonNull(library);
    try (Arena call = Arena.ofConfined()) {
      self = open(call, threads, firstCpu);
    } catch (RuntimeException | Error e) {
      arena.close();
      throw e;
    }
  }

  /**
   * Runs one forward pass.
   *
   * @param ids token ids of all sequences
   * @param typeIds token types, or empty
   * @param offsets where sequences begin, and the end
   * @return values in row-major order, one array per want
   * @throws NativeError when the engine refuses or fails
   * @throws IllegalStateException when the model is closed
   */
  public List<float[]> run(
      NativeEncoderModel model, int[] ids, int[] typeIds, int[] offsets, List<Want> wants) {
    try (Arena call = Arena.ofConfined()) {
      MemorySegment error = gatun_error.allocate(call);
      MemorySegment batch = batch(call, ids, typeIds, offsets);
      MemorySegment outputs = outputs(call, wants);
      int status = gatun_h.gatun_lane_run(self, model.self(), batch, outputs, wants.size(), error);
      if (status != gatun_h.GATUN_OK()) {
        throw NativeError.read(error);
      }
      return results(outputs, wants);
    }
  }

  /** Bytes of workspace the lane holds. */
  public long workspaceBytes() {
    return gatun_h.gatun_lane_workspace_bytes(self);
  }

  /** Stops the threads and frees the workspace. */
  @Override
  public void close() {
    arena.close();
  }

  @SuppressWarnings("restricted") // address, lifetime and destructor in one expression
  private MemorySegment open(Arena call, int threads, int firstCpu) {
    MemorySegment error = gatun_error.allocate(call);
    MemorySegment options = gatun_lane_options.allocate(call);
    gatun_lane_options.threads(options, threads);
    gatun_lane_options.first_cpu(options, firstCpu);
    MemorySegment raw = gatun_h.gatun_lane_open(options, gatun_lane_options.sizeof(), error);
    if (raw.equals(MemorySegment.NULL)) {
      throw NativeError.read(error);
    }
    return raw.reinterpret(arena, gatun_h::gatun_lane_close);
  }

  private static MemorySegment batch(Arena call, int[] ids, int[] typeIds, int[] offsets) {
    MemorySegment batch = gatun_batch.allocate(call);
    gatun_batch.ids(batch, call.allocateFrom(JAVA_INT, ids));
    gatun_batch.id_count(batch, ids.length);
    gatun_batch.type_ids(
        batch, typeIds.length == 0 ? MemorySegment.NULL : call.allocateFrom(JAVA_INT, typeIds));
    gatun_batch.type_id_count(batch, typeIds.length);
    gatun_batch.offsets(batch, call.allocateFrom(JAVA_INT, offsets));
    gatun_batch.offset_count(batch, offsets.length);
    return batch;
  }

  private static MemorySegment outputs(Arena call, List<Want> wants) {
    MemorySegment outputs = gatun_output.allocateArray(wants.size(), call);
    for (int i = 0; i < wants.size(); i++) {
      Want want = wants.get(i);
      MemorySegment output = gatun_output.asSlice(outputs, i);
      gatun_output.kind(output, want.kind());
      gatun_output.layer(output, want.layer());
      gatun_output.values(output, call.allocate(JAVA_FLOAT, want.floats()));
      gatun_output.capacity(output, want.floats());
    }
    return outputs;
  }

  private static List<float[]> results(MemorySegment outputs, List<Want> wants) {
    List<float[]> results = new ArrayList<>(wants.size());
    for (int i = 0; i < wants.size(); i++) {
      Want want = wants.get(i);
      MemorySegment output = gatun_output.asSlice(outputs, i);
      if (gatun_output.rows(output) != want.rows()
          || gatun_output.columns(output) != want.columns()) {
        throw new AssertionError(
            String.format(
                Locale.ROOT,
                "the library filled %d × %d for %s",
                gatun_output.rows(output),
                gatun_output.columns(output),
                want));
      }
      float[] values = new float[want.floats()];
      MemorySegment from = sized(gatun_output.values(output), want.floats());
      MemorySegment.copy(from, JAVA_FLOAT, 0, values, 0, values.length);
      results.add(values);
    }
    return results;
  }

  @SuppressWarnings("restricted") // a pointer read back from a struct has lost its size
  private static MemorySegment sized(MemorySegment pointer, int floats) {
    return pointer.reinterpret(JAVA_FLOAT.byteSize() * floats);
  }
}
