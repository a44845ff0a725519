package dev.gatun.router.signal;

import dev.gatun.router.signal.Event.Severity;
import dev.gatun.router.text.JsonMembers;
import dev.gatun.router.text.JsonMembers.Member;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What JSON objects in a text say about an event, each member by its name: event_type, type or
 * event; severity, level or priority; action_code, code or action; timestamp, deadline or due.
 */
record EventRecord(
    List<String> types, List<Severity> severities, List<String> actions, List<Span> times) {
  private static final Set<String> TYPE = Set.of("event_type", "type", "event");
  private static final Set<String> SEVERITY = Set.of("severity", "level", "priority");
  private static final Set<String> ACTION = Set.of("action_code", "code", "action");
  private static final Set<String> TIME = Set.of("timestamp", "deadline", "due");

  private static final int DIGITS_MAX = 32;

  /** A number of seconds at or above this would be far beyond any event: its unit is a smaller. */
  private static final double SECONDS_BELOW = 1e11;

  /** From seconds to milliseconds, from these to microseconds, and so on. */
  private static final double STEP = 1e3;

  /** A moment, or the day that a date without a time is. */
  record Span(Instant from, Instant to) {
    /** Whether some moment of the span is at most this far from now. */
    boolean isNear(Instant now, Duration window) {
      return !now.isAfter(to.plus(window)) && !now.isBefore(from.minus(window));
    }
  }

  static EventRecord of(String text) {
    EventRecord found =
        new EventRecord(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    for (Member member : JsonMembers.in(text)) {
      String key = member.key();
      String value = member.value().strip();
      if (TYPE.contains(key)) {
        found.types.add(value);
      } else if (SEVERITY.contains(key)) {
        Severity.of(value).ifPresent(found.severities::add);
      } else if (ACTION.contains(key)) {
        found.actions.add(value);
      } else if (TIME.contains(key)) {
        span(value).ifPresent(found.times::add);
      }
    }
    return found;
  }

  /**
   * Reads ISO 8601, in UTC when it names no offset, or seconds, milli-, micro- or nanoseconds since
   * 1970.
   */
  private static Optional<Span> span(String value) {
    try {
      if (!value.isEmpty() && value.chars().allMatch(c -> c == '.' || (c >= '0' && c <= '9'))) {
        return number(value);
      }
      if (value.indexOf('T') < 0 && value.indexOf(' ') < 0) {
        Instant from = LocalDate.parse(value).atStartOfDay(ZoneOffset.UTC).toInstant();
        return Optional.of(new Span(from, from.plus(Duration.ofDays(1))));
      }
      return Optional.of(moment(dateTime(value.replace(' ', 'T'))));
    } catch (DateTimeException e) {
      // Not a time that anybody can compare; the words of the text still count.
      return Optional.empty();
    }
  }

  private static Instant dateTime(String value) {
    boolean hasOffset =
        value.endsWith("Z")
            || value.lastIndexOf('+') > 0
            || value.lastIndexOf('-') > value.indexOf('T');
    return hasOffset
        ? OffsetDateTime.parse(value).toInstant()
        : LocalDateTime.parse(value).toInstant(ZoneOffset.UTC);
  }

  private static Optional<Span> number(String value) {
    boolean isNumber = value.indexOf('.') == value.lastIndexOf('.') && !value.equals(".");
    if (!isNumber || value.length() > DIGITS_MAX) {
      return Optional.empty();
    }
    double seconds = Double.parseDouble(value);
    while (seconds >= SECONDS_BELOW) {
      seconds /= STEP;
    }
    return Optional.of(moment(Instant.ofEpochMilli((long) (seconds * 1e3))));
  }

  private static Span moment(Instant at) {
    return new Span(at, at);
  }
}
