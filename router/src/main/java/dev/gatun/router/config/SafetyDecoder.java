package dev.gatun.router.config;

import dev.gatun.router.model.Compatibility;
import dev.gatun.router.pii.PersonalPattern;
import dev.gatun.router.pii.PersonalTypes;
import dev.gatun.router.signal.Calibration;
import dev.gatun.router.signal.DetectorSettings;
import dev.gatun.router.signal.Jailbreak;
import dev.gatun.router.signal.Jailbreak.Method;
import dev.gatun.router.signal.OnError;
import dev.gatun.router.signal.Pii;
import dev.gatun.router.signal.SignalRule;
import dev.gatun.router.text.Pattern;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/** Reads {@code routing.signals.jailbreak} and {@code routing.signals.pii}. */
final class SafetyDecoder {
  private static final List<String> METHODS = List.of("classifier", "contrastive", "hybrid");

  private final Compatibility compatibility;
  private final DetectorSettings detectors;

  SafetyDecoder(Compatibility compatibility, DetectorSettings detectors) {
    this.compatibility = compatibility;
    this.detectors = detectors;
  }

  List<SignalRule> rules(Section signals) {
    List<SignalRule> rules = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (Section section : signals.sections("jailbreak")) {
      jailbreak(section, RuleNames.unchecked(section, names, "jailbreak rule"))
          .ifPresent(rules::add);
    }
    names.clear();
    for (Section section : signals.sections("pii")) {
      pii(section, RuleNames.unchecked(section, names, "pii rule")).ifPresent(rules::add);
    }
    return rules;
  }

  private Optional<SignalRule> jailbreak(Section section, Optional<String> name) {
    Method method = method(section);
    List<String> attacks = section.texts("jailbreak_patterns");
    List<String> harmless = section.texts("benign_patterns");
    patterns(section, method, attacks, harmless);
    OptionalDouble threshold = threshold(section, method);
    Optional<Calibration> calibration = Calibrations.of(section, Jailbreak.lead(threshold));
    if (calibration.isPresent() && method == Method.CLASSIFIER) {
      section.warning(
          "calibration",
          "the classifier's probabilities are calibrated already",
          "remove it, or write method: contrastive or hybrid");
    }
    return name.map(n ->
        new Jailbreak(
            n,
            section.text("description").orElse(""),
            method,
            threshold,
            section.flag("include_history", false),
            attacks,
            harmless,
            calibration,
            onError(section)));
  }

  /** Both ways of a hybrid rule have one threshold: its own, or that of the module. */
  private OptionalDouble threshold(Section section, Method method) {
    OptionalDouble written = section.real("threshold");
    return written.isEmpty() && method == Method.HYBRID
        ? OptionalDouble.of(detectors.jailbreak().threshold())
        : written;
  }

  /** Upstream knows the exact word contrastive, and takes every other for the classifier. */
  private Method method(Section section) {
    String method = section.text("method").orElse("classifier");
    return switch (method) {
      case "classifier" -> Method.CLASSIFIER;
      case "contrastive" -> Method.CONTRASTIVE;
      case "hybrid" ->
          switch (compatibility) {
            case GATUN -> Method.HYBRID;
            case UPSTREAM_0_3 -> Method.CLASSIFIER;
          };
      default -> {
        section.warning(
            "method",
            "the method \"" + method + "\" is read as classifier",
            Report.didYouMean(method, METHODS, "write one of " + String.join(", ", METHODS)));
        yield Method.CLASSIFIER;
      }
    };
  }

  private static void patterns(
      Section section, Method method, List<String> attacks, List<String> harmless) {
    if (method != Method.CLASSIFIER) {
      if (attacks.isEmpty()) {
        section.warning(
            "jailbreak_patterns",
            "without jailbreak_patterns a comparison can never match",
            "list texts that are attacks");
      }
    } else if (!attacks.isEmpty() || !harmless.isEmpty()) {
      section.warning(
          attacks.isEmpty() ? "benign_patterns" : "jailbreak_patterns",
          "the classifier does not look at patterns",
          "write method: hybrid, or remove them");
    }
  }

  private static Optional<SignalRule> pii(Section section, Optional<String> name) {
    List<PersonalPattern> patterns = patterns(section);
    allowed(section, patterns);
    return name.map(n ->
        new Pii(
            n,
            section.text("description").orElse(""),
            section.real("threshold").orElse(0),
            section.texts("pii_types_allowed"),
            section.flag("include_history", false),
            patterns,
            onError(section),
            section.has("on_error")));
  }

  private static void allowed(Section section, List<PersonalPattern> patterns) {
    List<String> known = new ArrayList<>(PersonalTypes.ALL);
    patterns.stream()
        .map(PersonalPattern::type)
        .filter(type -> !known.contains(type))
        .forEach(known::add);
    for (Node.Scalar scalar : section.scalars("pii_types_allowed")) {
      String type = scalar.text();
      if (known.stream().noneMatch(type::equalsIgnoreCase)) {
        section
            .report()
            .warning(
                scalar.position(),
                section.path() + ".pii_types_allowed",
                "\"" + scalar.shown() + "\" is no type of personal data that is looked for",
                PersonalPattern.builtIn(type, Optional.empty())
                    .map(form -> "write " + form.type())
                    .orElseGet(() ->
                        Report.didYouMean(
                            type.toUpperCase(Locale.ROOT),
                            known,
                            "known are " + String.join(", ", known))));
      }
    }
  }

  private static List<PersonalPattern> patterns(Section rule) {
    List<PersonalPattern> patterns = new ArrayList<>();
    for (Section section : rule.sections("patterns")) {
      Optional<String> regex = section.text("regex");
      Optional<String> builtIn = section.text("builtin");
      if (regex.isPresent() == builtIn.isPresent()) {
        section.error(
            regex.isPresent() ? "regex" : "type",
            "a pattern is either a regex or a builtin",
            "write one of regex: and builtin:");
      } else if (builtIn.isPresent()) {
        builtIn(section, builtIn.get()).ifPresent(patterns::add);
      } else {
        regex(section, regex.get()).ifPresent(patterns::add);
      }
    }
    return patterns;
  }

  private static Optional<PersonalPattern> builtIn(Section section, String name) {
    Optional<PersonalPattern> pattern = PersonalPattern.builtIn(name, section.text("type"));
    if (pattern.isEmpty()) {
      List<String> names = PersonalPattern.builtInNames();
      section.error(
          "builtin",
          "\"" + name + "\" is no builtin pattern",
          Report.didYouMean(name, names, "write one of " + String.join(", ", names)));
    }
    return pattern;
  }

  private static Optional<PersonalPattern> regex(Section section, String regex) {
    Optional<String> type = section.text("type");
    if (type.isEmpty()) {
      section.error("type", "a regex does not say what it finds", "write type:");
    }
    try {
      Pattern pattern = Pattern.compile(regex, true);
      return type.map(t -> PersonalPattern.of(t, pattern));
    } catch (IllegalArgumentException e) {
      section.error("regex", String.valueOf(e.getMessage()), "write a pattern in RE2 syntax");
      return Optional.empty();
    }
  }

  private static OnError onError(Section section) {
    return section
        .word("on_error")
        .map(word -> OnError.valueOf(word.toUpperCase(Locale.ROOT)))
        .orElse(OnError.MATCH);
  }
}
