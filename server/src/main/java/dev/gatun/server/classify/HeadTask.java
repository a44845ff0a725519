package dev.gatun.server.classify;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.server.exchange.AnswerColumn;
import dev.gatun.server.inference.OwnFolders;
import dev.gatun.server.inference.TextScorer;
import dev.gatun.server.learn.Probability;
import dev.gatun.server.models.ModelCard;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * One label of a fixed set, by a classifier of the user: a trained head or a sequence classifier.
 *
 * @param folder of the model
 */
public record HeadTask(Path folder) implements Task {
  @Override
  public String name() {
    return folder.toString();
  }

  @Override
  public String form() {
    return "{\"text\"} -> {\"label\", \"scores\":{label: p}, \"raw\"?}";
  }

  @Override
  public Set<AnswerColumn> columns() {
    return EnumSet.of(AnswerColumn.LABEL, AnswerColumn.SCORES, AnswerColumn.RAW);
  }

  @Override
  public Predictor open(Resources resources) {
    double temperature = temperature();
    TextScorer scorer =
        TextScorer.open(resources.inference(), resources.store(), folder, resources.load());
    return new Labelling(scorer, temperature);
  }

  private double temperature() {
    return OwnFolders.card(folder)
        .map(ModelCard::temperature)
        .orElse(OptionalDouble.empty())
        .orElse(1);
  }

  private record Labelling(TextScorer scorer, double temperature) implements Predictor {
    @Override
    public ObjectNode answer(Row row) {
      String text = row.text("text");
      double[] scores = scorer.scores(text);
      List<Double> p = scorer.probabilities(text, scores, temperature);
      List<Double> raw = Arrays.stream(Probability.softmax(scores)).boxed().toList();
      int best = Probability.best(p.stream().mapToDouble(Double::doubleValue).toArray());
      return row.answer(scorer.labels().get(best), scorer.labels(), p, raw);
    }

    @Override
    public void close() {
      scorer.close();
    }
  }
}
