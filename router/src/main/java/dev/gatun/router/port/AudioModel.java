package dev.gatun.router.port;

import dev.gatun.router.model.Audio;
import java.util.Optional;

/**
 * What the core asks about what is said aloud (spec signals §20.1). Implementations are safe for
 * use by many threads, bound how long an answer may take and how large it may be, and never throw.
 */
public interface AudioModel {
  /** What was said. */
  Answer<Heard> hear(Audio audio);

  /**
   * By what the texts are embedded that vectors of audio are compared with; empty for one that
   * answers in words, which any sentence encoder reads.
   */
  default Optional<Embeddings> texts() {
    return Optional.empty();
  }

  /** The same for one tenant; see {@link Encoders#forTenant}. */
  default AudioModel forTenant(String tenant) {
    return this;
  }

  /** What was said, in one of two forms. */
  sealed interface Heard {
    /**
     * Its words.
     *
     * @param text blank when nothing was said
     */
    record Words(String text) implements Heard {}

    /** Where it lies among the texts that {@link AudioModel#texts} embeds. */
    record Vector(Embedding embedding) implements Heard {}
  }

  /** No model: every question is answered with a failure. */
  static AudioModel none() {
    return _ -> Answer.failed("no model with the role transcription or audio_embedding is there");
  }
}
