package dev.gatun.router.signal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.router.model.Compatibility;
import dev.gatun.router.model.Conversation;
import dev.gatun.router.model.Facts;
import dev.gatun.router.model.Message;
import dev.gatun.router.model.Role;
import dev.gatun.router.port.Ports;
import dev.gatun.router.signal.Event.Found;
import dev.gatun.router.signal.Event.Severity;
import dev.gatun.router.text.JsonMembers;
import dev.gatun.router.text.JsonMembers.Member;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class EventTest {
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final Duration WINDOW = Event.DEFAULT_WINDOW;
  private static final Event PAYMENT =
      new Event(
          "payment",
          List.of("payment failed", "chargeback"),
          List.of(Severity.CRITICAL, Severity.HIGH),
          List.of("E-42"),
          true,
          Event.DEFAULT_WINDOW);

  @Test
  void confidenceIsTheShareOfCriteria() {
    assertEquals(0.625, found("a Chargeback again").confidence());
    assertEquals(1.0, found("urgent: chargeback, HIGH, code E-42").confidence());
    assertTrue(all("chargebacks are highly unlikely", Compatibility.GATUN).isEmpty());
  }

  @Test
  void urgentPairsMayBeJoined() {
    for (String text : List.of("time sensitive", "Time-Sensitive", "timesensitive")) {
      assertTrue(found(text).temporal(), text);
    }
    assertTrue(all("time_sensitive", Compatibility.GATUN).isEmpty());
    assertEquals(1, all("time_sensitive", Compatibility.UPSTREAM_0_3).size());
    assertTrue(all("timesensitive", Compatibility.UPSTREAM_0_3).isEmpty());
  }

  @Test
  void recordsAreComparedFirst() {
    Found found =
        found("{\"type\": \"PAYMENT FAILED\", \"level\": \" High \", \"code\": \"e-42\"}");
    assertEquals(0.875, found.confidence());
    assertEquals(Optional.of(Severity.HIGH), found.severity());
  }

  @Test
  void whatARecordSaysDecidesAndWordsCountForTheRest() {
    Event severe = new Event("e", List.of(), List.of(Severity.HIGH), List.of(), false, WINDOW);
    String mild = "{\"severity\": \"low\", \"message\": \"not a high matter\"}";
    assertTrue(all(severe, mild, Compatibility.GATUN).isEmpty());
    assertEquals(1, all(severe, mild, Compatibility.UPSTREAM_0_3).size());
    assertEquals(1, all(severe, mild.replace("low", "unheard"), Compatibility.GATUN).size());
    Event outage = new Event("e", List.of("outage"), List.of(), List.of("E42"), false, WINDOW);
    String greeting = "{\"type\": \"greeting\", \"message\": \"no outage, no E42\"}";
    assertEquals(0.75, all(outage, greeting, Compatibility.GATUN).getFirst().confidence());
    String other = greeting.replace("type\": ", "code\": \"E1\", \"type\": ");
    assertTrue(all(outage, other, Compatibility.GATUN).isEmpty());
    Event urgent = new Event("e", List.of(), List.of(), List.of(), true, WINDOW);
    String far = "urgent {\"due\": \"2027-03-01T12:00:00Z\"}";
    assertTrue(all(urgent, far, Compatibility.GATUN).isEmpty());
  }

  @Test
  void namesAndSyntaxOfRecordsAreNoWords() {
    Event urgent = new Event("e", List.of("a b"), List.of(), List.of("null"), true, WINDOW);
    for (String text :
        List.of(
            "{\"deadline\": \"2027-03-01\"}",
            "{\"now\": {\"asap\": 1}}",
            "{\"x\": \"a\", \"y\": \"b\"}")) {
      assertTrue(all(urgent, text, Compatibility.GATUN).isEmpty(), text);
    }
    for (String text :
        List.of(
            "{\"note\": \"urgent\"}",
            "{\"note\": \"soon\\nnow\"}",
            "{\"x\": 1} now",
            "now {\"x\": 1",
            "{note} \"urgent",
            "{\"urgent",
            "{a b}",
            "{\"x\": \"a b\"}")) {
      assertEquals(1, all(urgent, text, Compatibility.GATUN).size(), text);
    }
  }

  @Test
  void aTimeNearNowIsUrgent() {
    for (String time :
        List.of(
            "\"2026-03-02T11:59:00Z\"",
            "\"2026-03-01T20:00:00+09:00\"",
            "\"2026-03-01 13:00:00\"",
            "\"2026-03-02\"",
            "1772370000",
            "1772370000000",
            "1772370000.1234567",
            "1772370000123.25",
            "1772370000123456",
            "1772370000123456789")) {
      assertTrue(found("see {\"due\": " + time + "}").temporal(), time);
    }
    for (String time :
        List.of("\"2026-03-02T12:00:01Z\"", "\"2026-03-05\"", "\"soon\"", "17", "\"1.2.3\"")) {
      assertTrue(all("{\"due\": " + time + "}", Compatibility.GATUN).isEmpty(), time);
    }
  }

  @Test
  void theWindowIsConfigurable() {
    Event narrow = new Event("e", List.of(), List.of(), List.of(), true, Duration.ofMinutes(5));
    String text = "{\"deadline_note\": 1, \"timestamp\": \"2026-03-01T12:04:00Z\"}";
    assertEquals(1, all(narrow, text, Compatibility.GATUN).size());
    assertTrue(all(narrow, text.replace(":04:", ":06:"), Compatibility.GATUN).isEmpty());
    assertTrue(all(narrow, text, Compatibility.UPSTREAM_0_3).isEmpty());
  }

  @Test
  void severitiesHaveAnOrder() {
    assertEquals(List.of(Severity.CRITICAL, Severity.HIGH), Severity.HIGH.andWorse());
    assertEquals(Optional.of(Severity.LOW), Severity.of(" Low"));
    assertEquals(Optional.empty(), Severity.of("bogus"));
  }

  @Test
  void metadataIsReadAndValuesAreRecorded() {
    Conversation conversation =
        new Conversation(
            List.of(Message.of(Role.USER, "please look")),
            List.of(),
            "{\"severity\":\"critical\",\"due\":\"2026-03-01T13:00:00Z\"}");
    Ports ports = Ports.none().withClock(InstantSource.fixed(NOW));
    SignalHits.Recorder recorder = new SignalHits.Recorder(SignalTable.of(PAYMENT.outputs()));
    evaluator(PAYMENT, Compatibility.GATUN).evaluate(Facts.of(conversation), ports, recorder);
    assertEquals(
        Map.of(
            new SignalKey(Family.EVENT, "payment:severity"), 3.0,
            new SignalKey(Family.EVENT, "payment:temporal"), 1.0),
        recorder.finish().values());
  }

  @Test
  void membersAreFoundInAnyText() {
    String text =
        "Say {this}: {\"A\": \"x\\n\\u0041\", \"n\": {\"b\": -1.5e3}, \"l\": [1, \"c\"],"
            + " \"t\": true}"
            + " and {\"late\": \"yes\", \"open";
    assertEquals(
        List.of(
            new Member("a", "x\nA"),
            new Member("b", "-1.5e3"),
            new Member("t", "true"),
            new Member("late", "yes")),
        JsonMembers.in(text));
    assertEquals(List.of(), JsonMembers.in("\"a\": 1"));
    assertEquals(List.of(), JsonMembers.in("{".repeat(10_000) + "\"\\u"));
  }

  private static Found found(String text) {
    return all(text, Compatibility.GATUN).getFirst();
  }

  private static List<Found> all(String text, Compatibility compatibility) {
    return all(PAYMENT, text, compatibility);
  }

  private static List<Found> all(Event rule, String text, Compatibility compatibility) {
    return evaluator(rule, compatibility).find(text, text, NOW);
  }

  private static Event.Evaluator evaluator(Event rule, Compatibility compatibility) {
    return new Event.Evaluator(List.of(rule), compatibility);
  }
}
