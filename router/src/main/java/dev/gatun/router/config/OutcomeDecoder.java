package dev.gatun.router.config;

import dev.gatun.router.signal.FactCheck;
import dev.gatun.router.signal.Language;
import dev.gatun.router.signal.Modality;
import dev.gatun.router.signal.SignalRule;
import dev.gatun.router.signal.UserFeedback;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeSet;

/**
 * Reads the families whose rules name an answer of a detector: fact_check, language, modality,
 * user_feedback.
 */
final class OutcomeDecoder {
  /** The code of both forms together, which nobody tells. */
  private static final String NORWEGIAN = "no";

  private OutcomeDecoder() {}

  static List<SignalRule> rules(Section signals) {
    List<SignalRule> rules = new ArrayList<>();
    rules.addAll(
        named(
            signals,
            "fact_check",
            List.of(FactCheck.NEEDED, FactCheck.NOT_NEEDED),
            (name, section) -> new FactCheck(name, description(section))));
    rules.addAll(languages(signals));
    rules.addAll(
        named(
            signals,
            "modality",
            Modality.NAMES,
            (name, section) -> new Modality(name, description(section))));
    rules.addAll(
        named(
            signals,
            "user_feedbacks",
            UserFeedback.LABELS,
            (name, section) -> new UserFeedback(name, description(section))));
    return rules;
  }

  /** Makes a rule of its name and its section. */
  @FunctionalInterface
  private interface Rule {
    SignalRule of(String name, Section section);
  }

  private static List<SignalRule> named(
      Section signals, String key, Collection<String> known, Rule rule) {
    String family = key.equals("user_feedbacks") ? "user_feedback" : key;
    List<SignalRule> rules = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (Section section : signals.sections(key)) {
      Optional<String> name = RuleNames.unchecked(section, names, family + " rule");
      boolean anyCase = key.equals("modality");
      name.filter(n -> !known.contains(anyCase ? n.toUpperCase(Locale.ROOT) : n))
          .ifPresent(n -> neverMatches(section, n, family, known));
      name.ifPresent(n -> rules.add(rule.of(n, section)));
    }
    return rules;
  }

  private static void neverMatches(
      Section section, String name, String family, Collection<String> known) {
    section.warning(
        "name",
        "the " + family + " rule \"" + name + "\" can never match",
        Report.didYouMean(name, known, "the detector says one of " + String.join(", ", known)));
  }

  private static List<SignalRule> languages(Section signals) {
    List<SignalRule> rules = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (Section section : signals.sections("language")) {
      Optional<String> name = RuleNames.unchecked(section, names, "language rule");
      name.filter(n -> !Language.CODES.contains(n)).ifPresent(n -> noCode(section, n));
      OptionalDouble threshold = section.real("threshold");
      name.ifPresent(n -> rules.add(new Language(n, description(section), threshold)));
    }
    return rules;
  }

  private static void noCode(Section section, String name) {
    String code = name.toLowerCase(Locale.ROOT).replaceFirst("[-_].*", "");
    section.warning(
        "name",
        "the language rule \""
            + name
            + "\" can never match: it is no ISO 639-1 code of a language that is told apart",
        code.equals(NORWEGIAN)
            ? "write nb or nn"
            : Language.CODES.contains(code)
                ? "write \"" + code + "\""
                : "write one of " + String.join(", ", new TreeSet<>(Language.CODES)));
  }

  private static String description(Section section) {
    return section.text("description").orElse("");
  }
}
