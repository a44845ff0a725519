package dev.gatun.router.port;

/**
 * A tool of another process that tells what a text is about (spec signals §20.5). Implementations
 * are safe for use by many threads, bound how long an answer may take and how large it may be, and
 * never throw.
 */
@FunctionalInterface
public interface DomainTool {
  /**
   * What a text is about, by labels of the domain classifier or names of rules.
   *
   * @return one label alone when the tool does not say how likely the others are
   */
  Answer<Distribution> classify(String text);

  /** No tool: every question is answered with a failure. */
  static DomainTool none() {
    return _ -> Answer.failed("no tool that tells domains is configured");
  }
}
