package dev.gatun.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Entry points and recipes over a real socket. */
class RecipeTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String HEADER = "x-vsr-selected-recipe";
  private static FakeBackend small;
  private static FakeBackend large;
  private static RunningServer server;

  @BeforeAll
  static void start() {
    small = FakeBackend.start(call -> call.json(200, "{}"));
    large = FakeBackend.start(call -> call.json(200, "{}"));
    server =
        RunningServer.of(
            RunningServer.standard(small, large)
                + """
                recipes:
                  - name: calm
                    description: Takes its time
                    routing:
                      signals:
                        keywords: [{name: slow, operator: OR, keywords: [slowly]}]
                      decisions:
                        - name: slow_route
                          rules: {type: keyword, name: slow}
                          modelRefs: [{model: large}]
                entrypoints:
                  - {model_names: [house/calm], recipe: calm}
                global: {router: {auto_model_names: [clever]}}
                """);
  }

  @AfterAll
  static void stop() {
    server.close();
    small.close();
    large.close();
  }

  @Test
  void theRequestedNameChoosesTheRecipe() throws Exception {
    HttpResponse<String> calm = server.chat(Bodies.chat("house/calm", "slowly, urgent"));
    assertEquals(200, calm.statusCode(), calm.body());
    assertEquals(Optional.of("calm"), calm.headers().firstValue(HEADER));
    assertEquals(Optional.of("slow_route"), calm.headers().firstValue("x-vsr-selected-decision"));
    assertEquals(Optional.of("slow"), calm.headers().firstValue("x-vsr-matched-keywords"));
    assertTrue(large.taken().text().contains("\"acme/large\""));

    HttpResponse<String> usual = server.chat(Bodies.chat("clever", "slowly"));
    assertEquals(Optional.of("default"), usual.headers().firstValue(HEADER));
    assertTrue(usual.headers().firstValue("x-vsr-selected-decision").isEmpty());
    assertTrue(small.taken().text().contains("\"acme/small\""));
  }

  @Test
  void entryPointsAreListedAsModels() throws Exception {
    for (var uri : List.of(server.data(), server.server().management())) {
      JsonNode list = JSON.readTree(server.get(uri.resolve("/v1/models")).body());
      List<String> names = new ArrayList<>();
      list.path("data").forEach(model -> names.add(model.path("id").asText()));
      assertEquals(List.of("MoM", "clever", "house/calm"), names);
      assertEquals("Takes its time", list.at("/data/2/description").asText());
    }
    JsonNode one = JSON.readTree(server.get(server.data().resolve("/v1/models/house/calm")).body());
    assertEquals("house/calm", one.path("id").asText());
  }

  @Test
  void theTraceOfADryRunNamesTheRecipe() throws Exception {
    String body = "{\"model\":\"house/calm\",\"text\":\"slowly\"}";
    JsonNode traced = JSON.readTree(server.manage("/api/v1/eval?trace=true", body).body());
    assertEquals("calm", traced.path("recipe").asText());
    assertEquals("slow_route", traced.path("routing_decision").asText());
    JsonNode brief = JSON.readTree(server.manage("/api/v1/eval", body).body());
    assertFalse(brief.has("recipe"));
    assertEquals(
        "slow",
        JSON.readTree(server.manage("/api/v1/eval", body.replace("slowly", "hello")).body())
            .at("/decision_result/unmatched_signals/keywords/0")
            .asText());
  }

  @Test
  void metricsCountTheRulesOfTheRecipeThatRan() throws Exception {
    server.chat(Bodies.chat("house/calm", "hello"));
    String metrics = server.get(server.server().management().resolve("/metrics")).body();

    assertTrue(metrics.contains("signal_name=\"slow\""), metrics);
  }

  /** With one profile there is nothing to tell apart. */
  @Test
  void aFileWithoutRecipesSaysNothingOfThem() throws Exception {
    try (RunningServer plain = RunningServer.over(small, large)) {
      HttpResponse<String> reply = plain.chat(Bodies.chat("auto", "hello"));
      assertTrue(reply.headers().firstValue(HEADER).isEmpty());
      small.taken();
    }
  }
}
