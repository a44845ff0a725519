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
import dev.gatun.router.signal.SignalRules;
import dev.gatun.router.signal.Structure;
import dev.gatun.router.text.TextUnits;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
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
    return new Structure.Evaluator(rules("structure", rules).of(Structure.class));
  }

  private static Stream<DynamicTest> tests(String file, Consumer<Case> check) throws IOException {
    return Cases.of("cases/unit/" + file).stream()
        .map(c -> DynamicTest.dynamicTest(c.id(), () -> check.accept(c)));
  }

  private static SignalRules rules(String key, Node rules) {
    Decoded decoded = decode(key, rules);
    return decoded
        .config()
        .orElseThrow(() -> new AssertionError(Documents.render(decoded.diagnostics())))
        .routing()
        .signals();
  }

  private static Decoded decode(String key, Node rules) {
    return ConfigDecoder.decode(
        mapping("routing", mapping("signals", mapping(key, rules))),
        new DecodeOptions(
            false, Optional.of(Compatibility.UPSTREAM_0_3), variable -> Optional.empty()));
  }

  private static Node.Mapping mapping(String key, Node value) {
    return new Node.Mapping(AT, List.of(new Node.Entry(AT, key, value)));
  }
}
