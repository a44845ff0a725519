package dev.gatun.router;

import static dev.gatun.router.Cases.at;
import static dev.gatun.router.Cases.flag;
import static dev.gatun.router.Cases.has;
import static dev.gatun.router.Cases.items;
import static dev.gatun.router.Cases.number;
import static dev.gatun.router.Cases.text;
import static dev.gatun.router.Cases.texts;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gatun.router.Cases.Case;
import dev.gatun.router.config.ConfigDecoder;
import dev.gatun.router.config.DecodeOptions;
import dev.gatun.router.config.Decoded;
import dev.gatun.router.config.Documents;
import dev.gatun.router.config.Node;
import dev.gatun.router.config.Position;
import dev.gatun.router.model.Compatibility;
import dev.gatun.router.model.Identity;
import dev.gatun.router.model.TurnCounts;
import dev.gatun.router.signal.ContextSize;
import dev.gatun.router.signal.ConversationShape;
import dev.gatun.router.signal.Event;
import dev.gatun.router.signal.RoleBinding;
import dev.gatun.router.signal.SignalHits;
import dev.gatun.router.signal.SignalRule;
import dev.gatun.router.signal.SignalRules;
import dev.gatun.router.signal.SignalTable;
import dev.gatun.router.signal.Structure;
import dev.gatun.router.text.TextUnits;
import dev.gatun.router.text.TokenEstimate;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The cases of v0.3 for signals that need no model, under {@code compatibility: upstream-0.3}. */
class RuleSignalConformanceTest {
  private static final Position AT = new Position("case", 1, 1);
  private static final double EXACT = 1e-9;

