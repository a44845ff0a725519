package dev.gatun.router.signal;

import dev.gatun.router.model.Compatibility;
import dev.gatun.router.signal.Event.Severity;
import dev.gatun.router.text.LiteralAutomaton;
import dev.gatun.router.text.LiteralAutomaton.Literal;
import dev.gatun.router.text.Pattern;
import dev.gatun.router.text.WordClass;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** All words that event rules look for, found in one pass. Immutable and safe to share. */
final class EventWords {
  private static final List<String> URGENT =
      List.of("urgent", "immediate", "asap", "deadline", "now");
  private static final List<String> URGENT_PAIRS =
      List.of(
          "time sensitive",
          "time-sensitive",
          "timesensitive",
          "critical window",
          "critical-window",
          "criticalwindow");

  /** Upstream puts any character between the two words. */
  private static final String URGENT_PAIRS_UPSTREAM = "\\b(?:time.sensitive|critical.window)\\b";

  private final Map<String, Integer> ids = new HashMap<>();
  private final LiteralAutomaton automaton;
  private final Optional<Pattern> pairs;

  EventWords(List<Event> rules, Compatibility compatibility) {
    List<Literal> literals = new ArrayList<>();
    for (Event rule : rules) {
      rule.types().forEach(word -> add(word, literals));
      rule.actionCodes().forEach(word -> add(word, literals));
    }
    for (Severity severity : Severity.values()) {
      add(severity.word(), literals);
    }
    URGENT.forEach(word -> add(word, literals));
    pairs =
        switch (compatibility) {
          case GATUN -> Optional.empty();
          case UPSTREAM_0_3 -> Optional.of(Pattern.compile(URGENT_PAIRS_UPSTREAM, false));
        };
    if (pairs.isEmpty()) {
      URGENT_PAIRS.forEach(word -> add(word, literals));
    }
    automaton = new LiteralAutomaton(literals, true, WordClass.ASCII);
  }

  private void add(String word, List<Literal> literals) {
    String key = key(word);
    if (!ids.containsKey(key)) {
      literals.add(new Literal(ids.size(), key, true));
      ids.put(key, ids.size());
    }
  }

  private static String key(String word) {
    return word.toLowerCase(Locale.ROOT);
  }

  Seen in(String text) {
    BitSet found = new BitSet(ids.size());
    automaton.find(text, found);
    return new Seen(text, found);
  }

  /** What of it a text has. */
  final class Seen {
    private final String text;
    private final BitSet found;

    private Seen(String text, BitSet found) {
      this.text = text;
      this.found = found;
    }

    boolean type(Event rule) {
      return rule.types().stream().anyMatch(this::has);
    }

    boolean action(Event rule) {
      return rule.actionCodes().stream().anyMatch(this::has);
    }

    boolean severity(Severity severity) {
      return has(severity.word());
    }

    boolean urgency() {
      return URGENT.stream().anyMatch(this::has)
          || pairs
              .map(pattern -> pattern.occursIn(text))
              .orElseGet(() -> URGENT_PAIRS.stream().anyMatch(this::has));
    }

    private boolean has(String word) {
      Integer id = ids.get(key(word));
      return id != null && found.get(id);
    }
  }
}
