package dev.gatun.router.port;

/** What the classifiers of whole texts can be asked. */
public enum TextTask {
  DOMAIN("domain"),
  FACT_CHECK("fact_check"),
  JAILBREAK("jailbreak"),
  MODALITY("modality"),
  USER_FEEDBACK("user_feedback");

  private final String word;

  TextTask(String word) {
    this.word = word;
  }

  /** The word by which models and people call it; that of the signal that asks. */
  public String word() {
    return word;
  }
}
