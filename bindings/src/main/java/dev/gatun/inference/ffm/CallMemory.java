package dev.gatun.inference.ffm;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.gatun.inference.abi.gatun_batch;
import dev.gatun.inference.abi.gatun_error;
import dev.gatun.inference.abi.gatun_output;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The structures of a call and the arrays they point to, kept from one call to the next. Belongs to
 * the thread that made it.
 */
final class CallMemory implements AutoCloseable {

  /** {@code gatun_lane_run} takes no more. */
  private static final int OUTPUTS_MAX = 64;

  /** Values that are kept at least: logits and embeddings of some hundred sequences. */
  private static final int VALUES_KEPT_MIN = 1 << 18;

  private static final int SEQUENCES_KEPT = 1 << 12;

  private final Arena arena = Arena.ofConfined();
  private final MemorySegment error = gatun_error.allocate(arena);
  private final MemorySegment batch = gatun_batch.allocate(arena);
  private final MemorySegment outputs = gatun_output.allocateArray(OUTPUTS_MAX, arena);
  private final GrowingMemory tokens;
  private final GrowingMemory values;
  private final GrowingMemory sequences = new GrowingMemory(JAVA_INT.byteSize() * SEQUENCES_KEPT);
  private final List<NativeTask> tasks = new ArrayList<>();

  /**
   * Makes room.
   *
   * @param tokensKept for calls of up to so many tokens; a longer one gets more for itself
   */
  CallMemory(int tokensKept) {
    tokens = new GrowingMemory(3L * JAVA_INT.byteSize() * (tokensKept + 1L));
    values = new GrowingMemory(JAVA_FLOAT.byteSize() * Math.max(tokensKept, VALUES_KEPT_MIN));
  }

  MemorySegment error() {
    return error;
  }

  /** The {@code gatun_batch} of these arrays, valid until the next call of this method. */
  MemorySegment batch(int[] ids, int[] typeIds, int[] offsets) {
    long ints = (long) ids.length + typeIds.length + offsets.length;
    MemorySegment memory = tokens.atLeast(JAVA_INT.byteSize() * ints);
    long typesAt = JAVA_INT.byteSize() * ids.length;
    long offsetsAt = typesAt + JAVA_INT.byteSize() * typeIds.length;
    MemorySegment.copy(ids, 0, memory, JAVA_INT, 0, ids.length);
    MemorySegment.copy(typeIds, 0, memory, JAVA_INT, typesAt, typeIds.length);
    MemorySegment.copy(offsets, 0, memory, JAVA_INT, offsetsAt, offsets.length);
    gatun_batch.ids(batch, memory);
    gatun_batch.id_count(batch, ids.length);
    gatun_batch.type_ids(batch, typeIds.length == 0 ? MemorySegment.NULL : memory.asSlice(typesAt));
    gatun_batch.type_id_count(batch, typeIds.length);
    gatun_batch.offsets(batch, memory.asSlice(offsetsAt));
    gatun_batch.offset_count(batch, offsets.length);
    return batch;
  }

  /**
   * Structures with room for what is wanted, valid until the next call of this method. Tasks stay
   * open until {@link #releaseTasks}.
   *
   * @throws IllegalStateException when a task is closed
   */
  MemorySegment outputs(NativeEncoderModel model, List<Want> wants) {
    if (wants.size() > OUTPUTS_MAX) {
      throw new IllegalArgumentException(wants.size() + " outputs: at most 64 expected");
    }
    long floats = wants.stream().mapToLong(Want::floats).sum();
    MemorySegment memory = values.atLeast(JAVA_FLOAT.byteSize() * floats);
    long numbers = wants.stream().mapToLong(want -> want.sequences().size()).sum();
    MemorySegment numbersAt = sequences.atLeast(JAVA_INT.byteSize() * Math.max(numbers, 1));
    long at = 0;
    for (int i = 0; i < wants.size(); i++) {
      Want want = wants.get(i);
      MemorySegment output = gatun_output.asSlice(outputs, i);
      gatun_output.task(output, handle(model, want));
      numbersAt = name(want, output, numbersAt);
      gatun_output.kind(output, want.kind());
      gatun_output.layer(output, want.layer());
      gatun_output.values(output, memory.asSlice(at));
      gatun_output.capacity(output, want.floats());
      at += JAVA_FLOAT.byteSize() * want.floats();
    }
    return outputs;
  }

  /** Ends the use of tasks that {@link #outputs} began. */
  void releaseTasks() {
    tasks.forEach(NativeTask::release);
    tasks.clear();
  }

  private MemorySegment handle(NativeEncoderModel model, Want want) {
    if (want.task().isEmpty()) {
      return MemorySegment.NULL;
    }
    MemorySegment handle = want.task().get().acquire(model);
    tasks.add(want.task().get());
    return handle;
  }

  /** Writes the sequences of an output and answers where those of the next one go. */
  private static MemorySegment name(Want want, MemorySegment output, MemorySegment at) {
    List<Integer> numbers = want.sequences();
    gatun_output.sequences(output, numbers.isEmpty() ? MemorySegment.NULL : at);
    gatun_output.sequence_count(output, numbers.size());
    for (int i = 0; i < numbers.size(); i++) {
      at.setAtIndex(JAVA_INT, i, numbers.get(i));
    }
    return at.asSlice(JAVA_INT.byteSize() * numbers.size());
  }

  /** Copies of what a call has filled, in the order of the last {@link #outputs}. */
  List<float[]> results(List<Want> wants) {
    List<float[]> results = new ArrayList<>(wants.size());
    long at = 0;
    for (int i = 0; i < wants.size(); i++) {
      Want want = wants.get(i);
      requireShape(want, gatun_output.asSlice(outputs, i));
      float[] copy = new float[want.floats()];
      MemorySegment.copy(values.held(), JAVA_FLOAT, at, copy, 0, copy.length);
      at += JAVA_FLOAT.byteSize() * want.floats();
      results.add(copy);
    }
    return results;
  }

  /** Gives back what a long call needed beyond the usual. */
  void shrink() {
    tokens.shrink();
    values.shrink();
    sequences.shrink();
  }

  /** Bytes held for arrays. */
  long bytes() {
    return tokens.held().byteSize() + values.held().byteSize() + sequences.held().byteSize();
  }

  @Override
  public void close() {
    releaseTasks();
    tokens.close();
    values.close();
    sequences.close();
    arena.close();
  }

  private static void requireShape(Want want, MemorySegment output) {
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
  }
}
