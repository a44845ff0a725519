package dev.gatun.router.config;

import dev.gatun.router.model.Compatibility;
import dev.gatun.router.model.Secret;
import dev.gatun.router.port.Answer;
import dev.gatun.router.port.LanguageModel.Limits;
import dev.gatun.router.port.ModelRole;
import dev.gatun.router.signal.Guard;
import dev.gatun.router.signal.GuardParser;
import dev.gatun.router.signal.GuardParser.Verdict;
import dev.gatun.router.signal.Preference;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * A model of another process that helps to route.
 *
 * @param name for messages and logs
 * @param provider as the file calls it
 * @param target whose path prefix is part of {@code path}
 * @param path of the endpoint that the role asks, beginning with {@code /}
 * @param model the name its server knows it by
 * @param timeout of a whole answer, waiting for a free place included; more than 0
 * @param authHeader header that carries the key
 * @param authValue the whole value of that header, when there is a key
 * @param reading of the replies of a guard
 */
public record ExternalModel(
    ModelRole role,
    String name,
    String provider,
    Target target,
    String path,
    String model,
    Duration timeout,
    String authHeader,
    Optional<Secret> authValue,
    Limits limits,
    Reading reading) {
  /** How long a model has unless the file says otherwise (spec signals §15). */
  public static final Duration TIMEOUT = Duration.ofSeconds(30);

  /**
   * How a guard is asked and read.
   *
   * @param threshold from which grade a text is an attack, for rules that do not say; above 1 none
   *     is
   * @param template see {@link Guard}
   */
  public record Reading(GuardParser parser, OptionalDouble threshold, Optional<String> template) {}

  /** The address of its endpoint. */
  public String address() {
    return target.origin() + path;
  }

  /** Whether a reply of a language model says what one of this role is asked. */
  public boolean understands(String reply) {
    return switch (role) {
      case GUARDRAIL ->
          reading.parser.parse(reply, Compatibility.GATUN) instanceof Answer.Known<Verdict>;
      case PREFERENCE -> Preference.Choice.read(reply) instanceof Answer.Known<Preference.Choice>;
      case CLASSIFICATION, SCORING, MEMORY_REWRITE, MEMORY_EXTRACTION -> false;
      case TRANSCRIPTION, AUDIO_EMBEDDING, IMAGE_EMBEDDING -> false;
    };
  }

  /** The model as a guard. */
  Guard guard() {
    return new Guard(reading.parser, reading.template, limits);
  }
}
