package dev.gatun.router.config;

import dev.gatun.router.model.Compatibility;
import dev.gatun.router.signal.ContextSize;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** Reads {@code routing.signals.context}. */
final class ContextDecoder {
  private final Compatibility compatibility;

  ContextDecoder(Compatibility compatibility) {
    this.compatibility = compatibility;
  }

  List<ContextSize> sizes(Section signals) {
    List<ContextSize> sizes = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (Section section : signals.sections("context")) {
      Optional<String> name = RuleNames.unchecked(section, names, "context rule");
      OptionalLong min = bound(section, "min_tokens", 0);
      OptionalLong max = bound(section, "max_tokens", absentMax());
      if (min.isEmpty() || max.isEmpty()) {
        continue;
      }
      check(section, min.getAsLong(), max.getAsLong());
      name.ifPresent(n -> sizes.add(new ContextSize(n, min.getAsLong(), max.getAsLong())));
    }
    return sizes;
  }

  /** Upstream takes an upper bound that is not written for 0. */
  private long absentMax() {
    return switch (compatibility) {
      case GATUN -> ContextSize.OPEN;
      case UPSTREAM_0_3 -> 0;
    };
  }

  private OptionalLong bound(Section rule, String key, long absent) {
    Optional<String> written = rule.text(key).filter(text -> !text.isBlank());
    if (written.isEmpty()) {
      return OptionalLong.of(absent);
    }
    OptionalLong bound = ContextSize.bound(written.get());
    if (bound.isEmpty()) {
      report(
          rule,
          key,
          "a bound is a number of tokens such as 4096, 8K or 1.5M",
          "write digits, then perhaps K for thousands or M for millions");
    }
    return bound;
  }

  private void check(Section rule, long min, long max) {
    boolean isOpenUpstream = compatibility == Compatibility.UPSTREAM_0_3 && !rule.has("max_tokens");
    if (isOpenUpstream) {
      rule.warning(
          "max_tokens",
          "without max_tokens this rule can never match under compatibility: upstream-0.3",
          "write an upper bound");
    } else if (min > max) {
      report(
          rule,
          "min_tokens",
          "min_tokens is above max_tokens, so the rule can never match",
          "exchange them");
    }
  }

  private void report(Section rule, String key, String message, String hint) {
    switch (compatibility) {
      case GATUN -> rule.error(key, message, hint);
      case UPSTREAM_0_3 -> rule.warning(key, message, hint);
    }
  }
}
