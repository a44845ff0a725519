package dev.gatun.server.inference;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gatun.inference.InferenceException;
import dev.gatun.server.wire.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The {@link SelfTest} of the checker of answers as a whole, beside that of its adapter in {@value
 * SelfTest#FILE}: what the training code says of a few answers, by the network, the classifier and
 * what joins them.
 *
 * <p>The bounds are those of {@link SelfTest.Kind#PROBABILITIES}, tighter than those of the
 * adapter: only the classifier goes through the encoder, and the mean with the network, which does
 * not, halves what rounding moves. From scalar code to AVX-512 the largest difference is 1e-6 in
 * fp32, 0.003 in bf16 and 0.02 in int8, of chances near one half; the bounds are 10, 3 and 2.5
 * times that.
 *
 * @param exchanges whose answers are judged
 * @param answers those answers, with what is stored of each
 */
public record ExchangeTest(List<Exchange> exchanges, SelfTest answers) {
  private static final String EXCHANGES = "exchanges";

  /**
   * An answer beside its context.
   *
   * @param question may be empty
   */
  public record Exchange(String context, String question, String answer) {}

  public ExchangeTest {
    exchanges = List.copyOf(exchanges);
  }

  /**
   * The exchanges of a folder; empty when it has none.
   *
   * @throws InferenceException.Refused when the file is damaged
   */
  public static Optional<ExchangeTest> read(Path folder) {
    Path file = folder.resolve(SelfTest.FILE);
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    try {
      JsonNode root = Json.read(Files.readAllBytes(file));
      return root.has(EXCHANGES)
          ? Optional.of(read(folder, root.path(EXCHANGES)))
          : Optional.empty();
    } catch (IOException | IllegalArgumentException e) {
      throw SelfTest.damaged(folder, e);
    }
  }

  private static ExchangeTest read(Path folder, JsonNode nodes) {
    List<Exchange> exchanges = new ArrayList<>();
    List<double[]> values = new ArrayList<>();
    for (JsonNode node : nodes) {
      exchanges.add(
          new Exchange(text(node, "context"), text(node, "question"), text(node, "answer")));
      values.add(SelfTest.numbers(node.path("values")));
    }
    List<String> answers = exchanges.stream().map(Exchange::answer).toList();
    return new ExchangeTest(
        exchanges, new SelfTest(folder, SelfTest.Kind.PROBABILITIES, answers, values));
  }

  private static String text(JsonNode node, String name) {
    if (!node.path(name).isTextual()) {
      throw new IllegalArgumentException("an exchange without its " + name);
    }
    return node.path(name).textValue();
  }

  /** Runs a checker and refuses it when the results have drifted from those that are stored. */
  void require(GroundingChecker checker) {
    answers.require(run(checker));
  }

  /**
   * Judges every answer once more.
   *
   * @throws InferenceException when the engine fails
   */
  public SelfTest.Outcome run(GroundingChecker checker) {
    return answers.outcome(exchanges.stream().map(checker::probe).toList(), checker.precision());
  }
}
