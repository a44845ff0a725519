package dev.gatun.bench.worker;

import dev.gatun.bench.model.EmbeddingView;
import dev.gatun.bench.model.HeadFolders;
import dev.gatun.inference.EncoderModel;
import dev.gatun.inference.Inference;
import dev.gatun.inference.InferenceOptions;
import dev.gatun.inference.LoadOptions;
import dev.gatun.inference.Matrix;
import dev.gatun.inference.Output;
import dev.gatun.inference.Precision;
import dev.gatun.inference.TaskForm;
import dev.gatun.inference.TokenBatch;
import dev.gatun.inference.WeightCache;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The engine of a worker and the models it has loaded. Used by one thread. */
final class Models implements AutoCloseable {
  private final Optional<Integer> threads;
  private final Precision precision;
  private final WeightCache cache;
  private final Path made;
  private final Map<Key, Loaded> loaded = new HashMap<>();
  private Optional<Inference> inference = Optional.empty();

  private record Key(Path model, Job.Kind kind, int tasks) {}

  /**
   * A model that is ready.
   *
   * @param loadMillis time to load it, without the start of the process
   */
  record Loaded(EncoderModel encoder, List<Output> outputs, double loadMillis) {

    /** Computes a request: every task in full, on one pass through the trunk they share. */
    Matrix compute(TokenBatch batch) {
      return encoder.encode(batch, outputs).join().results().getLast();
    }
  }

  /**
   * An engine that is not started before the first job.
   *
   * @param threads compute threads; empty: as the first job says
   * @param made where folders are made, see {@link EmbeddingView} and {@link HeadFolders}
   */
  Models(Optional<Integer> threads, Precision precision, WeightCache cache, Path made) {
    this.threads = threads;
    this.precision = precision;
    this.cache = cache;
    this.made = made;
  }

  /** The model of a job, loaded when it is new. */
  Loaded of(Job job) throws IOException {
    Key key = new Key(job.model(), job.kind(), job.tasks());
    Loaded model = loaded.get(key);
    if (model == null) {
      Path folder =
          switch (job.kind()) {
            case SEQUENCE_CLASSIFICATION -> job.model();
            case SENTENCE_EMBEDDING -> EmbeddingView.of(job.model(), made.resolve("views"));
          };
      Inference engine = engine(job);
      long start = System.nanoTime();
      EncoderModel encoder = engine.load(folder, new LoadOptions(precision, 0, cache));
      List<Output> outputs = outputs(encoder, job);
      model = new Loaded(encoder, outputs, (System.nanoTime() - start) / 1e6);
      loaded.put(key, model);
    }
    return model;
  }

  /** One output per task: the model's own, and further heads over its trunk. */
  private List<Output> outputs(EncoderModel encoder, Job job) throws IOException {
    List<Output> outputs = new ArrayList<>();
    outputs.add(
        switch (job.kind()) {
          case SEQUENCE_CLASSIFICATION -> Output.logits();
          case SENTENCE_EMBEDDING -> Output.embedding();
        });
    if (job.tasks() > 1) {
      Path head = HeadFolders.of(job.model(), made.resolve("heads"));
      while (outputs.size() < job.tasks()) {
        outputs.add(Output.logits().of(encoder.task(head, TaskForm.LOW_RANK)));
      }
    }
    return List.copyOf(outputs);
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
