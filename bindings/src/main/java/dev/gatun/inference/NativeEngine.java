package dev.gatun.inference;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import dev.gatun.inference.ffm.Codes;
import dev.gatun.inference.ffm.LibraryUnavailable;
import dev.gatun.inference.ffm.NativeEncoderModel;
import dev.gatun.inference.ffm.NativeError;
import dev.gatun.inference.ffm.NativeLane;
import dev.gatun.inference.ffm.NativeLibrary;
import dev.gatun.inference.ffm.Want;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The native library as an engine: its numbers become our types, its errors our exceptions. */
final class NativeEngine implements Engine {

  private static final int[] NO_TYPES = {};
  private static final int THREADS_MAX = 256;

  private final NativeLibrary library;
  private final InferenceOptions options;
  private final RuntimeInfo runtime;

  /**
   * Loads the library.
   *
   * @throws InferenceException.Unavailable with the reason and the remedy
   */
  NativeEngine(InferenceOptions options) {
    try {
      this.library = NativeLibrary.load(options.library());
      this.runtime = runtime(this.library.describe());
    } catch (LibraryUnavailable | NativeError e) {
      throw new InferenceException.Unavailable(String.valueOf(e.getMessage()), e);
    }
    this.options = options;
  }

  @Override
  public RuntimeInfo runtime() {
    return runtime;
  }

  @Override
  public Model load(Path directory, LoadOptions options) {
    try {
      NativeEncoderModel model = new NativeEncoderModel(library, directory, settings(options));
      return new Loaded(model, info(model.facts()), origin(model.origin()));
    } catch (NativeError e) {
      throw new InferenceException.Refused(directory, String.valueOf(e.getMessage()), e);
    }
  }

  @Override
  public Lane openLane(int number) {
    int threads = options.threadsPerLane();
    int firstCpu = options.pin() ? number * threads : -1;
    try {
      return new OpenLane(
          new NativeLane(
              library, new NativeLane.Options(threads, firstCpu, options.tokensPerBatchMax())));
    } catch (NativeError e) {
      throw new InferenceException.Unavailable("lane " + number + ": " + e.getMessage(), e);
    }
  }

  private record Loaded(NativeEncoderModel model, ModelInfo info, WeightOrigin origin)
      implements Model {
    @Override
    public EncoderTask task(Path directory, TaskForm form) {
      return NativeTasks.open(model, directory, form);
    }

    @Override
    public Plan plan(TokenBatch batch, List<Output> outputs) {
      List<Want> wants = wants(outputs, info, batch);
      try {
        return NativeTasks.plan(
            model.plan(batch.ids(), types(this, batch), batch.offsets(), wants));
      } catch (NativeError e) {
        throw failed(e);
      }
    }

    @Override
    public void close() {
      model.close();
    }
  }

  private static final class OpenLane implements Lane {
    private final NativeLane lane;
    private List<Want> underWay = List.of();

    OpenLane(NativeLane lane) {
      this.lane = lane;
    }

    @Override
    public void reserve(Model model, int tokens) {
      try {
        lane.reserve(((Loaded) model).model(), tokens);
      } catch (NativeError e) {
        throw new InferenceException.Failed(
            "no room for calls of " + tokens + " tokens: " + e.getMessage(), e);
      }
    }

    @Override
    public Encoded run(Model model, TokenBatch batch, List<Output> outputs) {
      List<Want> wants = wants(outputs, model.info(), batch);
      try {
        List<float[]> values =
            lane.run(
                ((Loaded) model).model(), batch.ids(), types(model, batch), batch.offsets(), wants);
        return encoded(wants, values);
      } catch (NativeError e) {
        throw failed(e);
      }
    }

    @Override
    public void begin(Model model, TokenBatch batch, List<Output> outputs) {
      underWay = wants(outputs, model.info(), batch);
      try {
        lane.begin(
            ((Loaded) model).model(), batch.ids(), types(model, batch), batch.offsets(), underWay);
      } catch (NativeError e) {
        throw failed(e);
      }
    }

    @Override
    public Optional<Encoded> advance(Duration budget) {
      try {
        return lane.advance(budget.toNanos() / 1000).map(values -> encoded(underWay, values));
      } catch (NativeError e) {
        throw failed(e);
      }
    }

    @Override
    public void cancel() {
      lane.cancel();
    }

    @Override
    public long workspaceBytes() {
      return lane.workspaceBytes();
    }

    @Override
    public void close() {
      lane.close();
    }
  }

  private static InferenceException.Failed failed(NativeError e) {
    return new InferenceException.Failed(String.valueOf(e.getMessage()), e);
  }

  private static int[] types(Engine.Model model, TokenBatch batch) {
    return model.info().tokenTypes() == 0 ? NO_TYPES : batch.typeIds();
  }

  private static List<Want> wants(List<Output> outputs, ModelInfo info, TokenBatch batch) {
    return outputs.stream().map(output -> want(output, info, batch)).toList();
  }

  private static Encoded encoded(List<Want> wants, List<float[]> values) {
    List<Matrix> results = new ArrayList<>(wants.size());
    for (int i = 0; i < wants.size(); i++) {
      requireFinite(values.get(i));
      results.add(new Matrix(wants.get(i).rows(), wants.get(i).columns(), values.get(i)));
    }
    return new Encoded(results);
  }

  /** The largest of numbers that are none is the first of them, which would pass for a label. */
  private static void requireFinite(float[] values) {
    for (float value : values) {
      if (!Float.isFinite(value)) {
        throw new InferenceException.Failed(
            "the model computes numbers that are not finite for this text, so it has no result;"
                + " its weights are damaged or too large: check the model");
      }
    }
  }

