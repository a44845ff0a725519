package dev.gatun.server.classify;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.server.inference.TextScorer;
import dev.gatun.server.learn.Probability;
import dev.gatun.server.models.ModelCard;
import java.util.Arrays;
import java.util.List;

/**
 * What somebody wants of an assistant or a bank; {@value #NONE} when it is none of the known
 * intents, which is likely enough from the threshold of the card on.
 */
record IntentTask() implements Task {
  private static final String MODEL = "gatun-intent";
  private static final String NONE = "oos";

  @Override
  public String name() {
    return "intent";
  }

  @Override
  public String form() {
    return "{\"text\"} -> {\"label\": intent or oos, \"scores\":{label: p}}";
  }

  @Override
  public Predictor open(Resources resources) {
    ModelCard card = resources.store().card(MODEL);
    TextScorer scorer =
        TextScorer.open(
            resources.inference(),
            resources.store(),
            resources.store().checked(MODEL),
            resources.load());
    return new Labelling(
        scorer,
        scorer.labels().indexOf(NONE),
        card.temperature().orElseThrow(),
        card.threshold().orElseThrow());
  }

  private record Labelling(TextScorer scorer, int none, double temperature, double threshold)
      implements Predictor {
    @Override
    public ObjectNode answer(Row row) {
      double[] p = Probability.softmax(scorer.scores(row.text("text")), temperature);
      List<String> labels = scorer.labels();
      return row.answer(labels.get(best(p)), labels, Arrays.stream(p).boxed().toList());
    }

    private int best(double[] p) {
      if (p[none] >= threshold) {
        return none;
      }
      double[] known = p.clone();
      known[none] = -1;
      return Probability.best(known);
    }

    @Override
    public void close() {
      scorer.close();
    }
  }
}
