package dev.gatun.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.inference.InferenceException;
import dev.gatun.inference.Labels;
import dev.gatun.inference.Precision;
import dev.gatun.server.inference.DetectedLanguages;
import dev.gatun.server.inference.ModelStore;
import dev.gatun.server.models.KnownModel;
import dev.gatun.server.models.ModelBuildException;
import dev.gatun.server.models.ModelCard;
import dev.gatun.server.models.ModelFiles;
import dev.gatun.server.wire.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** What is known of a model folder without loading it: its card, its size, its digest. */
final class ModelFacts {
  private static final String CARD = "card.yaml";

  /** The first of these that a card states is the score of a line. */
  private static final List<String> SCORES =
      List.of("auroc", "spearman", "span_f1", "macro_f1", "accuracy", "sentences", "recall_at_1");

  /** Of a model that compares: how many pairs it finds when it may be wrong so often. */
  private static final String FOUND = "_at_false_positives";

  private static final String FALSE_POSITIVES = "0.05";

  private ModelFacts() {}

  /** The facts of a folder, those of its card when it has one. */
  static ObjectNode of(String name, Path folder) {
    ObjectNode facts = Json.object().put("name", name).put("path", folder.toString());
    try {
      facts.put("bytes", bytes(folder));
      if (Files.isRegularFile(folder.resolve(CARD))) {
        card(ModelCard.tree(folder.resolve(CARD)), facts);
      }
      ModelStore.weights(folder).ifPresent(digest -> facts.put("digest", "sha256:" + digest));
      if (!facts.has("labels") && ModelFiles.encodes(folder)) {
        labels(Labels.read(folder).names(), facts);
      }
    } catch (IOException | ModelBuildException | InferenceException e) {
      facts.put("problem", String.valueOf(e.getMessage()));
    }
    return facts;
  }

  /**
   * Where and in what a model computes. The table of languages is no encoder: it is read as it is
   * stored, in any precision of the others.
   *
   * @param precision of encoders
   */
  static void computed(ObjectNode facts, String precision) {
    boolean isTable = facts.path("name").asText().equals(DetectedLanguages.MODEL);
    facts.put("precision", isTable ? Precision.FP32.word() : precision).put("backend", "cpu");
  }

  /** Adds size and digest of every file that the digests of a folder name. */
  static ObjectNode files(Path folder, ObjectNode facts) {
    Path digests = folder.resolve("digests.json");
    ObjectNode files = facts.putObject("files");
    try {
      if (Files.isRegularFile(digests)) {
        JsonNode named = Json.read(Files.readAllBytes(digests)).path("files");
        for (Map.Entry<String, JsonNode> file : named.properties()) {
          files
              .putObject(file.getKey())
              .put("bytes", Files.size(folder.resolve(file.getKey())))
              .put("sha256", file.getValue().asText());
        }
      }
      return facts;
    } catch (IOException e) {
      throw new Failure(ExitStatus.FAILED, folder + " cannot be read: " + e.getMessage(), e);
    }
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
    if (!facts.has("labels") && !model.labels().isEmpty()) {
      model.labels().forEach(facts.putArray("labels")::add);
    }
    model.dimensions().ifPresent(dimensions -> facts.put("dimensions", dimensions));
    model.maxTokens().ifPresent(tokens -> facts.put("max_tokens", tokens));
    model.trainedTokens().ifPresent(tokens -> facts.put("trained_tokens", tokens));
    if (!model.limits().isEmpty()) {
      model.limits().forEach(facts.putArray("limits")::add);
    }
  }

  private static void labels(List<String> names, ObjectNode facts) {
    if (!names.isEmpty()) {
      names.forEach(facts.putArray("labels")::add);
    }
  }

  private static void card(JsonNode card, ObjectNode facts) {
    if (card.has("tasks")) {
      facts.set("tasks", card.path("tasks"));
    }
    labels(card.path("labels").valueStream().map(l -> l.path("name").asText()).toList(), facts);
    facts.put("summary", card.path("summary").asText());
    facts.put("license", card.path("license").asText());
    if (card.path("scores").isObject()) {
      scores(card.path("scores"), facts);
    } else if (card.path("measured").isObject()) {
      facts.set("measured", card.path("measured"));
      measured(card.path("measured")).ifPresent(scores -> scores(scores, facts));
    }
    if (card.has("calibration")) {
      facts.set("calibration", card.path("calibration"));
    }
  }

  /** Of what was measured in several ways, the first with a score, as {@code scores} has it. */
  private static Optional<ObjectNode> measured(JsonNode measured) {
    return measured.properties().stream()
        .filter(part -> score(part.getKey(), part.getValue()).isPresent())
        .findFirst()
        .map(part -> {
          ObjectNode scores = Json.object().put("split", part.getKey());
          return scores.setAll((ObjectNode) part.getValue());
        });
  }

  private static void scores(JsonNode scores, ObjectNode facts) {
    facts.set("scores", scores);
    score(scores.path("split").asText("?"), scores).ifPresent(score -> facts.put("score", score));
  }

  private static Optional<String> score(String split, JsonNode scores) {
    if (split.endsWith(FOUND) && scores.has(FALSE_POSITIVES)) {
      return Optional.of(
          String.format(
              Locale.ROOT,
              "recall %.3f (wrong %s)",
              scores.path(FALSE_POSITIVES).asDouble(),
              FALSE_POSITIVES));
    }
    return SCORES.stream()
        .filter(scores::has)
        .findFirst()
        .map(key ->
            String.format(Locale.ROOT, "%s %.3f (%s)", key, scores.path(key).asDouble(), split));
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
