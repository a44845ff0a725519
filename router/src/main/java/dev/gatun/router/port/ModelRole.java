package dev.gatun.router.port;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What a language model of another process is there for. */
public enum ModelRole {
  GUARDRAIL("guardrail"),
  CLASSIFICATION("classification"),
  SCORING("scoring"),
  PREFERENCE("preference"),
  MEMORY_REWRITE("memory_rewrite"),
  MEMORY_EXTRACTION("memory_extraction"),
  TRANSCRIPTION("transcription"),
  AUDIO_EMBEDDING("audio_embedding"),
  IMAGE_EMBEDDING("image_embedding");

  private final String word;

  ModelRole(String word) {
    this.word = word;
  }

  /** The word of a configuration. */
  public String word() {
    return word;
  }

  /** Finds a role by its word. */
  public static Optional<ModelRole> ofWord(String word) {
    return Arrays.stream(values()).filter(role -> role.word.equals(word)).findFirst();
  }

  public static List<String> words() {
    return Arrays.stream(values()).map(ModelRole::word).toList();
  }
}
