package dev.gatun.router.signal;

import java.util.List;

/** The declared rules of all families, those of one family in the order of the file. */
public record SignalRules(List<SignalRule> all) {
  public SignalRules {
    all = List.copyOf(all);
  }

  public static SignalRules none() {
    return new SignalRules(List.of());
  }

  /** Those of one kind. */
  public <R extends SignalRule> List<R> of(Class<R> kind) {
    return all.stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  /** Everything that conditions may name. */
  public List<SignalKey> outputs() {
    return all.stream().flatMap(rule -> rule.outputs().stream()).toList();
  }
}
