package dev.gatun.server.inference;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gatun.inference.InferenceException;
import dev.gatun.router.grounding.Grounding;
import dev.gatun.router.grounding.GroundingNetwork;
import dev.gatun.router.grounding.Verdict;
import dev.gatun.server.models.HeadTensors;
import dev.gatun.server.models.ModelBuildException;
import dev.gatun.server.models.ModelCard;
import dev.gatun.server.wire.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds what parts of an answer its context does not support, with the embedded head. Safe for use
 * by many threads.
 */
public final class GroundingChecker {
  private static final String MODEL = TaskTrunk.model("hallucination");
  private static final int HIDDEN = GroundingNetwork.HIDDEN;
  private static final int WHOLE = GroundingNetwork.WHOLE;

  private final GroundingNetwork network;

  private GroundingChecker(GroundingNetwork network) {
    this.network = network;
  }

  /**
   * Reads the head.
   *
   * @throws InferenceException when a file is missing, changed or unusable
   */
  public static GroundingChecker open(ModelStore store) {
    Path folder = store.checked(MODEL);
    try {
      HeadTensors tensors = HeadTensors.read(folder.resolve("evidence.safetensors"));
      List<String> frequent = words(folder.resolve("words.json"));
      return new GroundingChecker(
          new GroundingNetwork(weights(tensors), frequent, verdict(store.card(MODEL))));
    } catch (IOException | ModelBuildException | IllegalArgumentException e) {
      throw new InferenceException.Refused(folder, "cannot be read; run ./gatun build", e);
    }
  }

  private static GroundingNetwork.Weights weights(HeadTensors tensors) {
    return new GroundingNetwork.Weights(
        tensors.rows("features", GroundingNetwork.FEATURES, HIDDEN),
        tensors.rows("whole", HIDDEN, WHOLE),
        tensors.rows("whole_bias", 1, HIDDEN)[0],
        tensors.rows("word", 1, HIDDEN)[0],
        tensors.rows("word_bias", 1, 1)[0][0],
        tensors.rows("answer", 1, HIDDEN + WHOLE)[0],
        tensors.rows("answer_bias", 1, 1)[0][0]);
  }

  private static List<String> words(Path file) throws IOException {
    List<String> words = new ArrayList<>();
    for (JsonNode word : Json.read(Files.readAllBytes(file))) {
      words.add(word.asText());
    }
    return words;
  }

  private static Verdict verdict(ModelCard card) {
    return new Verdict(
        card.threshold()
            .orElseThrow(() -> new IllegalArgumentException("the card has no threshold")),
        card.thresholds().getOrDefault("opens", 0.0),
        card.thresholds().getOrDefault("continues", 0.0));
  }

  /**
   * Compares an answer with its context; computed on the calling thread.
   *
   * @param question what was asked; may be empty
   */
  public Grounding check(String context, String question, String answer) {
    return network.check(context, question, answer);
  }
}
