package dev.gatun.router.config;

import dev.gatun.router.config.Providers.ReasoningFamily;
import dev.gatun.router.config.Providers.ReasoningFamily.Kind;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads {@code providers.defaults.reasoning_families} (spec projections-decisions §8). */
final class FamilyDecoder {
  private static final String TYPE = "type";
  private static final String PARAMETER = "parameter";

  /** Members that every request has, or that are no text. */
  private static final List<String> TAKEN =
      List.of("model", "messages", "stream", "stream_options", "tools", "chat_template_kwargs");

  private FamilyDecoder() {}

  /** All declared families by name; empty where nothing can be told to their models. */
  static Map<String, Optional<ReasoningFamily>> families(Section defaults) {
    Map<String, Optional<ReasoningFamily>> families = new LinkedHashMap<>();
    defaults
        .named("reasoning_families")
        .forEach((name, section) -> families.put(name, family(section)));
    return families;
  }

  private static Optional<ReasoningFamily> family(Section section) {
    String type = section.text(TYPE).orElse("");
    Optional<Kind> kind = Kind.ofWord(type);
    if (kind.isEmpty()) {
      section.unnoticed(
          TYPE,
          "\"" + type + "\" is no type of reasoning family",
          Report.didYouMean(type, Kind.words(), "write one of " + String.join(", ", Kind.words())));
    }
    Optional<String> parameter = section.text(PARAMETER);
    if (parameter.isEmpty()) {
      section.unnoticed(
          PARAMETER,
          "nothing says which member of a request tells the models of this family to reason",
          "write for example enable_thinking, or reasoning_effort");
    }
    boolean isTaken =
        kind.filter(Kind::takesEffort).isPresent() && parameter.filter(TAKEN::contains).isPresent();
    if (isTaken) {
      section.error(
          PARAMETER,
          "requests have the member \"" + parameter.get() + "\" for something else",
          "write the one that takes an effort, such as reasoning_effort");
    }
    return kind.flatMap(known -> parameter.map(member -> new ReasoningFamily(known, member)));
  }
}
