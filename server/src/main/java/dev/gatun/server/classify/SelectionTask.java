package dev.gatun.server.classify;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.server.exchange.AnswerColumn;
import dev.gatun.server.inference.ModelChooser;
import dev.gatun.server.learn.Probability;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** The language model that most likely answers a question right, and the chance of every model. */
record SelectionTask() implements Task {
  @Override
  public String name() {
    return "selection";
  }

  @Override
  public String form() {
    return "{\"text\", \"category\"?} -> {\"label\": model, \"scores\":{model: p(right)}}";
  }

  @Override
  public Set<AnswerColumn> columns() {
    return EnumSet.of(AnswerColumn.LABEL, AnswerColumn.SCORES);
  }

  @Override
  public Predictor open(Resources resources) {
    return new Choosing(
        ModelChooser.open(resources.inference(), resources.store(), resources.load()));
  }

  private record Choosing(ModelChooser chooser) implements Predictor {
    @Override
    public ObjectNode answer(Row row) {
      double[] p = Row.known(chooser.chances(row.text("text"), row.optionalText("category")));
      List<String> models = chooser.models();
      return row.answer(models.get(Probability.best(p)), models, Arrays.stream(p).boxed().toList());
    }

    @Override
    public List<String> warnings() {
      return chooser.embedder().origin().warnings();
    }

    @Override
    public void close() {
      chooser.close();
    }
  }
}
