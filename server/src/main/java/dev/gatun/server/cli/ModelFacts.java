package dev.gatun.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.server.models.KnownModel;
import dev.gatun.server.models.ModelBuildException;
import dev.gatun.server.models.ModelCard;
import dev.gatun.server.wire.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** What is known of a model folder without loading it: its card, its size, its digest. */
final class ModelFacts {
  private static final String CARD = "card.yaml";
  private static final List<String> WEIGHTS =
      List.of("model.safetensors", "adapter_model.safetensors", "head.safetensors");

  /** The first of these that a card states is the score of a line. */
  private static final List<String> SCORES =
      List.of("auroc", "spearman", "span_f1", "macro_f1", "accuracy");

  private ModelFacts() {}

  /** The facts of a folder, those of its card when it has one. */
  static ObjectNode of(String name, Path folder) {
    ObjectNode facts = Json.object().put("name", name).put("path", folder.toString());
    try {
      facts.put("bytes", bytes(folder));
      if (Files.isRegularFile(folder.resolve(CARD))) {
        card(ModelCard.tree(folder.resolve(CARD)), facts);
      }
      Path digests = folder.resolve("digests.json");
      if (Files.isRegularFile(digests)) {
        JsonNode files = Json.read(Files.readAllBytes(digests)).path("files");
        WEIGHTS.stream()
            .filter(files::has)
            .findFirst()
            .ifPresent(file -> facts.put("digest", "sha256:" + files.path(file).asText()));
      }
    } catch (IOException | ModelBuildException e) {
      facts.put("problem", String.valueOf(e.getMessage()));
    }
    return facts;
  }

  /** What is known of a published model, beside what its folder says. */
  static void known(KnownModel model, ObjectNode facts) {
    model.repository().ifPresent(repository -> facts.put("repository", repository));
    model.revision().ifPresent(revision -> facts.put("revision", revision));
    if (!facts.has("tasks")) {
      model.task().ifPresent(task -> facts.putArray("tasks").add(task));
    }
    model.family().ifPresent(f -> facts.put("family", f.name().toLowerCase(Locale.ROOT)));
    model.classes().ifPresent(classes -> facts.put("classes", classes));
    if (!model.labels().isEmpty()) {
      model.labels().forEach(facts.putArray("labels")::add);
    }
    model.dimensions().ifPresent(dimensions -> facts.put("dimensions", dimensions));
    model.maxTokens().ifPresent(tokens -> facts.put("max_tokens", tokens));
    model.trainedTokens().ifPresent(tokens -> facts.put("trained_tokens", tokens));
    if (!model.limits().isEmpty()) {
      model.limits().forEach(facts.putArray("limits")::add);
    }
  }

  private static void card(JsonNode card, ObjectNode facts) {
    facts.set("tasks", card.path("tasks"));
    facts.put("summary", card.path("summary").asText());
    facts.put("license", card.path("license").asText());
    JsonNode scores = card.path("scores");
    if (scores.isObject()) {
      facts.set("scores", scores);
      SCORES.stream()
          .filter(scores::has)
          .findFirst()
          .ifPresent(key ->
              facts.put(
                  "score",
                  String.format(
                      Locale.ROOT,
                      "%s %.3f (%s)",
                      key,
                      scores.path(key).asDouble(),
                      scores.path("split").asText("?"))));
    }
    if (card.has("calibration")) {
      facts.set("calibration", card.path("calibration"));
    }
  }

  private static long bytes(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      long bytes = 0;
      for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
        bytes += Files.size(file);
      }
      return bytes;
    }
  }
}
