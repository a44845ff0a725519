package dev.gatun.server.manage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gatun.server.http.FakeBackend;
import dev.gatun.server.http.RawClient;
import dev.gatun.server.http.RunningServer;
import dev.gatun.server.wire.Json;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Recipes over the management listener. */
class RecipeRoutesTest {
  private static final String PATH = "/config/router/recipes";
  private static FakeBackend backend;
  private static RunningServer server;

  @BeforeAll
  static void start() {
    backend = FakeBackend.start(call -> call.json(200, "{}"));
    server =
        RunningServer.of(
            RunningServer.standard(backend, backend)
                + """
                recipes:
                  - name: house calm
                    description: Takes its time
                    routing:
                      strategy: confidence
                      signals:
                        keywords: [{name: slow, operator: OR, keywords: [slowly]}]
                      decisions:
                        - name: slow_route
                          rules: {type: keyword, name: slow}
                          modelRefs: [{model: large}]
                  - name: bare
                    routing:
                      decisions: [{name: all, modelRefs: [{model: small}]}]
                entrypoints:
                  - {model_names: [house/calm, house/slow], recipe: house calm}
                  - {model_names: [house/usual], recipe: default}
                  - {model_names: [house/bare], recipe: bare}
                global: {router: {auto_model_names: [clever]}}
                """);
  }

  @AfterAll
  static void stop() {
    server.close();
    backend.close();
  }

  @Test
  void allAreListedWithTheNamesThatAskForThem() throws Exception {
    JsonNode items = get(200, PATH).path("items");
    assertEquals(List.of("default", "house calm", "bare"), items.findValuesAsText("name"));
    assertTrue(items.at("/0/default").asBoolean());
    assertEquals(
        "[\"house/usual\",\"MoM\",\"clever\",\"auto\"]", items.at("/0/model_names").toString());
    assertEquals("priority", items.at("/0/strategy").asText());
    assertFalse(items.at("/1/default").asBoolean());
    assertEquals("Takes its time", items.at("/1/description").asText());
    assertEquals("[\"house/calm\",\"house/slow\"]", items.at("/1/model_names").toString());
    assertEquals("confidence", items.at("/1/strategy").asText());
    assertEquals("[\"slow_route\"]", items.at("/1/decisions").toString());
    assertFalse(items.path(1).has("routing"), "that of one is asked for by its name");
  }

  @Test
  void oneIsToldWithItsRouting() throws Exception {
    JsonNode calm = get(200, PATH + "/house%20calm");
    assertEquals("house calm", calm.path("name").asText());
    assertEquals("slowly", calm.at("/routing/signals/keywords/0/keywords/0").asText());
    assertEquals("large", calm.at("/routing/decisions/0/modelRefs/0/model").asText());
    JsonNode usual = get(200, PATH + "/default");
    assertEquals("urgent_route", usual.at("/routing/decisions/0/name").asText());
    assertFalse(usual.toString().contains("sk-backend"), usual.toString());
  }

  @Test
  void whatIsNotThereIsSaidToBeSo() throws Exception {
    assertEquals("RECIPE_NOT_FOUND", get(404, PATH + "/Calm").at("/error/code").asText());
    assertEquals("NOT_FOUND", get(404, PATH + "x").at("/error/code").asText());
    HttpResponse<String> written = server.put(PATH + "/bare", "{}");
    assertEquals(405, written.statusCode());
    assertEquals("GET", written.headers().firstValue("allow").orElse(""));
    assertTrue(get(200, "/api/v1").toString().contains(PATH + "/{name}"));
  }

  @Test
  void webPagesAreKeptOut() throws Exception {
    try (RawClient client = new RawClient(server.server().management())) {
      client.send("GET " + PATH + " HTTP/1.1\r\nhost: evil.example\r\n\r\n");
      assertEquals(403, client.head().status());
    }
  }

  private static JsonNode get(int status, String path) throws Exception {
    HttpResponse<String> reply = server.get(server.server().management().resolve(path));
    assertEquals(status, reply.statusCode(), reply.body());
    return Json.read(reply.body().getBytes(StandardCharsets.UTF_8));
  }
}
