package dev.gatun.bench.worker;

import dev.gatun.inference.EncoderModel;
import dev.gatun.inference.Inference;
import dev.gatun.inference.InferenceOptions;
import dev.gatun.inference.LoadOptions;
import dev.gatun.inference.Matrix;
import dev.gatun.inference.Output;
import dev.gatun.inference.Precision;
import dev.gatun.inference.TokenBatch;
import dev.gatun.inference.WeightCache;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The engine of a worker and the models it has loaded. Used by one thread. */
final class Models implements AutoCloseable {
  private final Optional<Integer> threads;
  private final Precision precision;
  private final WeightCache cache;
  private final Path views;
  private final Map<Key, Loaded> loaded = new HashMap<>();
  private Optional<Inference> inference = Optional.empty();

  private record Key(Path model, Job.Kind kind) {}

  /**
   * A model that is ready.
   *
   * @param loadMillis time to load it, without the start of the process
   */
  record Loaded(EncoderModel encoder, double loadMillis) {

    /** Computes a request: every task in full, on one pass through the trunk they share. */
    Matrix compute(Job job, TokenBatch batch) {
      Output output =
          switch (job.kind()) {
            case SEQUENCE_CLASSIFICATION -> Output.logits();
            case SENTENCE_EMBEDDING -> Output.embedding();
          };
      List<Output> outputs = Stream.generate(() -> output).limit(job.tasks()).toList();
      return encoder.encode(batch, outputs).join().results().getLast();
    }
  }

  /**
   * An engine that is not started before the first job.
   *
   * @param threads compute threads; empty: as the first job says
   * @param views see {@link EmbeddingView}
   */
  Models(Optional<Integer> threads, Precision precision, WeightCache cache, Path views) {
    this.threads = threads;
    this.precision = precision;
    this.cache = cache;
    this.views = views;
  }

  /** The model of a job, loaded when it is new. */
  Loaded of(Job job) throws IOException {
    Key key = new Key(job.model(), job.kind());
    Loaded model = loaded.get(key);
    if (model == null) {
      Path folder =
          switch (job.kind()) {
            case SEQUENCE_CLASSIFICATION -> job.model();
            case SENTENCE_EMBEDDING -> EmbeddingView.of(job.model(), views);
          };
      Inference engine = engine(job);
      long start = System.nanoTime();
      EncoderModel encoder = engine.load(folder, new LoadOptions(precision, 0, cache));
      model = new Loaded(encoder, (System.nanoTime() - start) / 1e6);
      loaded.put(key, model);
    }
    return model;
  }

  /** The engine, started with the threads of the command line or else of the job. */
  Inference engine(Job job) {
    Inference engine =
        inference.orElseGet(() -> {
          InferenceOptions defaults = InferenceOptions.defaults();
          return Inference.open(
              defaults
                  .withThreads(1, threads.orElse(job.threads()))
                  .withTokens(defaults.tokensPerBatchMax(), Integer.MAX_VALUE));
        });
    inference = Optional.of(engine);
    return engine;
  }

  @Override
  public void close() {
    inference.ifPresent(Inference::close);
  }
}
