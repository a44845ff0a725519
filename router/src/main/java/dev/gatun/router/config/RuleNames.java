package dev.gatun.router.config;

import java.util.Optional;
import java.util.Set;

/** Names of rules: every rule has one, and no other of its family the same. */
final class RuleNames {
  private RuleNames() {}

  /**
   * The name of a rule; empty when it has none of its own, which is reported.
   *
   * @param names of the rules before it; the name is added
   */
  static Optional<String> next(Section section, Set<String> names, String family) {
    return unique(section, names, family + " rule");
  }

  /** The same of something that is no rule, such as a score. */
  static Optional<String> unique(Section section, Set<String> names, String thing) {
    return name(section, names, thing, section::error, section::error);
  }

  /** The same where v0.3 does not compare names; there the first of that name is the one. */
  static Optional<String> unchecked(Section section, Set<String> names, String thing) {
    return name(section, names, thing, section::error, section::unnoticed);
  }

  /** The same where v0.3 asks for names, and compares them, only when it starts. */
  static Optional<String> atStart(Section section, Set<String> names, String thing) {
    return name(section, names, thing, section::atStart, section::atStart);
  }

  private static Optional<String> name(
      Section section, Set<String> names, String thing, Told missing, Told repeated) {
    Optional<String> name = section.text("name");
    if (name.isEmpty()) {
      missing.at("name", "a " + thing + " needs a name", "write a name");
    } else if (!names.add(name.get())) {
      String message = "the " + thing + " \"" + name.get() + "\" is declared twice";
      repeated.at("name", message, "rename one");
      return Optional.empty();
    }
    return name;
  }

  /** How a problem is told. */
  private interface Told {
    void at(String key, String message, String hint);
  }
}
