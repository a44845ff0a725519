package dev.gatun.server.models;

import dev.gatun.inference.Family;
import dev.gatun.inference.ModelInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A published model that configurations name. What is empty is not known; {@code
 * model-cards/known/schema.json} says what each fact means.
 *
 * @param name that configurations use
 * @param repository {@code OWNER/NAME} on the hub
 * @param revision the commit to take
 * @param digests of files, SHA-256 in hexadecimal digits
 * @param task what it is asked
 * @param classes rows of its classifier
 * @param labels names of the classes, in no order
 * @param dimensions components of its vectors
 * @param maxTokens positions of the trunk
 * @param trainedTokens longest text that its head has seen in training
 * @param limits what not to rely on
 */
public record KnownModel(
    String name,
    Optional<String> repository,
    Optional<String> revision,
    Map<String, String> digests,
    Optional<String> task,
    Optional<Family> family,
    OptionalInt classes,
    List<String> labels,
    OptionalInt dimensions,
    OptionalInt maxTokens,
    OptionalInt trainedTokens,
    List<String> limits) {

  public KnownModel {
    if (name.isEmpty()) {
      throw new IllegalArgumentException("a known model has a name");
    }
    if (repository.isEmpty() && (revision.isPresent() || !digests.isEmpty())) {
      throw new IllegalArgumentException(name + ": a revision or digests of no repository");
    }
    if (!labels.isEmpty() && classes.isPresent() && labels.size() != classes.getAsInt()) {
      throw new IllegalArgumentException(
          name + ": " + labels.size() + " labels of " + classes.getAsInt() + " classes");
    }
    digests = Map.copyOf(digests);
    labels = List.copyOf(labels);
    limits = List.copyOf(limits);
  }

  /** The same facts under another name. */
  KnownModel named(String other) {
    return new KnownModel(
        other,
        repository,
        revision,
        digests,
        task,
        family,
        classes,
        labels,
        dimensions,
        maxTokens,
        trainedTokens,
        limits);
  }

  /** What a loaded model is otherwise than this one, in words; empty when it can be this one. */
  public List<String> differences(ModelInfo info) {
    List<String> found = new ArrayList<>();
    family
        .filter(known -> known != info.family())
        .ifPresent(
            known -> found.add("its family is " + word(info.family()) + ", not " + word(known)));
    if (classes.isPresent() && classes.getAsInt() != info.labels()) {
      found.add("it has " + info.labels() + " classes, not " + classes.getAsInt());
    }
    if (dimensions.isPresent() && dimensions.getAsInt() != info.embeddingSize()) {
      found.add(
          "its vectors have " + info.embeddingSize() + " components, not " + dimensions.getAsInt());
    }
    if (maxTokens.orElse(0) > info.positionsMax()) {
      found.add("it reads " + info.positionsMax() + " tokens, not " + maxTokens.getAsInt());
    }
    return found;
  }

  private static String word(Family family) {
    return family.name().toLowerCase(Locale.ROOT);
  }
}
