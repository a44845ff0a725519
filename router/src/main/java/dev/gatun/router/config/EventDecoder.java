package dev.gatun.router.config;

import dev.gatun.router.config.Node.Scalar;
import dev.gatun.router.model.Compatibility;
import dev.gatun.router.signal.Event;
import dev.gatun.router.signal.Event.Severity;
import dev.gatun.router.text.WordClass;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads {@code routing.signals.events}. */
final class EventDecoder {
  private EventDecoder() {}

  static List<Event> events(Section signals, Compatibility compatibility) {
    List<Event> events = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (Section section : signals.sections("events")) {
      Optional<String> name = name(section, names, compatibility);
      Event event =
          new Event(
              name.orElse(""),
              words(section, "event_types"),
              severities(section),
              words(section, "action_codes"),
              section.flag("temporal", false),
              window(section));
      if (isEmpty(event)) {
        section.warning(
            "name",
            "the event rule \"" + event.name() + "\" looks for nothing and never matches",
            "write event_types, severities, action_codes or temporal: true");
      }
      if (name.isPresent()) {
        events.add(event);
      }
    }
    return events;
  }

  /** v0.3 does not look whether a name is another's; both then speak under it. */
  private static Optional<String> name(
      Section section, Set<String> names, Compatibility compatibility) {
    Optional<String> known = section.text("name").filter(names::contains);
    if (compatibility == Compatibility.GATUN || known.isEmpty()) {
      return RuleNames.unchecked(section, names, "event rule");
    }
    section.warning(
        "name", "the event rule \"" + known.get() + "\" is declared twice", "rename one");
    return known;
  }

  private static boolean isEmpty(Event event) {
    return event.types().isEmpty()
        && event.severities().isEmpty()
        && event.actionCodes().isEmpty()
        && !event.temporal();
  }

  private static Duration window(Section rule) {
    if (rule.has("temporal_window") && !rule.flag("temporal", false)) {
      rule.warning("temporal_window", "it has no effect without temporal", "write temporal: true");
    }
    return rule.time("temporal_window").orElse(Event.DEFAULT_WINDOW);
  }

  private static List<String> words(Section rule, String key) {
    List<String> words = new ArrayList<>();
    for (Scalar scalar : rule.scalars(key)) {
      String word = scalar.text().strip();
      if (word.isEmpty()) {
        warn(rule, key, scalar, "an empty word is not looked for", "remove it");
        continue;
      }
      if (!isWordAt(word, 0) || !isWordAt(word, word.length() - 1)) {
        warn(
            rule,
            key,
            scalar,
            "\""
                + scalar.shown()
                + "\" begins or ends without a letter A to Z or a digit, so in running text it is"
                + " found only beside one",
            "for such words write a keyword rule");
      }
      words.add(word);
    }
    return words;
  }

  private static boolean isWordAt(String word, int index) {
    return WordClass.ASCII.isWord(word.charAt(index));
  }

  private static List<Severity> severities(Section rule) {
    Set<Severity> severities = new LinkedHashSet<>();
    List<String> known = Arrays.stream(Severity.values()).map(Severity::word).toList();
    for (Scalar scalar : rule.scalars("severities")) {
      Optional<Severity> severity = Severity.of(scalar.text());
      severity.ifPresent(severities::add);
      if (severity.isEmpty()) {
        warn(
            rule,
            "severities",
            scalar,
            "\"" + scalar.shown() + "\" is no severity and is left out",
            Report.didYouMean(scalar.text(), known, "write one of " + String.join(", ", known)));
      }
    }
    rule.word("severity_at_least")
        .flatMap(Severity::of)
        .ifPresent(least -> severities.addAll(least.andWorse()));
    return List.copyOf(severities);
  }

  private static void warn(Section rule, String key, Scalar at, String message, String hint) {
    rule.report().warning(at.position(), rule.path() + "." + key, message, hint);
  }
}
