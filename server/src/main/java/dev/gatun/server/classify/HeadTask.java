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
    return "{\"text\"} -> {\"label\", \"scores\":{label: p}}";
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
      double[] p = Probability.softmax(scorer.scores(row.text("text")), temperature);
      List<String> labels = scorer.labels();
      return row.answer(labels.get(Probability.best(p)), labels, Arrays.stream(p).boxed().toList());
    }

    @Override
    public void close() {
      scorer.close();
    }
  }
}
