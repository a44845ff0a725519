package dev.gatun.router.signal;

import java.util.List;

/** One declared rule of a signal family: what is looked for, and by which name it is known. */
public sealed interface SignalRule
    permits Complexity,
        ContextSize,
        ConversationShape,
        Domain,
        EmbeddingRule,
        Event,
        FactCheck,
        Jailbreak,
        KbRule,
        Keyword,
        Language,
        Modality,
        Pii,
        Preference,
        Reask,
        RoleBinding,
        Structure,
        UserFeedback {
  Family family();

  /** As declared. */
  String name();

  /** Every name by which conditions and projections may refer to what the rule finds. */
  default List<SignalKey> outputs() {
    return List.of(new SignalKey(family(), name()));
  }

  /** Whether it compares texts by their sentence vectors. */
  default boolean comparesTexts() {
    return false;
  }
}
