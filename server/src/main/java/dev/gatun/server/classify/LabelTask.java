package dev.gatun.server.classify;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.router.port.Distribution;
import dev.gatun.server.exchange.AnswerColumn;
import dev.gatun.server.inference.TaskClassifier;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * One label of a fixed set, by an embedded classifier.
 *
 * @param name of the task; its model is called {@code gatun-} and this
 */
record LabelTask(String name) implements Task {
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
    TaskClassifier classifier =
        TaskClassifier.open(resources.inference(), resources.store(), name, resources.load());
    return new Labelling(classifier);
  }

  private record Labelling(TaskClassifier classifier) implements Predictor {
    @Override
    public ObjectNode answer(Row row) {
      Distribution distribution = Row.known(classifier.classify(row.text("text")));
      return row.answer(classifier.label(distribution), distribution);
    }

    @Override
    public List<String> warnings() {
      return classifier.origin().warnings();
    }

    @Override
    public void close() {
      classifier.close();
    }
  }
}
