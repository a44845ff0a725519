package dev.gatun.bench.quality;

import static dev.gatun.bench.quality.MeasureFixture.add;
import static dev.gatun.bench.quality.MeasureFixture.figures;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SelectionMeasureTest {
  private static final double EXACT = 1e-9;

  /** Four characters are a token, so that a thousand answers of 400 characters cost 0.8 USD. */
  private static final PricedModel DEAR = new PricedModel("dear", 0, 8);

  private static final PricedModel CHEAP = new PricedModel("cheap", 0, 1);

  @Test
  void aModelChargesQuestionAndAnswerByTheToken() {
    assertEquals(1_000 * (2 * 3e-6 + 5 * 7e-6), new PricedModel("m", 3, 7).usdPer1k(8, 20), EXACT);
    assertThrows(IllegalArgumentException.class, () -> new PricedModel("m", -1, 7));
  }

  @Test
  void theChoiceStandsBetweenTheBestModelAndOneThatKnows() {
    Map<String, Double> head = measure().headline();
    // Right in the first, second and fourth of five; the third was not asked of the chosen one.
    assertEquals(3.0 / 4, head.get("accuracy"), EXACT);
    assertEquals((0.8 + 0.1 + 0.1 + 0.8) / 4, head.get("usd_per_1k"), EXACT);
    assertEquals(3.0 / 4, head.get("best_single"), EXACT);
    assertEquals(0.8, head.get("best_single_usd_per_1k"), EXACT);
    assertEquals(4.0 / 5, head.get("oracle"), EXACT);
  }

  @Test
  void scoresAreJudgedByModel() {
    Map<String, Double> head = measure().headline();
    // dear: right 0.9 0.3 0.8, wrong 0.2; cheap: right 0.6 0.4, wrong 0.1 0.1 0.5.
    assertEquals((1 + 5.0 / 6) / 2, head.get("mean_auroc"), EXACT);
    JsonNode models = figures(measure()).path("models");
    assertEquals(2, models.path("cheap").path("chosen").asInt());
    assertEquals(0.4, models.path("cheap").path("right").asDouble(), EXACT);
    assertEquals(0.1, models.path("cheap").path("usd_per_1k").asDouble(), EXACT);
  }

  @Test
  void aQuarterOfThePriceBuysWhatTheChoiceUnderAPriceFinds() {
    // A quarter is 0.2: one question in seven may go to the dear one, so none of five.
    assertEquals(2.0 / 5, measure().headline().get("accuracy_at_quarter_cost"), EXACT);
    JsonNode curve = figures(measure()).path("under_prices");
    assertEquals(0.75, curve.path(0).path("accuracy").asDouble(), EXACT);
    assertEquals(0.1, curve.path(curve.size() - 1).path("usd_per_1k").asDouble(), EXACT);
  }

  /** The dear model is right where it is asked, but once; the cheap one twice. */
  private static SelectionMeasure measure() {
    SelectionMeasure measure = new SelectionMeasure(List.of(DEAR, CHEAP));
    add(measure, row("[1,0]"), answer("dear", 0.9, 0.1));
    add(measure, row("[1,1]"), answer("cheap", 0.3, 0.6));
    add(measure, row("[null,1]"), answer("dear", 0.5, 0.4));
    add(measure, row("[0,0]"), answer("cheap", 0.2, 0.5));
    add(measure, row("[1,0]"), answer("dear", 0.8, 0.1));
    return measure;
  }

  private static String row(String correct) {
    return "{'text':'why?','category':'math','correct':" + correct + ",'out_chars':[400,400]}";
  }

  private static String answer(String label, double dear, double cheap) {
    return "{'label':'" + label + "','scores':{'dear':" + dear + ",'cheap':" + cheap + "}}";
  }
}
