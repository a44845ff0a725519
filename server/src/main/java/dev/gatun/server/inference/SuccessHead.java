package dev.gatun.server.inference;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gatun.server.models.HeadTensors;
import dev.gatun.server.models.ModelBuildException;
import dev.gatun.server.wire.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * How likely each of some language models answers a question right, by the question's sentence
 * vector, category and looks. {@code model-cards/selection/train.py} fits it.
 *
 * <p>With x = (vector, one element per category, looks, 1) and h = SiLU(H x), the chances are
 * sigmoid(O (h, x)). A question of unknown category has no category element set, as a share of the
 * questions had in training.
 *
 * @param models in the order of the chances
 * @param categories in the order of their elements; the last one stands for all others
 * @param looksMean what is subtracted from {@link QuestionLooks}
 * @param looksScale what they are divided by; more than 0
 * @param hidden H, [units][width + categories + looks + 1]
 * @param output O, [models][units + width + categories + looks + 1]
 */
@SuppressWarnings("ArrayRecordComponent") // handed over, not changed afterwards
record SuccessHead(
    List<String> models,
    List<String> categories,
    double[] looksMean,
    double[] looksScale,
    float[][] hidden,
    float[][] output) {
  private static final String SHAPE = "selection.json";
  private static final String WEIGHTS = "head.safetensors";

  /** Elements of the input that are neither of the vector nor of the category: looks and 1. */
  private static final int OTHERS = QuestionLooks.COUNT + 1;

  SuccessHead {
    models = List.copyOf(models);
    categories = List.copyOf(categories);
    if (models.isEmpty() || categories.isEmpty()) {
      throw new IllegalArgumentException(
          models.size() + " models, " + categories.size() + " categories");
    }
    if (looksMean.length != QuestionLooks.COUNT
        || looksScale.length != QuestionLooks.COUNT
        || !Arrays.stream(looksScale).allMatch(scale -> scale > 0)) {
      throw new IllegalArgumentException(
          "looks_mean "
              + Arrays.toString(looksMean)
              + ", looks_scale "
              + Arrays.toString(looksScale)
              + "; "
              + QuestionLooks.COUNT
              + " numbers each expected, scales above 0");
    }
    if (output.length != models.size() || output[0].length != hidden.length + hidden[0].length) {
      throw new IllegalArgumentException(
          output.length
              + " rows of "
              + output[0].length
              + " for "
              + models.size()
              + " models, "
              + hidden.length
              + " hidden units and an input of "
              + hidden[0].length);
    }
  }

  /**
   * Reads a folder.
   *
   * @param width elements of a sentence vector
   * @throws ModelBuildException when a file is damaged or contradicts another
   */
  static SuccessHead read(Path folder, int width) throws IOException {
    JsonNode shape = Json.read(Files.readAllBytes(folder.resolve(SHAPE)));
    List<String> models = texts(shape.path("models"));
    List<String> categories = texts(shape.path("categories"));
    int units = shape.path("hidden").asInt();
    int input = width + categories.size() + OTHERS;
    HeadTensors tensors = HeadTensors.read(folder.resolve(WEIGHTS));
    try {
      return new SuccessHead(
          models,
          categories,
          numbers(shape.path("looks_mean")),
          numbers(shape.path("looks_scale")),
          tensors.rows("hidden", units, input),
          tensors.rows("output", models.size(), units + input));
    } catch (IllegalArgumentException wrong) {
      throw new ModelBuildException(
          folder.resolve(SHAPE).toString(),
          String.valueOf(wrong.getMessage()),
          "run ./gatun build",
          wrong);
    }
  }

  private static List<String> texts(JsonNode array) {
    return array.valueStream().map(JsonNode::asText).toList();
  }

  private static double[] numbers(JsonNode array) {
    return array.valueStream().mapToDouble(JsonNode::asDouble).toArray();
  }

  /**
   * The chance of every model.
   *
   * @param vector of the question, of unit length
   * @param category one of {@link #categories}; any other counts as the last of them
   * @param looks of the question
   */
  double[] chances(float[] vector, Optional<String> category, double[] looks) {
    double[] x = input(vector, category, looks);
    double[] all = new double[hidden.length + x.length];
    System.arraycopy(x, 0, all, hidden.length, x.length);
    for (int unit = 0; unit < hidden.length; unit++) {
      double sum = dot(hidden[unit], x);
      all[unit] = sum * sigmoid(sum);
    }
    double[] chances = new double[output.length];
    for (int model = 0; model < chances.length; model++) {
      chances[model] = sigmoid(dot(output[model], all));
    }
    return chances;
  }

  private double[] input(float[] vector, Optional<String> category, double[] looks) {
    double[] x = new double[hidden[0].length];
    if (vector.length + categories.size() + OTHERS != x.length) {
      throw new IllegalArgumentException(
          "a vector of " + vector.length + " elements for an input of " + x.length);
    }
    for (int i = 0; i < vector.length; i++) {
      x[i] = vector[i];
    }
    if (category.isPresent()) {
      int known = categories.indexOf(category.get());
      x[vector.length + (known < 0 ? categories.size() - 1 : known)] = 1;
    }
    int place = vector.length + categories.size();
    for (int i = 0; i < QuestionLooks.COUNT; i++) {
      x[place + i] = (looks[i] - looksMean[i]) / looksScale[i];
    }
    x[x.length - 1] = 1;
    return x;
  }

  private static double dot(float[] weights, double[] x) {
    double sum = 0;
    for (int i = 0; i < x.length; i++) {
      sum += weights[i] * x[i];
    }
    return sum;
  }

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }
}
