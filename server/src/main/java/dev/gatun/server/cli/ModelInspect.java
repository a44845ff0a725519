package dev.gatun.server.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.inference.Inference;
import dev.gatun.inference.ModelInfo;
import dev.gatun.inference.WeightOrigin;
import dev.gatun.server.inference.FolderModel;
import dev.gatun.server.inference.HeadScorer;
import dev.gatun.server.inference.ModelStore;
import dev.gatun.server.inference.Trunk;
import dev.gatun.server.models.ModelFiles;
import dev.gatun.server.wire.Json;
import java.nio.file.Path;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code gatun model inspect}: loads a folder, with every check, and says what it is. */
@Command(
    name = "inspect",
    description = {
      "Load a model folder, with every check, and describe it; of a model without an encoder of",
      "its own, its card and files, compared with their digests."
    })
final class ModelInspect implements Runnable {
  private final Console console;

  @Mixin private ModelOptions options = new ModelOptions();

  @Parameters(
      paramLabel = "DIR_OR_NAME",
      description = "Model folder, or the name of a model that comes with Gatun or was imported.")
  private String model = "";

  @Option(names = "--json", description = "One JSON object.")
  private boolean json;

  ModelInspect(Console console) {
    this.console = console;
  }

  @Override
  public void run() {
    Path folder = ModelOptions.folder(model);
    ObjectNode facts = ModelOptions.isHead(folder) ? headFacts(folder) : otherFacts(folder);
    if (json) {
      console.json(facts);
    } else {
      facts
          .properties()
          .forEach(
              e -> console.line(String.format(Locale.ROOT, "%-16s %s", e.getKey(), e.getValue())));
    }
  }

  private ObjectNode otherFacts(Path folder) {
    return ModelFiles.isModel(folder) && !ModelFiles.encodes(folder)
        ? tableFacts(folder)
        : encoderFacts(folder);
  }

  private ObjectNode encoderFacts(Path folder) {
    long started = System.nanoTime();
    try (Inference inference = options.open();
        FolderModel opened = options.open(console, inference, folder)) {
      WeightOrigin origin = opened.base().encoder().origin();
      ObjectNode facts = facts(inference, opened.info(), origin, started);
      opened.labels().names().forEach(facts.putArray("labels")::add);
      return facts;
    }
  }

  /** The encoder that a head is over, with the head in the place of its own. */
  private ObjectNode headFacts(Path folder) {
    long started = System.nanoTime();
    try (Inference inference = options.open();
        HeadScorer opened = options.openHead(console, inference, folder)) {
      ModelInfo info = opened.info();
      long parameters = opened.labels().size() * (info.embeddingSize() + 1L);
      ObjectNode facts =
          facts(inference, info, opened.origin(), started)
              .put("head", "linear")
              .put("parameters", info.parameters() + parameters)
              .put("base", Trunk.MODEL);
      opened.labels().forEach(facts.putArray("labels")::add);
      return facts;
    }
  }

  /** What has no encoder of its own: what its card says, and its files, compared as verify does. */
  private ObjectNode tableFacts(Path folder) {
    ModelStore.verify(folder);
    ObjectNode facts = ModelFacts.of(String.valueOf(folder.getFileName()), folder);
    ModelFacts.computed(facts, options.load().precision().word());
    return ModelFacts.files(folder, facts);
  }

  private static ObjectNode facts(
      Inference inference, ModelInfo info, WeightOrigin origin, long started) {
    double loadMillis = (System.nanoTime() - started) / 1e6;
    ObjectNode facts =
        Json.object()
            .put("family", info.family().name().toLowerCase(Locale.ROOT))
            .put("head", info.head().name().toLowerCase(Locale.ROOT))
            .put("pooling", info.pooling().name().toLowerCase(Locale.ROOT))
            .put("normalized", info.normalized())
            .put("hidden_size", info.hiddenSize())
            .put("embedding_size", info.embeddingSize())
            .put("layers", info.layers())
            .put("attention_heads", info.attentionHeads())
            .put("vocabulary", info.vocabulary())
            .put("positions_max", info.positionsMax())
            .put("token_types", info.tokenTypes())
            .put("parameters", info.parameters())
            .put("precision", info.precision().word())
            .put("backend", inference.runtime().backend())
            .put("isa", inference.runtime().isa())
            .put("isa_detected", inference.runtime().isaDetected())
            .put("resident_bytes", info.residentBytes())
            .put("mapped_bytes", info.mappedBytes())
            .put("workspace_bytes", inference.workspaceBytes())
            .put("weight_cache", origin.state().name().toLowerCase(Locale.ROOT));
    origin.file().ifPresent(file -> facts.put("weight_cache_file", file.toString()));
    return facts.put("load_ms", Math.round(loadMillis * 10) / 10.0);
  }
}
