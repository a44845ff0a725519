package dev.gatun.router.signal;

import dev.gatun.router.port.TextTask;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Kinds of evidence that a rule may name: the 18 signal families and the outputs of projections.
 */
public enum Family {
  AUTHZ("authz", "role_bindings"),
  COMPLEXITY("complexity", "complexity"),
  CONTEXT("context", "context"),
  CONVERSATION("conversation", "conversation"),
  DOMAIN("domain", "domains"),
  EMBEDDING("embedding", "embeddings"),
  EVENT("event", "events"),
  FACT_CHECK("fact_check", "fact_check"),
  JAILBREAK("jailbreak", "jailbreak"),
  KB("kb", "kb"),
  KEYWORD("keyword", "keywords"),
  LANGUAGE("language", "language"),
  MODALITY("modality", "modality"),
  PII("pii", "pii"),
  PREFERENCE("preference", "preferences"),
  REASK("reask", "reasks"),
  STRUCTURE("structure", "structure"),
  USER_FEEDBACK("user_feedback", "user_feedbacks"),
  PROJECTION("projection", "projections");

  private final String type;
  private final String configKey;

  Family(String type, String configKey) {
    this.type = type;
    this.configKey = configKey;
  }

  /** The word written as {@code type} of a condition. */
  public String type() {
    return type;
  }

  /** The key that declares its rules under {@code routing.signals}. */
  public String configKey() {
    return configKey;
  }

  /** What a family that reads classifiers of texts asks them; empty for all others. */
  public Optional<TextTask> task() {
    return Arrays.stream(TextTask.values()).filter(task -> task.word().equals(type)).findFirst();
  }

  /** Whether it reads the text of a request, not its size, its turns or who asks. */
  public boolean readsText() {
    return switch (this) {
      case AUTHZ, CONTEXT, CONVERSATION, REASK, PROJECTION -> false;
      case COMPLEXITY, DOMAIN, EMBEDDING, EVENT, FACT_CHECK, JAILBREAK, KB, KEYWORD -> true;
      case LANGUAGE, MODALITY, PII, PREFERENCE, STRUCTURE, USER_FEEDBACK -> true;
    };
  }

  /** What it costs to ask a family, from the cheapest to the dearest. */
  public enum Cost {
    /** Microseconds: what the request says is compared with what rules say. */
    RULES,
    /** Tables of character sequences. */
    TABLES,
    /** One run of an encoder over the text, whose vector all families share. */
    VECTORS,
    /** One run of an encoder that all classifiers share. */
    CLASSIFIERS,
    /** A run of an encoder over every turn, with an answer for each of its words. */
    WORDS,
    /** A language model of another process writes an answer. */
    ANSWERS
  }

  /** What it costs to ask it, unless a language model answers for it. */
  public Cost cost() {
    return switch (this) {
      case AUTHZ, CONTEXT, CONVERSATION, EVENT, KEYWORD, STRUCTURE, PROJECTION -> Cost.RULES;
      case LANGUAGE -> Cost.TABLES;
      case COMPLEXITY, EMBEDDING, KB, PREFERENCE, REASK -> Cost.VECTORS;
      case DOMAIN, FACT_CHECK, JAILBREAK, MODALITY, USER_FEEDBACK -> Cost.CLASSIFIERS;
      case PII -> Cost.WORDS;
    };
  }

  /** Whether it asks models, which can fail and take long; all others are done in microseconds. */
  public boolean asksModels() {
    return cost() != Cost.RULES;
  }

  /** Finds a family by the {@code type} of a condition, ignoring case and outer blanks. */
  public static Optional<Family> ofType(String type) {
    String word = type.strip().toLowerCase(Locale.ROOT);
    return Arrays.stream(values()).filter(f -> f.type.equals(word)).findFirst();
  }

  public static List<String> types() {
    return Arrays.stream(values()).map(Family::type).toList();
  }
}
