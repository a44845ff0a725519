package dev.gatun.bench.quality;

import static dev.gatun.bench.quality.MeasureFixture.add;
import static dev.gatun.bench.quality.MeasureFixture.figures;
import static dev.gatun.bench.quality.MeasureFixture.json;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Tools, pairs and grounding: what is ordered by a score rather than labelled. */
class RankedMeasuresTest {
  private static final double EXACT = 1e-9;

  @Test
  void aToolCountsWhereItStands() {
    RankingMeasure measure = new RankingMeasure();
    String some = "'gold':['b'],'tools':[],'group':'some'}";
    add(measure, "{" + some, "{'label':'b','ranking':['b','a'],'scores':{'best':0.6}}");
    add(measure, "{" + some, "{'label':'a','ranking':['a','c','b'],'scores':{'best':0.3}}");
    String no = "'gold':[],'tools':[],'group':'no'}";
    add(measure, "{" + no, "{'label':'none','ranking':[],'scores':{'best':0.1}}");
    add(measure, "{" + no, "{'label':'a','ranking':['a'],'scores':{'best':0.4}}");
    Map<String, Double> head = measure.headline();
    assertEquals(0.5, head.get("recall@1[some]"), EXACT);
    assertEquals(1, head.get("recall@5[some]"), EXACT);
    assertEquals(0.5, head.get("none[no]"), EXACT);
    assertEquals(0.75, head.get("auroc_tool_needed"), EXACT);
    JsonNode point = figures(measure).path("thresholds").path(7);
    assertEquals(json("{'threshold':0.35,'answered':0.5,'answered_without_tool':0.5}"), point);
  }

  @Test
  void hitsOfACacheAreRightWhenTheQuestionsAreTheSame() {
    PairMeasure measure = new PairMeasure();
    pair(measure, "qqp", 1, "hit", 0.9);
    pair(measure, "qqp", 0, "hit", 0.8);
    pair(measure, "qqp", 1, "miss", 0.7);
    pair(measure, "qqp", 0, "miss", 0.2);
    pair(measure, "swap-number", 0, "hit", 0.95);
    pair(measure, "paraphrase", 1, "hit", 0.85);
    Map<String, Double> head = measure.headline();
    assertEquals(0.75, head.get("auroc_qqp"), EXACT);
    assertEquals(0.5, head.get("hit_rate"), EXACT);
    assertEquals(0.5, head.get("false_hit_share"), EXACT);
    assertEquals(1, head.get("swap_hit_rate"), EXACT);
    assertEquals(0, head.get("auroc_paraphrase_against_swap"), EXACT);
    // Only the first may be served: with the second every other hit is wrong.
    assertEquals(0.5, head.get("recall_at_10_percent_false_hits_qqp"), EXACT);
  }

  private static void pair(Measure measure, String group, int same, String label, double cosine) {
    add(
        measure,
        "{'label':" + same + ",'group':'" + group + "'}",
        "{'label':'" + label + "','scores':{'similarity':" + cosine + ",'cosine':" + cosine + "}}");
  }

  @Test
  void groundingIsJudgedByAnswerAndByCharacter() {
    GroundingMeasure measure = new GroundingMeasure();
    add(
        measure,
        "{'label':'hallucinated','spans':[{'start':0,'end':10}]}",
        "{'label':'hallucinated','scores':{'hallucinated':0.8},"
            + "'spans':[{'start':5,'end':11},{'start':9,'end':13}]}");
    add(
        measure,
        "{'label':'supported','spans':[]}",
        "{'label':'hallucinated','scores':{'hallucinated':0.6},"
            + "'spans':[{'start':0,'end':2}]}");
    Map<String, Double> head = measure.headline();
    assertEquals(1, head.get("auroc"), EXACT);
    assertEquals(0.5, head.get("accuracy"), EXACT);
    // Five characters of 8 + 2 found, of 10 wanted.
    assertEquals(2.0 * 5 / (10 + 10), head.get("character_f1"), EXACT);
    assertEquals((0.2 + 0.6) / 2, head.get("ece"), EXACT);
  }
}
