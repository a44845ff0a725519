package dev.gatun.bench.quality;

import static dev.gatun.bench.quality.MeasureFixture.add;
import static dev.gatun.bench.quality.MeasureFixture.figures;
import static dev.gatun.bench.quality.MeasureFixture.json;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LabelMeasureTest {
  private static final double EXACT = 1e-9;

  @Test
  void accuracyAndF1CountLabels() {
    Map<String, Double> head = cats().headline();
    assertEquals(0.75, head.get("accuracy"), EXACT);
    // cat: 2 of 3 found and 2 wanted, 4/5; dog: 1 of 1 found and 2 wanted, 2/3.
    assertEquals((4.0 / 5 + 2.0 / 3) / 2, head.get("macro_f1"), EXACT);
    // 0.9 and 0.9 right; 0.6 wrong and 0.6 right fall into one bin, as do the first two.
    assertEquals((2 * 0.1 + 2 * 0.1) / 4, head.get("ece"), EXACT);
    assertEquals(Set.of("accuracy", "macro_f1", "ece"), head.keySet());
  }

  @Test
  void groupsLabelsAndConfusionAreThoseOfTheirRows() {
    JsonNode figures = figures(cats());
    assertEquals(json("{'rows':3,'accuracy':0.6667}"), figures.path("groups").path("plain"));
    assertEquals(json("{'rows':1,'accuracy':1.0}"), figures.path("groups").path("odd"));
    assertEquals(
        json("{'rows':2,'precision':0.6667,'recall':1.0}"), figures.path("labels").path("cat"));
    assertEquals(json("['cat','dog']"), figures.path("confusion").path("labels"));
    assertEquals(json("[[2,0],[1,1]]"), figures.path("confusion").path("wanted_by_got"));
  }

  @Test
  void aLeastConfidenceLeavesLessThatIsRighter() {
    JsonNode curve = figures(cats()).path("thresholds");
    assertEquals(21, curve.size());
    assertEquals(json("{'threshold':0.0,'coverage':1.0,'accuracy':0.75}"), curve.path(0));
    assertEquals(json("{'threshold':0.65,'coverage':0.5,'accuracy':1.0}"), curve.path(13));
    assertEquals(json("{'threshold':1.0,'coverage':0.0,'accuracy':0.0}"), curve.path(20));
  }

  /** Two cats found, a dog found, and a dog taken for a cat. */
  private static LabelMeasure cats() {
    LabelMeasure measure = new LabelMeasure("domain");
    String plain = ",'group':'plain','source':'s'}";
    add(measure, "{'label':'cat'" + plain, answer("cat", "{'cat':0.9,'dog':0.1}"));
    add(measure, "{'label':'cat'" + plain, answer("cat", "{'cat':0.6,'dog':0.4}"));
    add(measure, "{'label':'dog'" + plain, answer("cat", "{'cat':0.6,'dog':0.4}"));
    add(measure, "{'label':'dog','group':'odd'}", answer("dog", "{'cat':0.1,'dog':0.9}"));
    return measure;
  }

  @Test
  void ofAttacksTheHarmfulButDirectOnesCountForNobody() {
    LabelMeasure measure = new LabelMeasure("jailbreak");
    add(measure, "{'label':'jailbreak'}", answer("jailbreak", "{'jailbreak':0.9}"));
    add(measure, "{'label':'benign'}", answer("jailbreak", "{'jailbreak':0.7}"));
    add(measure, "{'label':'benign'}", answer("benign", "{'jailbreak':0.2}"));
    add(measure, "{'label':'harmful_direct'}", answer("benign", "{'jailbreak':0.1}"));
    Map<String, Double> head = measure.headline();
    assertEquals(2.0 / 3, head.get("accuracy"), EXACT);
    assertEquals(1, head.get("auroc"), EXACT);
    assertEquals(0.5, head.get("false_positives"), EXACT);
    JsonNode point = figures(measure).path("thresholds").path(10);
    assertEquals(1, point.path("recall").asDouble(), EXACT);
    assertEquals(0.5, point.path("false_positives").asDouble(), EXACT);
  }

  @Test
  void whatIsNoneOfTheLabelsIsFoundAtFivePercentFalseAbstention() {
    LabelMeasure measure = new LabelMeasure("intent");
    for (int i = 0; i < 20; i++) {
      String score = "{'timer':0.5,'oos':" + i / 100.0 + "}";
      add(measure, "{'label':'timer'}", answer(i == 19 ? "oos" : "timer", score));
    }
    add(measure, "{'label':'oos'}", answer("timer", "{'oos':0.185}"));
    add(measure, "{'label':'oos'}", answer("timer", "{'oos':0.175}"));
    Map<String, Double> head = measure.headline();
    assertEquals(0.05, head.get("oos_false"), EXACT);
    assertEquals(0, head.get("oos_recall"), EXACT);
    // One of twenty may lie above the cut, which is therefore 0.18.
    assertEquals(0.5, head.get("oos_recall_at_5_percent"), EXACT);
    assertEquals((19 + 18) / 40.0, head.get("oos_auroc"), EXACT);
  }

  @Test
  void hardnessIsThatOfExams() {
    LabelMeasure measure = new LabelMeasure("complexity");
    String exam = ",'source':'TIGER-AI-Lab/MMLU-Pro','score':";
    add(measure, "{'label':'easy'" + exam + "0.1}", answer("easy", "{'medium':0.1,'hard':0.0}"));
    add(measure, "{'label':'easy'" + exam + "0.2}", answer("easy", "{'medium':0.1,'hard':0.3}"));
    // 0.5 · 0.4 + 0 lies between the others.
    add(measure, "{'label':'hard'" + exam + "0.9}", answer("hard", "{'medium':0.4,'hard':0.0}"));
    add(measure, "{'label':'hard','source':'own','score':0}", answer("easy", "{'hard':1.0}"));
    assertEquals(0.5, measure.headline().get("spearman_mmlu_pro"), EXACT);
    assertFalse(measure.headline().containsKey("auroc"));
  }

  private static String answer(String label, String scores) {
    return "{'label':'" + label + "','scores':" + scores + "}";
  }
}
