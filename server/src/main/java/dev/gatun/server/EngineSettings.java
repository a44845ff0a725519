package dev.gatun.server;

import dev.gatun.inference.InferenceOptions;
import dev.gatun.inference.LoadOptions;
import dev.gatun.inference.Precision;
import dev.gatun.inference.WeightCache;
import dev.gatun.router.config.GlobalSettings.NativeSettings;
import dev.gatun.server.inference.CacheLocation;
import dev.gatun.server.inference.VectorFiles;
import java.nio.file.Path;
import java.util.Optional;

/**
 * How encoder models run: what {@code global.native} says, and what the runtime decides where it
 * says nothing.
 *
 * @param models directory of the built model folders
 */
record EngineSettings(InferenceOptions inference, LoadOptions load, Path models) {
  private static final String LIBRARY = "libgatun.so";

  /** Where the configuration names none: the fast one; model cards say what it costs. */
  static final Precision PRECISION = Precision.INT8;

  /** Of the vectors of examples; a vector takes 1.5 kB. */
  private static final long VECTOR_BYTES_MAX = 256L << 20;

  /** Where vectors of a configuration's texts are kept: beside packed weights, or nowhere. */
  static VectorFiles vectors(NativeSettings settings) {
    WeightCache cache =
        CacheLocation.of(Optional.empty(), settings.cacheDir(), settings.cacheBytesMax());
    return switch (cache) {
      case WeightCache.Off() -> new VectorFiles(Optional.empty(), 0);
      case WeightCache.In(Path directory, long _) ->
          new VectorFiles(Optional.of(directory.resolve("examples")), VECTOR_BYTES_MAX);
    };
  }

  static Precision precision(NativeSettings settings) {
    return settings.precision().flatMap(Precision::of).orElse(PRECISION);
  }

  /**
   * Fills in what the settings leave open.
   *
   * @param modelsByDefault directory of the models that come with the program
   * @throws dev.gatun.inference.InferenceException.Unavailable when nothing names a library
   */
  static EngineSettings of(NativeSettings settings, Path modelsByDefault) {
    InferenceOptions usual =
        settings
            .libraryDir()
            .map(directory -> InferenceOptions.defaults(Path.of(directory, LIBRARY)))
            .orElseGet(InferenceOptions::defaults);
    InferenceOptions lanes =
        settings.lanes().isPresent() ? usual.withLanes(settings.lanes().getAsInt()) : usual;
    InferenceOptions inference =
        lanes
            .withThreads(lanes.lanes(), settings.threadsPerLane().orElse(lanes.threadsPerLane()))
            .withPin(settings.pinThreads())
            .withTokens(
                settings.tokensPerBatchMax().orElse(lanes.tokensPerBatchMax()),
                settings.queueTokensMax().orElse(lanes.queueTokensMax()));
    LoadOptions load =
        LoadOptions.defaults()
            .in(precision(settings))
            .with(
                CacheLocation.of(Optional.empty(), settings.cacheDir(), settings.cacheBytesMax()));
    return new EngineSettings(
        inference, load, settings.modelsDir().map(Path::of).orElse(modelsByDefault));
  }
}
