package dev.gatun.server.conformance;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.router.model.Compatibility;
import dev.gatun.router.signal.Keyword;
import dev.gatun.router.signal.SignalHits.Hit;
import dev.gatun.router.text.Bm25;
import dev.gatun.router.text.Ngrams;
import dev.gatun.server.wire.Json;
import java.util.List;
import java.util.Map;

/** Keyword rules, and the scores some of them compare. */
final class KeywordKinds {
  private final Rules rules;

  private KeywordKinds(Rules rules) {
    this.rules = rules;
  }

  static Map<String, Kind> of(Rules rules) {
    KeywordKinds kinds = new KeywordKinds(rules);
    return Map.of(
        "keyword.match", kinds::match,
        "keyword.first_match", kinds::firstMatch,
        "keyword.build", KeywordKinds::build,
        "keyword.bm25_scores", KeywordKinds::relevance,
        "keyword.ngram_scores", KeywordKinds::similarity);
  }

  private ObjectNode match(Input input) {
    Keyword.Evaluator evaluator = evaluator(keywords(List.of(input.at("rule"))));
    ObjectNode output = Json.object();
    ArrayNode results = output.putArray("results");
    for (String text : input.texts("texts")) {
      List<Hit> hits = evaluator.evaluate(text);
      found(results.addObject().put("matched", !hits.isEmpty()), hits);
    }
    return output;
  }

  private ObjectNode firstMatch(Input input) {
    List<Keyword> keywords = keywords(input.items("rules"));
    List<Hit> hits = evaluator(keywords).evaluate(input.text("text"));
    String rule = hits.isEmpty() ? "" : hits.getFirst().key().name();
    int total =
        keywords.stream()
            .filter(keyword -> keyword.name().equals(rule))
            .mapToInt(keyword -> keyword.keywords().size())
            .findFirst()
            .orElse(0);
    return found(Json.object().put("rule", rule), hits).put("total_keywords", total);
  }

  /** Rules that the loader of v0.3 lets pass and its classifier does not. */
  private static ObjectNode build(Input input) {
    try {
      new KeywordKinds(new Rules(Compatibility.GATUN)).keywords(input.items("rules"));
      return Json.object().put("ok", true);
    } catch (Refused e) {
      return Adapter.refusal(e).put("ok", false);
    }
  }

  private static ObjectNode relevance(Input input) {
    List<String> keywords = input.texts("keywords");
    ObjectNode output = Json.object();
    ObjectNode scores = output.putObject("scores");
    for (Bm25.Hit hit : new Bm25(keywords).search(input.text("text"))) {
      scores.put(keywords.get(hit.document()), hit.score());
    }
    return output;
  }

  private static ObjectNode similarity(Input input) {
    List<String> keywords = input.texts("keywords");
    double[] similarities =
        new Ngrams(keywords, input.whole("arity"), false)
            .similarities(input.text("text"), input.number("threshold"));
    ObjectNode output = Json.object();
    ObjectNode scores = output.putObject("scores");
    for (int i = 0; i < similarities.length; i++) {
      if (similarities[i] > 0) {
        scores.put(keywords.get(i), similarities[i]);
      }
    }
    return output;
  }

  private static ObjectNode found(ObjectNode output, List<Hit> hits) {
    List<String> evidence = hits.isEmpty() ? List.of() : hits.getFirst().evidence();
    evidence.forEach(output.putArray("keywords")::add);
    return output.put("match_count", evidence.size());
  }

  private List<Keyword> keywords(List<Input> written) {
    return rules.signals("keywords", Rules.list(written), Keyword.class);
  }

  private Keyword.Evaluator evaluator(List<Keyword> keywords) {
    return new Keyword.Evaluator(keywords, rules.compatibility());
  }
}
