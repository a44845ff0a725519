package dev.gatun.inference;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import dev.gatun.inference.ffm.Codes;
import dev.gatun.inference.ffm.NativeEncoderModel;
import dev.gatun.inference.ffm.NativeError;
import dev.gatun.inference.ffm.NativeTask;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Tasks of the native engine: its numbers become our types, its errors our exceptions. */
final class NativeTasks {

  private NativeTasks() {}

  private record Opened(NativeTask task, TaskInfo info) implements EncoderTask {
    @Override
    public void close() {
      task.close();
    }

    @Override
    public boolean equals(Object other) {
      return this == other;
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(task);
    }
  }

  static EncoderTask open(NativeEncoderModel model, Path directory, TaskForm form) {
    try {
      NativeTask task = new NativeTask(model, directory, code(form));
      return new Opened(task, info(String.valueOf(directory.getFileName()), task.facts()));
    } catch (NativeError e) {
      throw new InferenceException.Refused(directory, String.valueOf(e.getMessage()), e);
    }
  }

  /**
   * The library's task behind one of ours.
   *
   * @throws IllegalArgumentException when it is another engine's
   * @throws InferenceException.Closed when it is closed
   */
  static NativeTask handle(EncoderTask task) {
    if (!(task instanceof Opened(var handle, var info))) {
      throw new IllegalArgumentException("a task of another engine");
    }
    if (handle.isClosed()) {
      throw new InferenceException.Closed(info.name() + ": this task is closed");
    }
    return handle;
  }

  static Plan plan(String json) {
    try {
      JsonObject plan = JsonFile.object(json);
      return new Plan(
          plan.get("plan").getAsString(),
          plan.get("cost").getAsDouble(),
          plan.get("separate").getAsDouble(),
          plan.get("layers").getAsInt(),
          objects(plan, "steps").stream()
              .map(step -> new Plan.Step(step.get("layer").getAsInt(), step.get("rows").getAsInt()))
              .toList(),
          objects(plan, "tasks").stream().map(NativeTasks::use).toList());
    } catch (IOException | JsonParseException e) {
      throw new AssertionError("gatun_plan_describe wrote no JSON object: " + json, e);
    }
  }

  private static Plan.Use use(JsonObject task) {
    return new Plan.Use(
        task.get("name").getAsString(),
        task.get("layer").getAsInt(),
        task.get("form").getAsString(),
        task.get("sequences").getAsInt(),
        task.get("tokens").getAsInt());
  }

  private static List<JsonObject> objects(JsonObject object, String key) {
    return object.getAsJsonArray(key).asList().stream().map(JsonElement::getAsJsonObject).toList();
  }

  private static TaskInfo info(String name, NativeTask.Facts facts) {
    return new TaskInfo(
        name,
        NativeEngine.head(facts.head()),
        NativeEngine.pooling(facts.pooling()),
        facts.normalized(),
        facts.labels(),
        facts.firstLayer(),
        facts.rank(),
        facts.tokenTypes(),
        facts.parameters(),
        facts.residentBytes());
  }

  private static int code(TaskForm form) {
    return switch (form) {
      case LOW_RANK -> Codes.TASK_LOW_RANK;
      case MERGED -> Codes.TASK_MERGED;
      case BOTH -> Codes.TASK_BOTH;
    };
  }
}
