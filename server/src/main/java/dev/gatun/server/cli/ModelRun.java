package dev.gatun.server.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.inference.Encoded;
import dev.gatun.inference.Head;
import dev.gatun.inference.Inference;
import dev.gatun.inference.Matrix;
import dev.gatun.inference.ModelInfo;
import dev.gatun.inference.Output;
import dev.gatun.inference.TokenBatch;
import dev.gatun.inference.tokenize.Tokens;
import dev.gatun.server.classify.Row;
import dev.gatun.server.inference.FolderModel;
import dev.gatun.server.inference.HeadScorer;
import dev.gatun.server.models.ModelFiles;
import dev.gatun.server.wire.Json;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code gatun model run}: a model's own outputs for every line of a file. */
@Command(
    name = "run",
    description = "Compute a model's outputs for every line of a file.",
    footer = {
      "",
      "Input lines: {id, text, text_pair?, prompt?} or {id, ids, type_ids?}.",
      "Output lines: id, ids, and what the model has: logits with label (labels per token for a",
      "token classifier), embedding, or tokens (hidden states) for a trunk without either.",
      "A head of 'model train' gives logits with label, of a long text as 'classify' reads it."
    })
final class ModelRun implements Callable<Integer> {
  private final Console console;

  @Mixin private ModelOptions options = new ModelOptions();

  @Mixin private ModelName model = new ModelName();

  @Mixin private RowOptions rows = new RowOptions();

  @Option(
      names = "--dim",
      paramLabel = "M",
      description = "First M dimensions of an embedding, normalised again.")
  private Optional<Integer> dimensions = Optional.empty();

  @Option(
      names = "--layer",
      paramLabel = "K",
      description = "Embed after layer K instead of the last one.")
  private Optional<Integer> layer = Optional.empty();

  @Option(
      names = "--adapter",
      paramLabel = "DIR",
      description = "PEFT LoRA adapter, or head, to run over the model.")
  private Optional<Path> adapter = Optional.empty();

  ModelRun(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    Path folder = model.folder();
    if (ModelOptions.isHead(folder)) {
      return runHead(folder);
    }
    requireEncoder(folder);
    SentenceFiles files = SentenceFiles.read(FolderModel.base(folder, ModelOptions.store()));
    try (Inference inference = options.open();
        FolderModel opened = opened(inference, folder)) {
      Wanted wanted = check(opened.info());
      return rows.answer(console, new Session(opened, files, wanted)::answer);
    }
  }

  /** A head has one output, whatever the encoder under it offers. */
  private int runHead(Path folder) {
    if (adapter.isPresent()) {
      throw new Failure(
          ExitStatus.FAILED, "--adapter runs over a model; " + model + " is a head itself");
    }
    requireNoVector();
    try (Inference inference = options.open();
        HeadScorer head = options.openHead(console, inference, folder)) {
      return rows.answer(console, new HeadRows(head)::answer);
    }
  }

  private void requireEncoder(Path folder) {
    if (ModelFiles.isModel(folder) && !ModelFiles.encodes(folder)) {
      throw new Failure(
          ExitStatus.FAILED,
          model
              + " has no encoder of its own, so it has no outputs to run: gatun classify --task"
              + " asks it, gatun model inspect describes it");
    }
  }

  private void requireNoVector() {
    if (dimensions.isPresent() || layer.isPresent()) {
      throw new Failure(
          ExitStatus.FAILED, "--dim and --layer are for embedding models; " + model + " is none");
    }
  }

  private FolderModel opened(Inference inference, Path folder) {
    FolderModel opened = options.open(console, inference, folder);
    if (adapter.isEmpty()) {
      return opened;
    }
    if (opened.adapter().isPresent()) {
      opened.close();
      throw new Failure(
          ExitStatus.FAILED, "--adapter runs over a model; " + model + " is an adapter itself");
    }
    return FolderModel.over(opened.base(), adapter.get());
  }