  private static Want want(Output output, ModelInfo info, TokenBatch batch) {
    int rows = output.rows(info, batch);
    int columns = output.columns(info);
    return switch (output) {
      case Output.Hidden(var layer) ->
          layer.isPresent()
              ? Want.hidden(layer.getAsInt(), rows, columns)
              : Want.finalHidden(rows, columns);
      case Output.Embedding(var layer) -> Want.embedding(layer.orElse(0), rows, columns);
      case Output.Logits() -> Want.logits(rows, columns);
      case Output.OfTask(var task, var result) ->
          want(result, info.under(task.info()), batch).of(NativeTasks.handle(task));
      case Output.Some(var result, var sequences) ->
          want(result, info, batch).some(sequences).sized(rows);
    };
  }

  private static ModelInfo info(NativeEncoderModel.Facts facts) {
    return new ModelInfo(
        family(facts.family()),
        head(facts.head()),
        pooling(facts.pooling()),
        facts.normalized(),
        facts.hiddenSize(),
        facts.embeddingSize(),
        facts.layers(),
        facts.attentionHeads(),
        facts.vocabulary(),
        facts.positionsMax(),
        facts.tokenTypes(),
        facts.labels(),
        facts.parameters(),
        precision(facts.precision()),
        facts.residentBytes(),
        facts.mappedBytes());
  }

  private static NativeEncoderModel.Settings settings(LoadOptions options) {
    return switch (options.cache()) {
      case WeightCache.Off() -> settings(options, "", 0);
      case WeightCache.In(var directory, var bytesMax) ->
          settings(options, directory.toString(), bytesMax);
    };
  }

  private static NativeEncoderModel.Settings settings(
      LoadOptions options, String cacheDirectory, long cacheBytesMax) {
    return new NativeEncoderModel.Settings(
        code(options.precision()),
        threads(options),
        cacheDirectory,
        cacheBytesMax,
        options.watch().progress());
  }

  /** The library counts processors without the limits of a container. */
  private static int threads(LoadOptions options) {
    int cpus = Runtime.getRuntime().availableProcessors();
    return options.threads() > 0 ? options.threads() : Math.min(cpus, THREADS_MAX);
  }

  private static WeightOrigin origin(String json) {
    try {
      JsonObject facts = JsonFile.object(json);
      Map<String, String> digests = new HashMap<>();
      facts
          .getAsJsonObject("digests")
          .entrySet()
          .forEach(file -> digests.put(file.getKey(), file.getValue().getAsString()));
      return new WeightOrigin(
          WeightOrigin.State.valueOf(facts.get("cache").getAsString().toUpperCase(Locale.ROOT)),
          Optional.ofNullable(facts.get("file")).map(file -> Path.of(file.getAsString())),
          digests,
          facts.getAsJsonArray("warnings").asList().stream()
              .map(JsonElement::getAsString)
              .toList());
    } catch (IOException | JsonParseException e) {
      throw new AssertionError("gatun_model_origin wrote no JSON object: " + json, e);
    }
  }

  private static int code(Precision precision) {
    return switch (precision) {
      case FP32 -> Codes.PRECISION_FP32;
      case BF16 -> Codes.PRECISION_BF16;
      case INT8 -> Codes.PRECISION_INT8;
    };
  }

  private static Precision precision(int code) {
    for (Precision precision : Precision.values()) {
      if (code(precision) == code) {
        return precision;
      }
    }
    throw new AssertionError("precision " + code + " is not in gatun.h");
  }

  private static Family family(int code) {
    if (code == Codes.FAMILY_BERT) {
      return Family.BERT;
    }
    if (code == Codes.FAMILY_MODERNBERT) {
      return Family.MODERNBERT;
    }
    if (code == Codes.FAMILY_QWEN3) {
      return Family.QWEN3;
    }
    if (code == Codes.FAMILY_GEMMA3) {
      return Family.GEMMA3;
    }
    throw new AssertionError("family " + code + " is not in gatun.h");
  }

  static Head head(int code) {
    if (code == Codes.HEAD_NONE) {
      return Head.NONE;
    }
    if (code == Codes.HEAD_SEQUENCE) {
      return Head.SEQUENCE;
    }
    if (code == Codes.HEAD_TOKEN) {
      return Head.TOKEN;
    }
    throw new AssertionError("head " + code + " is not in gatun.h");
  }

  static Pooling pooling(int code) {
    if (code == Codes.POOLING_NONE) {
      return Pooling.NONE;
    }
    if (code == Codes.POOLING_CLS) {
      return Pooling.CLS;
    }
    if (code == Codes.POOLING_MEAN) {
      return Pooling.MEAN;
    }
    if (code == Codes.POOLING_LAST) {
      return Pooling.LAST;
    }
    throw new AssertionError("pooling " + code + " is not in gatun.h");
  }

  private static RuntimeInfo runtime(String json) {
    try {
      JsonObject facts = JsonFile.object(json);
      return new RuntimeInfo(
          facts.get("version").getAsString(),
          facts.get("abi").getAsInt(),
          facts.get("backend").getAsString(),
          facts.get("isa").getAsString(),
          facts.get("isa_detected").getAsString(),
          facts.get("cpus").getAsInt());
    } catch (IOException | JsonParseException e) {
      throw new AssertionError("gatun_runtime_describe wrote no JSON object: " + json, e);
    }
  }
}
