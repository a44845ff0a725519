package dev.gatun.router.signal;

import dev.gatun.router.model.Compatibility;
import dev.gatun.router.model.Facts;
import dev.gatun.router.port.Answer;
import dev.gatun.router.port.Coverage;
import dev.gatun.router.port.Ports;
import dev.gatun.router.text.JsonMembers;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A rule that looks for what happened, how bad it is, which code it has, and whether it is urgent.
 *
 * @param name unique among event rules
 * @param types names of events, compared without case
 * @param severities from which one must be found
 * @param actionCodes compared without case
 * @param temporal whether urgency is looked for
 * @param window how near a time must be to be urgent
 */
public record Event(
    String name,
    List<String> types,
    List<Severity> severities,
    List<String> actionCodes,
    boolean temporal,
    Duration window)
    implements SignalRule {
  public static final Duration DEFAULT_WINDOW = Duration.ofHours(24);

  /** Confidence of a rule of which nothing would be satisfied. */
  private static final double BASE = 0.5;

  public Event {
    types = List.copyOf(types);
    severities = List.copyOf(severities);
    actionCodes = List.copyOf(actionCodes);
  }

  /** How bad, the mildest first. */
  public enum Severity {
    LOW(0),
    MEDIUM(1),
    HIGH(2),
    CRITICAL(3);

    private static final List<Severity> WORST_FIRST = List.of(CRITICAL, HIGH, MEDIUM, LOW);

    private final int level;

    Severity(int level) {
      this.level = level;
    }

    /** The severity of this name, whatever its case and the blanks around it. */
    public static Optional<Severity> of(String word) {
      String name = word.strip().toUpperCase(Locale.ROOT);
      return Arrays.stream(values()).filter(s -> s.name().equals(name)).findFirst();
    }

    /** This and all worse ones, the worst first. */
    public List<Severity> andWorse() {
      return WORST_FIRST.stream().filter(s -> s.level >= level).toList();
    }

    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Override
  public Family family() {
    return Family.EVENT;
  }

  public SignalKey key() {
    return new SignalKey(Family.EVENT, name);
  }

  private int criteria() {
    return (types.isEmpty() ? 0 : 1)
        + (severities.isEmpty() ? 0 : 1)
        + (actionCodes.isEmpty() ? 0 : 1)
        + (temporal ? 1 : 0);
  }

  /**
   * A rule that matched.
   *
   * @param confidence 0.5 to 1, by the share of criteria satisfied
   * @param severity the first of the rule's that was found
   */
  public record Found(
      Event rule, double confidence, Optional<Severity> severity, boolean temporal) {}

  /** All event rules of a configuration, compiled together. Immutable and safe to share. */
  public static final class Evaluator implements FamilyEvaluator {
    private final List<Event> rules;
    private final EventWords words;
    private final Compatibility compatibility;

    public Evaluator(List<Event> rules, Compatibility compatibility) {
      this.rules = List.copyOf(rules);
      this.compatibility = compatibility;
      words = new EventWords(rules, compatibility);
    }

    @Override
    public Answer<Coverage> evaluate(Facts facts, Ports ports, SignalHits.Recorder recorder) {
      String records = facts.currentUser() + " " + facts.conversation().metadata();
      for (Found found : find(facts.evaluationText(), records, ports.clock().instant())) {
        String name = found.rule.name;
        recorder.match(found.rule.key(), found.confidence);
        found.severity.ifPresent(severity ->
            recorder.value(new SignalKey(Family.EVENT, name + ":severity"), value(severity)));
        if (found.temporal) {
          recorder.value(new SignalKey(Family.EVENT, name + ":temporal"), 1);
        }
      }
      return Answer.of(Coverage.NONE);
    }

    private double value(Severity severity) {
      return switch (compatibility) {
        case GATUN -> severity.level;
        case UPSTREAM_0_3 -> 1;
      };
    }

    /**
     * The rules that match, in declaration order.
     *
     * @param text searched for words
     * @param records searched for JSON objects, which {@code upstream-0.3} does not read
     * @param now what times in the records are compared with
     */
    public List<Found> find(String text, String records, Instant now) {
      boolean isRead = compatibility == Compatibility.GATUN;
      EventRecord event = EventRecord.of(isRead ? records : "");
      EventWords.Seen seen = words.in(isRead ? JsonMembers.prose(text) : text);
      return rules.stream().flatMap(rule -> find(rule, seen, event, now).stream()).toList();
    }

    /** What a record says decides; words count for what it does not say. */
    private static Optional<Found> find(
        Event rule, EventWords.Seen seen, EventRecord event, Instant now) {
      boolean type = event.types().isEmpty() ? seen.type(rule) : isAny(rule.types, event.types());
      boolean action =
          event.actions().isEmpty() ? seen.action(rule) : isAny(rule.actionCodes, event.actions());
      List<Severity> said = event.severities();
      Optional<Severity> severity =
          rule.severities.stream()
              .filter(s -> said.isEmpty() ? seen.severity(s) : said.contains(s))
              .findFirst();
      boolean temporal =
          rule.temporal
              && (event.times().isEmpty()
                  ? seen.urgency()
                  : event.times().stream().anyMatch(t -> t.isNear(now, rule.window)));
      int satisfied =
          (type ? 1 : 0) + (action ? 1 : 0) + (severity.isPresent() ? 1 : 0) + (temporal ? 1 : 0);
      double confidence = BASE + (1 - BASE) * satisfied / Math.max(1, rule.criteria());
      return satisfied == 0
          ? Optional.empty()
          : Optional.of(new Found(rule, confidence, severity, temporal));
    }

    private static boolean isAny(List<String> wanted, List<String> found) {
      return wanted.stream().anyMatch(w -> found.stream().anyMatch(w::equalsIgnoreCase));
    }
  }
}
