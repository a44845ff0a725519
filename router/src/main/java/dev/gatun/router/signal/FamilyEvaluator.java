package dev.gatun.router.signal;

import dev.gatun.router.model.Audio;
import dev.gatun.router.model.Facts;
import dev.gatun.router.model.Image;
import dev.gatun.router.port.Answer;
import dev.gatun.router.port.Coverage;
import dev.gatun.router.port.Embedding;
import dev.gatun.router.port.LanguageModel;
import dev.gatun.router.port.Ports;
import dev.gatun.router.port.TextTask;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/** One family of a configuration, ready to be asked. Safe for use by many threads. */
@FunctionalInterface
public interface FamilyEvaluator {
  /**
   * Records what the family finds in a request.
   *
   * @param ports of this request: what several families ask about a text is computed once
   * @return tokens that a model read for it, or why the family could not answer
   */
  Answer<Coverage> evaluate(Facts facts, Ports ports, SignalHits.Recorder recorder);

  /** Texts whose vectors the family will ask for in any case; all families get them at once. */
  default List<String> embedded(Facts facts) {
    return List.of();
  }

  /** What the family will ask in any case; questions of all families about a text go together. */
  default List<Question> questions(Facts facts) {
    return List.of();
  }

  /** Texts in which the family will look for personal data in any case. */
  default List<String> searched(Facts facts) {
    return List.of();
  }

  /** Texts whose language the family will ask for in any case. */
  default List<String> told(Facts facts) {
    return List.of();
  }

  /** What the family will ask language models in any case. */
  default List<LanguageModel.Chat> chats(Facts facts) {
    return List.of();
  }

  /** Texts that the family will show its tool of another process in any case. */
  default List<String> shown(Facts facts) {
    return List.of();
  }

  /** Audio that the family will listen to in any case. */
  default List<Audio> spoken(Facts facts) {
    return List.of();
  }

  /** Images whose vectors the family will ask for in any case. */
  default List<Image> seen(Facts facts) {
    return List.of();
  }

  /** Texts whose vectors among images the family will ask for in any case. */
  default List<String> pictured(Facts facts) {
    return List.of();
  }

  /**
   * How sure it is of what it recorded, when that is not how sure it is of its surest match.
   *
   * @param recorded what {@link #evaluate} recorded
   */
  default OptionalDouble confidence(SignalHits.Recorder recorded) {
    return OptionalDouble.empty();
  }

  /** Whether it asks a model of another process, which takes longer than any encoder. */
  default boolean asksAnotherProcess() {
    return false;
  }

  /** Whether a request may be refused because the family could not answer. */
  default boolean mayRefuse() {
    return false;
  }

  /** A task of a classifier and a text. */
  record Question(String text, TextTask task) {}

  /** What an operator should know of how it was made ready, one line each. */
  default List<String> notices() {
    return List.of();
  }

  /** By rule the mean of what a text is compared with, as far as it is known. */
  default Map<String, Embedding> means() {
    return Map.of();
  }

  /** A family that cannot answer. */
  static FamilyEvaluator failing(String reason) {
    return (_, _, _) -> Answer.failed(reason);
  }
}
