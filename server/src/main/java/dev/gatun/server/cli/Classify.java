package dev.gatun.server.cli;

import dev.gatun.router.text.Nearest;
import dev.gatun.server.classify.HeadTask;
import dev.gatun.server.classify.Predictor;
import dev.gatun.server.classify.Resources;
import dev.gatun.server.classify.Task;
import dev.gatun.server.classify.Tasks;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** {@code gatun classify}: a task's prediction for every line of a file. */
@Command(
    name = "classify",
    description = "Predict a label for every line of a file, as the router would.",
    footer = {
      "",
      "Every line is an object with an \"id\" or none, and is answered by an object with the same",
      "id or the number of the line. docs/cli.md has the fields of every task."
    })
final class Classify implements Callable<Integer> {
  private final Console console;

  @Mixin private ModelOptions options = new ModelOptions();

  @ArgGroup(multiplicity = "1")
  private Question question = new Question();

  /** What is asked: one of the tasks, or what a classifier of the user tells apart. */
  static final class Question {
    @Option(
        names = "--task",
        paramLabel = "TASK",
        required = true,
        converter = TaskName.class,
        completionCandidates = TaskNames.class,
        description = "${COMPLETION-CANDIDATES}.")
    private Optional<Task> task = Optional.empty();

    @Option(
        names = "--model",
        paramLabel = "DIR_OR_NAME",
        required = true,
        description = {
          "A classifier of your own, such as one that 'model train' wrote; one that comes with",
          "Gatun answers as its task does."
        })
    private Optional<String> model = Optional.empty();

    Task asked() {
      return task.or(() -> model.map(Question::by)).orElseThrow();
    }

    /** Of one that comes with Gatun, windows and threshold of its task count as well. */
    private static Task by(String model) {
      Path folder = ModelOptions.folder(model);
      return ModelOptions.builtInName(folder)
          .flatMap(Tasks::of)
          .orElseGet(() -> new HeadTask(folder));
    }
  }

  @Mixin private TableOptions rows = new TableOptions();

  Classify(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    Task asked = question.asked();
    try (Resources resources = new Resources(options::open, ModelOptions.store(), options.load());
        Predictor predictor = asked.open(resources)) {
      predictor.warnings().forEach(console::say);
      return rows.answer(console, asked.columns(), predictor::answer);
    }
  }

  /** The task of a word. */
  static final class TaskName implements ITypeConverter<Task> {
    @Override
    public Task convert(String word) {
      return Tasks.named(word).orElseThrow(() -> new TypeConversionException(unknown(word)));
    }

    private static String unknown(String word) {
      List<String> near = Nearest.names(word, Tasks.names(), 2);
      return near.isEmpty()
          ? "there is no task '" + word + "', only " + String.join(", ", Tasks.names())
          : "there is no task '" + word + "'; did you mean " + String.join(" or ", near) + "?";
    }
  }

  /** The words that name a task. */
  static final class TaskNames implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return Tasks.names().iterator();
    }
  }
}
