package dev.gatun.server.conformance;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.router.config.Node;
import dev.gatun.router.port.Coverage;
import dev.gatun.router.port.Embedding;
import dev.gatun.router.signal.Complexity;
import dev.gatun.router.signal.KnowledgeBase;
import dev.gatun.router.signal.PrototypeBank;
import dev.gatun.router.signal.Reask;
import dev.gatun.server.wire.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/** What compares vectors, over given vectors or similarities. */
final class ComparisonKinds {
  private final Rules rules;

  private ComparisonKinds(Rules rules) {
    this.rules = rules;
  }

  static Map<String, Kind> of(Rules rules) {
    ComparisonKinds kinds = new ComparisonKinds(rules);
    return Map.of(
        "prototype.score", kinds::prototype,
        "complexity.fuse", ComparisonKinds::complexity,
        "reask.match", kinds::reasks,
        "reask.streak", ComparisonKinds::streak,
        "kb.score", kinds::knowledgeBase);
  }

  private ObjectNode prototype(Input input) {
    List<PrototypeBank.Example> examples = new ArrayList<>();
    for (Input example : input.items("examples")) {
      if (!example.numbers("embedding").isEmpty()) {
        examples.add(
            new PrototypeBank.Example(
                example.text("key"), example.text("text"), vector(example, "embedding")));
      }
    }
    Node module = Rules.inside(input.at("config").node(), "prototype_scoring", "complexity");
    PrototypeBank bank =
        PrototypeBank.of(
            examples,
            rules
                .config(Rules.inside(module, "modules", "model_catalog", "global"))
                .global()
                .comparison()
                .complexity(),
            rules.compatibility());
    PrototypeBank.Score score = bank.score(vector(input, "query"));
    ObjectNode output =
        Json.object()
            .put("score", score.score())
            .put("best", score.best())
            .put("support", score.support())
            .put("prototype_count", score.count());
    ArrayNode prototypes = output.putArray("prototypes");
    for (PrototypeBank.Prototype prototype : bank.prototypes()) {
      prototypes
          .addObject()
          .put("text", prototype.example().text())
          .put("cluster_size", prototype.clusterSize())
          .put("avg_similarity", prototype.meanSimilarity());
    }
    return output;
  }

  private static ObjectNode complexity(Input input) {
    OptionalDouble image =
        input.flag("has_image")
            ? OptionalDouble.of(input.number("image_margin"))
            : OptionalDouble.empty();
    Complexity.Fused fused =
        Complexity.Fused.of(input.number("text_margin"), image, input.number("threshold"));
    return Json.object()
        .put("margin", fused.margin())
        .put("source", fused.fromImage() ? "image" : "text")
        .put("difficulty", fused.difficulty().word());
  }

  private ObjectNode reasks(Input input) {
    List<Reask> declared = rules.signals("reasks", Rules.list(input.items("rules")), Reask.class);
    ObjectNode output = Json.object();
    ArrayNode matches = output.putArray("matches");
    for (Reask.Match match : Reask.matches(declared, input.numbers("similarities_newest_first"))) {
      matches
          .addObject()
          .put("rule", match.rule().name())
          .put("confidence", match.confidence())
          .put("streak", match.streak());
    }
    return output;
  }

  private static ObjectNode streak(Input input) {
    int turns = input.whole("lookback_turns");
    Reask rule =
        new Reask("rule", input.number("threshold"), turns == 0 ? Reask.LOOKBACK_DEFAULT : turns);
    Reask.Streak streak = rule.streak(input.numbers("similarities"));
    return Json.object().put("streak", streak.length()).put("min_similarity", streak.least());
  }

  private ObjectNode knowledgeBase(Input input) {
    Map<String, Double> labels = new LinkedHashMap<>();
    input
        .members("label_scores")
        .forEach((label, score) -> labels.put(label, score.json().asDouble()));
    KnowledgeBase.Scores scores = base(input.at("kb")).scores(labels, rules.compatibility());
    ObjectNode output =
        Json.object()
            .put("best_label", scores.bestLabel().orElse(""))
            .put("best_group", scores.bestGroup().orElse(""))
            .put("best_matched_label", scores.bestMatchedLabel().orElse(""))
            .put("best_matched_group", scores.bestMatchedGroup().orElse(""));
    for (String metric : List.of("best_score", "best_matched_score")) {
      output.put(metric, scores.metrics().getOrDefault(metric, 0.0));
    }
    scores.matchedLabels().forEach(output.putArray("matched_labels")::add);
    scores.matchedGroups().forEach(output.putArray("matched_groups")::add);
    ObjectNode groups = output.putObject("group_scores");
    scores.groups().forEach(groups::put);
    ObjectNode metrics = output.putObject("metrics");
    scores.metrics().forEach(metrics::put);
    return output;
  }

  /** The definition as a file has it, whose folder is not looked at, with a rule that names it. */
  private KnowledgeBase base(Input written) {
    ObjectNode base = Json.object();
    written.json().properties().forEach(member -> base.set(member.getKey(), member.getValue()));
    base.putObject("source").put("path", "folder");
    ObjectNode document = Json.object();
    document.putObject("global").putObject("model_catalog").putArray("kbs").add(base);
    ObjectNode rule = document.putObject("routing").putObject("signals").putArray("kb").addObject();
    rule.put("name", "rule").put("kb", written.text("name"));
    ObjectNode target = rule.putObject("target");
    written.members("groups").keySet().stream()
        .findFirst()
        .ifPresentOrElse(
            group -> target.put("kind", "group").put("value", group),
            () -> target.put("kind", "label").put("value", "any"));
    return rules.config(new Input(document).node()).global().comparison().bases().getFirst();
  }

  private static Embedding vector(Input input, String key) {
    List<Double> numbers = input.numbers(key);
    float[] vector = new float[numbers.size()];
    for (int i = 0; i < vector.length; i++) {
      vector[i] = numbers.get(i).floatValue();
    }
    return Embedding.of(vector, Coverage.NONE);
  }
}