  /** What to ask the encoder for, once the options fit the model. */
  private Wanted check(ModelInfo info) {
    boolean embeds = info.head() == Head.NONE && info.pooling() != dev.gatun.inference.Pooling.NONE;
    if (!embeds) {
      requireNoVector();
    }
    int columns = dimensions.orElse(embeds ? info.embeddingSize() : info.hiddenSize());
    if (embeds && (columns < 1 || columns > info.embeddingSize())) {
      throw new Failure(
          ExitStatus.FAILED, "--dim " + columns + ": 1 to " + info.embeddingSize() + " expected");
    }
    int exit = layer.orElse(info.layers());
    if (exit < 1 || exit > info.layers()) {
      throw new Failure(
          ExitStatus.FAILED, "--layer " + exit + ": 1 to " + info.layers() + " expected");
    }
    if (!embeds) {
      return new Wanted(info.head() == Head.NONE ? Output.hidden() : Output.logits(), columns);
    }
    return new Wanted(exit == info.layers() ? Output.embedding() : Output.embedding(exit), columns);
  }

  /**
   * @param columns of an embedding to keep
   */
  private record Wanted(Output output, int columns) {}

  /** An open model that answers rows. */
  private record Session(FolderModel model, SentenceFiles files, Wanted wanted) {
    ObjectNode answer(Row row) {
      ObjectNode answer = row.answer();
      TokenBatch batch = batch(row, answer);
      ArrayNode ids = answer.putArray("ids");
      Arrays.stream(batch.ids()).forEach(ids::add);
      Matrix result = encode(batch).single();
      put(answer, wanted.output(), result);
      return answer;
    }

    private void put(ObjectNode answer, Output output, Matrix result) {
      switch (output) {
        case Output.Logits() -> logits(answer, result);
        case Output.Embedding _ -> answer.set("embedding", floats(embedding(result)));
        case Output.Hidden _ -> answer.set("tokens", rows(result));
        case Output.OfTask(_, var plain) -> put(answer, plain, result);
        case Output.Some(var all, _) -> put(answer, all, result);
      }
    }

    private Encoded encode(TokenBatch batch) {
      try {
        Output output = model.output(wanted.output());
        return model.base().encoder().encode(batch, List.of(output)).join();
      } catch (CompletionException e) {
        throw e.getCause() instanceof RuntimeException cause ? cause : e;
      }
    }

    private TokenBatch batch(Row row, ObjectNode answer) {
      Optional<int[]> ids = row.optionalIntegers("ids");
      if (ids.isPresent()) {
        List<int[]> sequence = List.of(ids.get());
        return row.optionalIntegers("type_ids")
            .map(types -> TokenBatch.of(sequence, List.of(types)))
            .orElseGet(() -> TokenBatch.of(sequence));
      }
      Tokens tokens = tokens(row);
      if (tokens.truncated()) {
        answer.put("truncated", true).put("tokens_total", tokens.total());
      }
      List<int[]> sequence = List.of(tokens.ids());
      return model.info().tokenTypes() == 0
          ? TokenBatch.of(sequence)
          : TokenBatch.of(sequence, List.of(tokens.typeIds()));
    }

    private Tokens tokens(Row row) {
      String text = files.input(row.text("text"), row.optionalText("prompt"));
      int max = Math.min(files.tokensMax(), model.info().positionsMax());
      return row.optionalText("text_pair")
          .map(pair -> model.base().tokenizer().encode(text, pair, max))
          .orElseGet(() -> model.base().tokenizer().encode(text, max));
    }

    private void logits(ObjectNode answer, Matrix logits) {
      List<String> best = new ArrayList<>();
      for (int row = 0; row < logits.rows(); row++) {
        best.add(model.labels().name(Probabilities.best(logits.row(row))));
      }
      if (wanted.output().perToken(model.info())) {
        answer.set("logits", rows(logits));
        ArrayNode names = answer.putArray("labels");
        best.forEach(names::add);
      } else {
        answer.set("logits", floats(logits.row(0)));
        answer.put("label", best.getFirst());
      }
    }

    private float[] embedding(Matrix result) {
      float[] whole = result.row(0);
      return wanted.columns() == whole.length
          ? whole
          : Probabilities.normalized(Arrays.copyOf(whole, wanted.columns()));
    }

    private static ArrayNode rows(Matrix matrix) {
      ArrayNode rows = Json.array();
      for (int row = 0; row < matrix.rows(); row++) {
        rows.add(floats(matrix.row(row)));
      }
      return rows;
    }

    private static ArrayNode floats(float[] values) {
      ArrayNode array = Json.array();
      for (float value : values) {
        array.add(value);
      }
      return array;
    }
  }
}
