package dev.gatun.inference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Adapters over one model through queue and native engine, against what PEFT computed. */
class TasksTest {

  private static final float LOGITS = 1e-4f;

  private final Inference inference = Inference.open(InferenceOptions.defaults());

  @AfterEach
  void nothingIsLeft() {
    inference.close();
    LaneThreads.assertNone();
  }

  private static List<Path> sets() {
    List<Path> sets = new ArrayList<>(List.of(Golden.home().resolve("model-cards/golden")));
    sets.addAll(Golden.shared("adapters of the whole set"));
    return sets;
  }

  @TestFactory
  Stream<DynamicTest> everyPairOfAGroup() {
    return sets().stream()
        .flatMap(set -> Golden.folders(set.resolve("cases")).stream())
        .filter(cases -> Files.exists(cases.resolve("multi_task.json")))
        .map(cases -> DynamicTest.dynamicTest(cases.toString(), () -> check(cases)));
  }

  /** A task of a group: its folder, its inputs and what comes out. */
  private record Member(
      TaskFolder folder, Map<String, TokenBatch> inputs, Map<String, float[]> expected) {}

  private void check(Path cases) throws IOException {
    Path set = cases.getParent().getParent();
    JsonObject group = Golden.json(cases.resolve("multi_task.json"));
    for (TaskForm form : TaskForm.values()) {
      Path base = set.resolve(group.get("base").getAsString());
      try (ModelFolder model = ModelFolder.open(inference, base)) {
        Map<String, Member> members = new LinkedHashMap<>();
        for (var task : group.getAsJsonObject("tasks").entrySet()) {
          members.put(task.getKey(), member(model, set, task.getValue().getAsJsonObject(), form));
        }
        alone(model.encoder(), members);
        together(model.encoder(), members, group);
      }
    }
  }

  private static Member member(ModelFolder model, Path set, JsonObject task, TaskForm form)
      throws IOException {
    Path cases = set.resolve(task.get("cases").getAsString());
    Map<String, TokenBatch> inputs = new LinkedHashMap<>();
    for (JsonObject row : Golden.lines(cases.resolve("inputs.jsonl"))) {
      List<int[]> ids = List.of(Golden.ints(row.get("ids")));
      inputs.put(
          row.get("id").getAsString(),
          row.has("type_ids") && !row.get("type_ids").isJsonNull()
              ? TokenBatch.of(ids, List.of(Golden.ints(row.get("type_ids"))))
              : TokenBatch.of(ids));
    }
    Path adapter = set.resolve(task.get("adapter").getAsString());
    return new Member(
        TaskFolder.open(model, adapter, form),
        inputs,
        Safetensors.read(cases.resolve("outputs.safetensors")));
  }

  private static void alone(EncoderModel model, Map<String, Member> members) {
    for (Member member : members.values()) {
      Output logits = Output.logits().of(member.folder().task());
      member
          .inputs()
          .forEach((id, input) -> {
            Matrix result = model.encode(input, List.of(logits)).join().single();
            assertArrayEquals(member.expected().get(id + ".logits"), result.values(), LOGITS, id);
          });
    }
  }

  /** All pairs as requests of their own at once, and all tasks of one text in one request. */
  private static void together(EncoderModel model, Map<String, Member> members, JsonObject group) {
    Map<JsonObject, CompletableFuture<Encoded>> pairs = new HashMap<>();
    for (JsonElement element : group.getAsJsonArray("mixed_batch")) {
      JsonObject pair = element.getAsJsonObject();
      Member member = members.get(pair.get("task").getAsString());
      Output logits = Output.logits().of(member.folder().task());
      TokenBatch input = member.inputs().get(pair.get("input").getAsString());
      pairs.put(pair, model.encode(input, List.of(logits)));
    }
    pairs.forEach((pair, future) -> {
      String id = pair.get("input").getAsString();
      float[] expected = members.get(pair.get("task").getAsString()).expected().get(id + ".logits");
      assertArrayEquals(expected, future.join().single().values(), LOGITS, pair.toString());
    });
    List<Output> all =
        members.values().stream().map(m -> Output.logits().of(m.folder().task())).toList();
    Member any = members.values().iterator().next();
    String id = any.inputs().keySet().iterator().next();
    TokenBatch text = any.inputs().get(id);
    List<Matrix> results = model.encode(text, all).join().results();
    int at = 0;
    for (Member member : members.values()) {
      float[] expected = member.expected().get(id + ".logits");
      assertArrayEquals(expected, results.get(at++).values(), LOGITS);
    }
    Plan plan = model.plan(text, all);
    assertEquals(members.size(), plan.tasks().size());
    assertEquals(members.size() > 1 ? "stacked" : "single", plan.name());
    assertEquals(text.tokens() * members.size(), plan.steps().getFirst().rows());
    System.out.println(String.format(Locale.ROOT, "%s", plan));
  }

  @TestFactory
  Stream<DynamicTest> closingEndsATaskAndItsModel() {
    return sets().stream()
        .map(set -> set.resolve("errors/adapter-control-ok"))
        .filter(Files::isDirectory)
        .map(folder -> DynamicTest.dynamicTest(folder.toString(), () -> closing(folder)));
  }

  private void closing(Path folder) {
    TokenBatch batch = TokenBatch.of(1, 2, 3);
    ModelFolder model = ModelFolder.open(inference, folder.resolveSibling("control-ok"));
    TaskFolder first = TaskFolder.open(model, folder, TaskForm.LOW_RANK);
    TaskFolder second = TaskFolder.open(model, folder, TaskForm.MERGED);
    assertEquals(2, first.labels().size());
    assertEquals(Head.SEQUENCE, first.task().info().head());
    List<Output> both =
        List.of(Output.logits().of(first.task()), Output.logits().of(second.task()));
    List<Matrix> results = model.encoder().encode(batch, both).join().results();
    assertArrayEquals(results.get(0).values(), results.get(1).values(), LOGITS);
    first.close();
    first.close();
    Throwable closed =
        assertThrows(Exception.class, () -> model.encoder().encode(batch, both).join());
    assertTrue(String.valueOf(closed.getMessage()).contains("closed"), closed::toString);
    model.encoder().encode(batch, both.subList(1, 2)).join();
    model.close();
    assertThrows(
        InferenceException.Closed.class, () -> TaskFolder.open(model, folder, TaskForm.LOW_RANK));
    assertThrows(
        InferenceException.Closed.class, () -> model.encoder().plan(batch, both.subList(1, 2)));
  }
}
