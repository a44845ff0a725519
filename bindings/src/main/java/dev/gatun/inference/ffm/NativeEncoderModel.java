package dev.gatun.inference.ffm;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.gatun.inference.abi.gatun_error;
import dev.gatun.inference.abi.gatun_h;
import dev.gatun.inference.abi.gatun_model_info;
import dev.gatun.inference.abi.gatun_model_options;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * A model the native library holds. Its handle crosses as a memory segment, so that the JDK refuses
 * {@link #close} with an {@link IllegalStateException} while a call uses it, and any call after.
 */
public final class NativeEncoderModel implements AutoCloseable {

  private final Arena arena = Arena.ofShared();
  private final MemorySegment self;
  private final Facts facts;
  private int passes;

  /**
   * What {@code gatun_model_describe} tells; codes as in {@link Codes}, counts as in {@code
   * gatun_model_info}.
   */
  public record Facts(
      int family,
      int head,
      int pooling,
      boolean normalized,
      int hiddenSize,
      int embeddingSize,
      int layers,
      int attentionHeads,
      int vocabulary,
      int positionsMax,
      int tokenTypes,
      int labels,
      long parameters,
      int precision,
      long residentBytes,
      long mappedBytes) {}

  /**
   * How to open a model; as {@code gatun_model_options}.
   *
   * @param precision one of {@link Codes}{@code .PRECISION_…}
   * @param threads that read and pack weights; 0: all processors
   * @param cacheDirectory absolute; empty: none
   * @param cacheBytesMax 0: the library's own limit
   */
  public record Settings(
      int precision,
      int threads,
      String cacheDirectory,
      long cacheBytesMax,
      NativeProgress progress) {}

  /**
   * Opens a model folder.
   *
   * @param library that has been loaded; named here so that there is one
   * @throws NativeError when the folder is refused
   */
  public NativeEncoderModel(NativeLibrary library, Path directory, Settings settings) {
    Objects.requireNonNull(library);
    try (Arena call = Arena.ofConfined()) {
      MemorySegment error = gatun_error.allocate(call);
      self =
          settings
              .progress()
              .during(progress -> open(directory, options(call, settings, progress), call, error));
      facts = describe(call, error);
    } catch (RuntimeException | Error e) {
      arena.close();
      throw e;
    }
  }

  /** Facts about the model. */
  public Facts facts() {
    return facts;
  }

  /** Where its weights came from, as a JSON object, see {@code gatun_model_origin}. */
  public String origin() {
    return NativeText.read(
        (text, capacity, error) -> gatun_h.gatun_model_origin(self, text, capacity, error));
  }

  /** How a call would be computed, as a JSON object, see {@code gatun_plan_describe}. */
  public String plan(int[] ids, int[] typeIds, int[] offsets, List<Want> wants) {
    try (CallMemory memory = new CallMemory(0)) {
      MemorySegment batch = memory.batch(ids, typeIds, offsets);
      MemorySegment outputs = memory.outputs(this, wants);
      return NativeText.read((text, capacity, error) ->
          gatun_h.gatun_plan_describe(self, batch, outputs, wants.size(), text, capacity, error));
    }
  }

  /** Releases the model. Not allowed while a call runs or a pass is under way, nor twice. */
  @Override
  public synchronized void close() {
    if (passes > 0) {
      throw new IllegalStateException(passes + " passes over this model are under way");
    }
    arena.close();
  }

  /** Keeps the model open between the calls of a pass, until {@link #passEnded}. */
  synchronized void passBegun() {
    if (!arena.scope().isAlive()) {
      throw new IllegalStateException("the model is closed");
    }
    passes++;
  }

  synchronized void passEnded() {
    passes--;
  }

  MemorySegment self() {
    return self;
  }

  @SuppressWarnings("restricted") // address, lifetime and destructor in one expression
  private MemorySegment open(
      Path directory, MemorySegment options, Arena call, MemorySegment error) {
    byte[] name = directory.toAbsolutePath().toString().getBytes(StandardCharsets.UTF_8);
    MemorySegment raw =
        gatun_h.gatun_model_open(
            call.allocateFrom(JAVA_BYTE, name),
            name.length,
            options,
            gatun_model_options.sizeof(),
            error);
    if (raw.equals(MemorySegment.NULL)) {
      throw NativeError.read(error);
    }
    return raw.reinterpret(arena, gatun_h::gatun_model_close);
  }

  private static MemorySegment options(Arena call, Settings settings, MemorySegment progress) {
    MemorySegment options = gatun_model_options.allocate(call);
    gatun_model_options.precision(options, settings.precision);
    gatun_model_options.threads(options, settings.threads);
    byte[] cache = settings.cacheDirectory.getBytes(StandardCharsets.UTF_8);
    if (cache.length > 0) {
      gatun_model_options.cache_directory(options, call.allocateFrom(JAVA_BYTE, cache));
      gatun_model_options.cache_directory_length(options, cache.length);
    }
    gatun_model_options.cache_bytes_max(options, settings.cacheBytesMax);
    gatun_model_options.progress(options, progress);
    return options;
  }

  private Facts describe(Arena call, MemorySegment error) {
    MemorySegment info = gatun_model_info.allocate(call);
    if (gatun_h.gatun_model_describe(self, info, gatun_model_info.sizeof(), error)
        != gatun_h.GATUN_OK()) {
      throw NativeError.read(error);
    }
    return new Facts(
        gatun_model_info.family(info),
        gatun_model_info.head(info),
        gatun_model_info.pooling(info),
        gatun_model_info.normalized(info) != 0,
        gatun_model_info.hidden_size(info),
        gatun_model_info.embedding_size(info),
        gatun_model_info.layers(info),
        gatun_model_info.attention_heads(info),
        gatun_model_info.vocabulary(info),
        gatun_model_info.positions_max(info),
        gatun_model_info.token_types(info),
        gatun_model_info.labels(info),
        gatun_model_info.parameters(info),
        gatun_model_info.precision(info),
        gatun_model_info.resident_bytes(info),
        gatun_model_info.mapped_bytes(info));
  }
}
