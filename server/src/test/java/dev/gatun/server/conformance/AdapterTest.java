package dev.gatun.server.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.router.model.Compatibility;
import dev.gatun.server.wire.Json;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class AdapterTest {
  private static final String CONDITIONS =
      """
      [{"type": "Keyword", "name": "a"},
       {"operator": "NOT", "conditions": [{"type": "context", "name": "long"}]},
       {"type": "telepathy", "name": "x"}]
      """;

  private static final String REASONING = "request.reasoning";

  private final Adapter upstream = new Adapter(Compatibility.UPSTREAM_0_3);
  private final Adapter ours = new Adapter(Compatibility.GATUN);

  @Test
  void anUnknownKindIsUnsupported() {
    JsonNode answer = upstream.answer(request("astrology.predict", "{}"));

    assertEquals("c", answer.path("id").asText());
    assertTrue(answer.path("unsupported").asBoolean());
    assertFalse(answer.has("output"));
  }

  @Test
  void theIdComesBackAsItWas() {
    ObjectNode request = request("text.levenshtein", "{}");
    request.put("id", 7);

    assertEquals(7, upstream.answer(request).path("id").intValue());
  }

  @Test
  void distancesAreThoseOfSmallLetters() {
    assertEquals(0, distance("οδοσ", "ΟΔΟΣ"));
    assertEquals(1, distance("ΟΔΟΣ", "οδος"));
    assertEquals(8, distance("İstanbul", ""));
  }

  private int distance(String a, String b) {
    String input = "{\"a\": \"" + a + "\", \"b\": \"" + b + "\"}";
    return output("text.levenshtein", input).path("distance").intValue();
  }

  @Test
  void aConfigurationIsLoadedOrSaidWhyNot() {
    assertTrue(output("config.load", "{\"yaml\": \"routing: {}\"}").path("ok").asBoolean());
    JsonNode broken = output("config.load", "{\"yaml\": \"routing: {decisions: 3, x: [1}\"}");
    assertFalse(broken.path("ok").asBoolean(true));
    assertTrue(broken.path("error").asText().contains("case.yaml:1:"), broken.toString());
  }

  @Test
  void aBindingWithoutARoleIsLoadedUnderUpstreamButNothingStartsWithIt() {
    String binding =
        "{\"name\": \"b\", \"role\": \"%s\","
            + " \"subjects\": [{\"kind\": \"User\", \"name\": \"root\"}]}";
    String roleless = binding.formatted("");
    String bindings = "{\"bindings\": [" + roleless + "]}";
    assertFalse(output("authz.build", bindings).path("ok").asBoolean(true));
    String whole = "{\"bindings\": [" + binding.formatted("r") + "]}";
    assertTrue(output("authz.build", whole).path("ok").asBoolean());
    String yaml = "routing: {signals: {role_bindings: [" + roleless + "]}}";
    String load = Json.object().put("yaml", yaml).toString();
    assertTrue(output("config.load", load).path("ok").asBoolean());
    assertFalse(ours.answer(request("config.load", load)).at("/output/ok").asBoolean(true));
  }

  @Test
  void aModelIsToldToReason() {
    String input =
        """
        {"body": {"model": "m", "messages": [], "reasoning_effort": "high"},
         "enabled": %s, "decision": "d", "default_effort": "",
         "decisions": [{"name": "d", "modelRefs": [{"model": "m", "reasoning_effort": "low"}]}],
         "families": {"f": {"type": "%s", "parameter": "p"}}, "model_families": {"%s": "f"},
         "profile": {"type": "openai", "base_url": "%s"}}
        """;
    String flag = "chat_template_kwargs";
    String effort = "reasoning_effort";
    assertEquals("{\"p\":true}", template(output(REASONING, input.formatted(true, flag, "m", ""))));
    assertEquals(
        "{\"p\":\"low\"}", template(output(REASONING, input.formatted(true, effort, "m", ""))));
    JsonNode atOpenAi =
        output(REASONING, input.formatted(true, effort, "m", "https://api.openai.com/v1"));
    assertEquals("low", atOpenAi.at("/body/p").asText(), atOpenAi.toString());
    String untold = input.formatted(false, flag, "another", "");
    assertFalse(output(REASONING, untold).path("body").has(effort));
    assertEquals(
        "high", ours.answer(request(REASONING, untold)).at("/output/body/" + effort).asText());
    assertEquals("{}", output(REASONING, "{\"body\": {}}").path("body").toString());
    assertTrue(output(REASONING, "{\"body\": \"no json\"}").has("error"));
  }

  private static String template(JsonNode output) {
    return output.at("/body/chat_template_kwargs").toString();
  }

  @Test
  void tokensAreReadAndPriced() {
    String usage =
        "{\"prompt_tokens\": 10, \"completion_tokens\": %s, \"prompt_tokens_details\":"
            + " {\"cached_tokens\": 99}}";
    JsonNode read = output("usage.parse", "{\"body\": {\"usage\": " + usage.formatted("7") + "}}");
    assertEquals(10, read.path("prompt_tokens").asInt());
    assertEquals(10, read.path("cached_tokens").asInt(), "no more than there are");
    assertEquals(7, read.path("completion_tokens").asInt());
    assertTrue(read.path("cached_reported").asBoolean());
    JsonNode none =
        output("usage.parse", "{\"body\": {\"usage\": " + usage.formatted("\"7\"") + "}}");
    assertEquals(0, none.path("prompt_tokens").asInt(), "a count that is a text");
    assertFalse(none.path("cached_reported").asBoolean());

    String priced =
        """
        {"prompt_tokens": 1000, "cached_tokens": 400, "completion_tokens": 10, "pricing": {%s}}
        """;
    assertEquals(
        0.00148,
        output(
                "usage.cost",
                priced.formatted(
                    "\"prompt_per_1m\": 2, \"completion_per_1m\": 8, \"cached_input_per_1m\": 0.5"))
            .path("cost")
            .asDouble(),
        1e-12);
    assertTrue(output("usage.cost", priced.formatted("")).has("error"));
  }

  /** Spec projections §2 and §12.9: what a score may say, and what upstream makes of it. */
  @Test
  void scoresAreComputedAsTheyAreWritten() {
    String keyword = "\"type\": \"keyword\", \"name\": \"k\"";
    assertScore(0, 1, "", keyword + ", \"weight\": 1, \"match\": 0, \"miss\": 7");
    assertScore(1, 1, "\"clip\": {\"min\": 0, \"max\": 1},", keyword + ", \"weight\": 5");
    assertScore(1, 1, "\"normalize\": \"sum_abs_weights\",", keyword + ", \"weight\": 5");
    String when = ", \"when\": {\"type\": \"keyword\", \"name\": \"j\"}";
    assertScore(0, 0, "", keyword + ", \"weight\": 5" + when);
    assertScore(2, 2, "", keyword + ", \"weight\": 2, \"value_source\": \"confidence\"");
  }

  private void assertScore(double expected, double before, String score, String input) {
    String written =
        """
        {"projections": {"scores": [{"name": "s", %s "method": "weighted_sum", "inputs": [{%s}]}],
          "mappings": [{"name": "m", "source": "s", "outputs": [{"name": "o", "gte": 0}]}]},
         "signals": {"matched": {"keyword": ["k"]}, "confidences": {}}}
        """
            .formatted(score, input);
    assertEquals(expected, number(ours, "projection.evaluate", written, "/scores/s"), written);
    assertEquals(before, number(upstream, "projection.evaluate", written, "/scores/s"), written);
  }

  private static double number(Adapter adapter, String kind, String input, String at) {
    return adapter.answer(request(kind, input)).path("output").at(at).asDouble(Double.NaN);
  }

  /** Spec projections §5: a root of nothing, other names of domains, and a leaf's predicate. */
  @Test
  void decisionsAreJudgedByTheSemanticsThatAreAskedFor() {
    String nothing = ruled("{}", "{}");
    assertEquals("d", decided(ours, nothing));
    assertEquals(0.0, number(ours, "decision.evaluate", nothing, "/result/confidence"));
    assertEquals("", decided(upstream, nothing));
    String stem =
        ruled(
            "{\"type\": \"domain\", \"name\": \"stem\"}",
            "{\"matched\": {\"domain\": [\"math\"]}, \"confidences\": {\"domain:math\": 0.7}}");
    assertEquals(0.7, number(ours, "decision.evaluate", stem, "/result/confidence"));
    assertEquals("", decided(upstream, stem), "upstream minds the case");
    String leaf = "{\"type\": \"structure\", \"name\": \"q\", \"predicate\": {\"gte\": 3}}";
    String signals =
        "{\"matched\": {\"structure\": [\"q\"]}, \"confidences\": {\"structure:q\": 1},"
            + " \"values\": {\"structure:q\": %d}}";
    assertEquals("", decided(ours, ruled(leaf, signals.formatted(2))));
    assertEquals("d", decided(ours, ruled(leaf, signals.formatted(3))));
  }

  private static String ruled(String rules, String signals) {
    return """
    {"decisions": [{"name": "d", "priority": 1, "rules": %s}], "strategy": "priority",
     "domains": [{"name": "stem", "mmlu_categories": ["Math"]}], "signals": %s}
    """
        .formatted(rules, signals);
  }

  private static String decided(Adapter adapter, String input) {
    return adapter
        .answer(request("decision.evaluate", input))
        .at("/output/result/decision")
        .asText();
  }

  /** Spec projections §1: ours records 0 for a default; upstream's contenders have confidences. */
  @Test
  void partitionsHaveDefaultsAndContenders() {
    String input =
        """
        {"partitions": [
          {"name": "p", "semantics": "exclusive", "members": ["a", "b", "c"], "default": "c"}],
         "declared": {"domains": ["a", "b", "c"], "embeddings": []},
         "signals": {"matched": {"domain": [%s]}, "confidences": {%s}}}
        """;
    JsonNode none = ours.answer(request("partition.apply", input.formatted("", "")));
    assertEquals("c", none.at("/output/matched/domain/0").asText(), none.toString());
    assertEquals(0.0, none.at("/output/confidences/domain:c").asDouble(Double.NaN));
    JsonNode two =
        upstream.answer(
            request("partition.apply", input.formatted("\"a\", \"b\"", "\"domain:b\": 0.3")));
    assertEquals("[\"a\",\"b\"]", two.at("/output/matched/domain").toString());
    assertEquals("{\"domain:b\":0.3}", two.at("/output/confidences").toString());
    JsonNode unsure = upstream.answer(request("partition.apply", input.formatted("\"a\"", "")));
    assertEquals("[\"a\",\"c\"]", unsure.at("/output/matched/domain").toString());
  }

  @Test
  void aTextIsShortened() {
    String input =
        """
        {"text": "One is here. %s Three is asked.",
         "config": {"max_tokens": 6, "position_weight": 1, "preserve_first_n": 1}}
        """
            .formatted("Two goes on and on. ".repeat(9));
    JsonNode upstream = output("compression.compress", input);
    assertEquals(6, upstream.path("compressed_tokens").asInt(), upstream.toString());
    assertEquals("One is here. Three is asked.", upstream.path("compressed").asText());
    assertEquals(10, upstream.at("/kept_indices/1").asInt());
    assertEquals(1, upstream.at("/scores/0/position").asDouble());
    assertEquals(1, upstream.at("/scores/10/composite").asDouble(), 1e-9);
  }

  @Test
  void tokensAreCalibrated() {
    JsonNode learned =
        output(
            "tokens.calibration",
            """
            {"decay": 0.9, "conservative": true,
             "observations": [{"category": "", "bytes": 400, "tokens": 200}]}
            """);
    assertEquals(2, learned.at("/_default/mean_ratio").asDouble());
    assertEquals(25, learned.at("/_default/estimate_1_100_5000/1").asInt());
    assertEquals(0, learned.at("/code/samples").asInt(-1));
  }

  @Test
  void severalErrorsAreAListToo() {
    JsonNode output =
        output("config.load", "{\"yaml\": \"routing: {decisions: 3, modelCards: 4}\"}");

    assertEquals(2, output.path("errors").size(), output.toString());
  }

  @Test
  void unknownFieldsHaveTheirParent() {
    JsonNode fields =
        output(
                "config.unknown_fields",
                "{\"yaml\": \"flavour: 1\\nrouting: {decisions: [{name: a, a.b: 3}]}\"}")
            .path("fields");

    assertEquals("top level", fields.at("/0/parent").asText());
    assertEquals("flavour", fields.at("/0/name").asText());
    assertEquals("routing.decisions", fields.at("/1/parent").asText());
    assertEquals("a.b", fields.at("/1/name").asText());
  }

  @Test
  void keywordsMatchAloneOrOneAfterAnother() {
    String rules =
        """
        {"rules": [{"name": "one", "operator": "OR", "keywords": ["alpha"]},
                   {"name": "two", "operator": "OR", "keywords": ["beta", "gamma"]}],
         "text": "gamma and beta"}
        """;
    JsonNode first = output("keyword.first_match", rules);
    assertEquals("two", first.path("rule").asText());
    assertEquals(2, first.path("match_count").asInt());
    assertEquals(2, first.path("total_keywords").asInt());

    String bad = "{\"rules\": [{\"name\": \"one\", \"operator\": \"XOR\", \"keywords\": [\"a\"]}]}";
    JsonNode refused = output("keyword.build", bad);
    assertFalse(refused.path("ok").asBoolean(true));
    assertTrue(refused.path("error").asText().contains("XOR"), refused.toString());
  }

  @Test
  void rulesAnswerInTheSpellingOfTheCase() {
    JsonNode result =
        output("decision.evaluate", decision("OR", "{\"keyword\": [\"a\"]}")).path("result");

    assertEquals("d", result.path("decision").asText());
    assertEquals("[\"Keyword:a\"]", result.path("matched_rules").toString());
  }

  @Test
  void anUpstreamTraceEndsAtTheFirstPartThatDoesNotHold() {
    String input = decision("AND", "{\"context\": [\"long\"], \"keyword\": [\"a\"]}");

    JsonNode root = output("decision.trace", input).at("/trace/0/root_trace");
    assertEquals(2, root.path("children").size(), root.toString());
    assertEquals(1, root.at("/children/1/confidence").asInt());
    JsonNode whole = ours.answer(request("decision.trace", input)).at("/output/trace/0/root_trace");
    assertEquals(3, whole.path("children").size(), whole.toString());
    assertEquals("telepathy", whole.at("/children/2/signal_type").asText());
  }

  @Test
  void anAddressThatIsNoneIsAnError() {
    assertTrue(
        output("endpoint.parse", "{\"endpoint\": \":80\", \"protocol\": \"\"}").has("error"));
    assertEquals(
        443, output("endpoint.parse", "{\"endpoint\": \"https://a\"}").path("port").asInt());
  }

  @Test
  void aGivenConfidenceOfZeroIsNoDefault() {
    JsonNode kept =
        output(
            "partition.apply",
            """
            {"partitions": [], "declared": {"domains": [], "embeddings": []},
             "signals": {"matched": {"domain": ["d"]}, "confidences": {"domain:d": 0}}}
            """);
    assertEquals("{\"domain:d\":0.0}", kept.path("confidences").toString());
  }

  @Test
  void aNotOfNothingIsTraced() {
    JsonNode trace =
        output(
            "decision.trace",
            """
            {"decisions": [{"name": "a", "rules": {"operator": "NOT"}}], "strategy": "priority",
             "signals": {"matched": {}, "confidences": {}}}
            """);
    assertEquals("NOT", trace.at("/trace/0/root_trace/node_type").asText(), trace.toString());
  }

  @Test
  void languagesAreToldByTheDetectorThatDecides() {
    String input = "{\"text\": \"Guten Morgen, wie geht es dir heute?\", \"threshold\": 0.9}";
    JsonNode told = ours.answer(request("language.detect", input)).path("output");
    assertEquals("de", told.path("language").asText(), told.toString());
  }

  private static String decision(String operator, String matched) {
    return """
    {"decisions": [{"name": "d", "rules": {"operator": "%s", "conditions": %s}}],
     "strategy": "priority", "signals": {"matched": %s, "confidences": {}}}
    """
        .formatted(operator, CONDITIONS, matched);
  }

  private JsonNode output(String kind, String input) {
    return upstream.answer(request(kind, input)).path("output");
  }

  static ObjectNode request(String kind, String input) {
    try {
      return Json.object()
          .put("id", "c")
          .put("kind", kind)
          .set("input", Json.read(input.getBytes(StandardCharsets.UTF_8)));
    } catch (JsonProcessingException e) {
      throw new AssertionError(input, e);
    }
  }
}