  @TestFactory
  Stream<DynamicTest> structures() throws IOException {
    return tests(
        "structure.jsonl",
        c -> {
          switch (c.kind()) {
            case "structure.match" -> structureMatch(c);
            case "structure.table" -> structureTable(c);
            default -> throw new AssertionError("no test for " + c.kind());
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> units() throws IOException {
    return tests(
        "text.jsonl",
        c -> {
          if (c.kind().equals("text.units")) {
            int units = TextUnits.count(text(c.input(), "text"));
            assertEquals(number(c.expect(), "units"), units);
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> contexts() throws IOException {
    return tests(
        "context.jsonl",
        c -> {
          switch (c.kind()) {
            case "context.match" -> contextMatch(c);
            case "context.parse_bound" -> {
              OptionalLong bound = ContextSize.bound(text(c.input(), "value"));
              assertEquals(flag(c.expect(), "error"), bound.isEmpty());
              bound.ifPresent(tokens -> assertEquals((long) number(c.expect(), "tokens"), tokens));
            }
            case "context.estimate" ->
                assertEquals(
                    (long) number(c.expect(), "tokens"),
                    TokenEstimate.UNCALIBRATED.tokens(text(c.input(), "text")));
            default -> throw new AssertionError("no test for " + c.kind());
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> conversations() throws IOException {
    return tests(
        "conversation.jsonl",
        c -> {
          List<ConversationShape> rules =
              rules("conversation", c.input("rules")).of(ConversationShape.class);
          SignalHits.Recorder recorder = recorder(rules);
          new ConversationShape.Evaluator(rules, Compatibility.UPSTREAM_0_3)
              .evaluate(counts(c.input("facts")), recorder);
          SignalHits hits = recorder.finish();
          assertEquals(texts(at(c.expect(), "matched")), names(hits));
          Node values = at(at(c.expect(), "values"), "$same");
          for (SignalHits.Hit hit : hits.matched()) {
            double expected = number(values, hit.key().toString());
            assertEquals(expected, hits.values().getOrDefault(hit.key(), 0.0));
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> events() throws IOException {
    return tests(
        "event.jsonl",
        c -> {
          List<Event> rules = rules("events", c.input("rules")).of(Event.class);
          String text = text(c.input(), "text");
          List<Event.Found> found =
              new Event.Evaluator(rules, Compatibility.UPSTREAM_0_3)
                  .find(text, text, Instant.EPOCH);
          List<Node> expected = items(at(c.expect(), "matches"));
          assertEquals(expected.size(), found.size());
          for (int i = 0; i < expected.size(); i++) {
            Node want = expected.get(i);
            Event.Found got = found.get(i);
            assertEquals(text(want, "rule"), got.rule().name());
            assertEquals(number(want, "confidence"), got.confidence(), EXACT);
            String severity = got.severity().map(Event.Severity::word).orElse("");
            assertEquals(text(want, "severity"), severity);
            assertEquals(flag(want, "temporal"), got.temporal());
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> roles() throws IOException {
    return tests(
        "authz.jsonl",
        c -> {
          switch (c.kind()) {
            case "authz.match" -> roles(c);
            case "authz.build" -> {
              Decoded decoded = decode("role_bindings", c.input("bindings"), Compatibility.GATUN);
              assertEquals(flag(c.expect(), "ok"), decoded.config().isPresent());
            }
            default -> throw new AssertionError("no test for " + c.kind());
          }
        });
  }

  private static void roles(Case c) {
    List<RoleBinding> bindings = rules("role_bindings", c.input("bindings")).of(RoleBinding.class);
    Identity identity = new Identity(text(c.input(), "user"), texts(c.input("groups")));
    SignalHits.Recorder recorder = recorder(bindings);
    new RoleBinding.Evaluator(bindings, false, Compatibility.UPSTREAM_0_3)
        .evaluate(identity, recorder);
    SignalHits hits = recorder.finish();
    assertEquals(flag(c.expect(), "error"), hits.denial().isPresent());
    assertEquals(texts(at(c.expect(), "roles")), names(hits));
  }

  private static void contextMatch(Case c) {
    List<ContextSize> rules = rules("context", c.input("rules")).of(ContextSize.class);
    TokenEstimate estimate = TokenEstimate.UNCALIBRATED;
    long tokens =
        has(c.input(), "text")
            ? estimate.tokens(text(c.input(), "text"))
            : estimate.tokens((long) number(c.input(), "byte_length"));
    assertEquals((long) number(c.expect(), "tokens"), tokens);
    List<String> matched =
        new ContextSize.Evaluator(rules, Compatibility.UPSTREAM_0_3)
            .matching(tokens).stream().map(ContextSize::name).toList();
    assertEquals(texts(at(c.expect(), "matched")), matched);
  }

  /** Counts as the cases write them; upstream takes every tool result for a cycle. */
  private static TurnCounts counts(Node facts) {
    return new TurnCounts(
        (int) number(facts, "user_message_count"),
        (int) number(facts, "assistant_message_count"),
        (int) number(facts, "system_message_count"),
        flag(facts, "has_developer_message") ? 1 : 0,
        (int) number(facts, "tool_message_count"),
        (int) number(facts, "tool_definition_count"),
        (int) number(facts, "assistant_tool_call_count"),
        (int) number(facts, "tool_result_count"));
  }

  private static SignalHits.Recorder recorder(List<? extends SignalRule> rules) {
    return new SignalHits.Recorder(
        SignalTable.of(rules.stream().flatMap(rule -> rule.outputs().stream()).toList()));
  }

  private static List<String> names(SignalHits hits) {
    return hits.matched().stream().map(hit -> hit.key().name()).toList();
  }

  private static void structureMatch(Case c) {
    List<Structure.Measured> matches =
        structures(c.input("rules")).measure(text(c.input(), "text")).stream()
            .filter(Structure.Measured::matched)
            .toList();
    List<Node> expected = items(at(c.expect(), "matches"));
    assertEquals(expected.size(), matches.size());
    for (int i = 0; i < expected.size(); i++) {
      assertEquals(text(expected.get(i), "rule"), matches.get(i).rule().name());
      assertMeasured(expected.get(i), matches.get(i));
    }
  }

  private static void structureTable(Case c) {
    Node rules = new Node.Sequence(AT, List.of(c.input("rule")));
    List<String> probes = texts(c.input("texts"));
    for (int i = 0; i < probes.size(); i++) {
      Node expected = items(at(c.expect(), "results")).get(i);
      List<Structure.Measured> measured = structures(rules).measure(probes.get(i));
      boolean matched = measured.stream().anyMatch(Structure.Measured::matched);
      assertEquals(flag(expected, "matched"), matched, probes.get(i));
      assertEquals(has(expected, "value"), !measured.isEmpty(), probes.get(i));
      measured.forEach(m -> assertMeasured(expected, m));
    }
  }

  private static void assertMeasured(Node expected, Structure.Measured measured) {
    assertEquals(number(expected, "value"), measured.value(), EXACT);
    assertEquals(number(expected, "confidence"), measured.confidence(), EXACT);
  }

  private static Structure.Evaluator structures(Node rules) {
    return new Structure.Evaluator(
        rules("structure", rules).of(Structure.class), Compatibility.UPSTREAM_0_3);
  }

  private static Stream<DynamicTest> tests(String file, Consumer<Case> check) throws IOException {
    return Cases.of("cases/unit/" + file).stream()
        .map(c -> DynamicTest.dynamicTest(c.id(), () -> check.accept(c)));
  }

  private static SignalRules rules(String key, Node rules) {
    Decoded decoded = decode(key, rules, Compatibility.UPSTREAM_0_3);
    return decoded
        .config()
        .orElseThrow(() -> new AssertionError(Documents.render(decoded.diagnostics())))
        .routing()
        .signals();
  }

  private static Decoded decode(String key, Node rules, Compatibility compatibility) {
    return ConfigDecoder.decode(
        mapping("routing", mapping("signals", mapping(key, rules))),
        new DecodeOptions(false, Optional.of(compatibility), variable -> Optional.empty()));
  }

  private static Node.Mapping mapping(String key, Node value) {
    return new Node.Mapping(AT, List.of(new Node.Entry(AT, key, value)));
  }
}
