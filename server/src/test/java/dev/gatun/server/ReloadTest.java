package dev.gatun.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gatun.server.http.Bodies;
import dev.gatun.server.http.FakeBackend;
import dev.gatun.server.http.RunningServer;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Another configuration while the router runs, over real sockets and files. */
class ReloadTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path folder;

  private FakeBackend small;
  private FakeBackend large;
  private Path file;

  @BeforeEach
  void backends() {
    small = FakeBackend.start(call -> call.json(200, "{\"from\":\"small\"}"));
    large = FakeBackend.start(call -> call.json(200, "{\"from\":\"large\"}"));
    file = folder.resolve("config.yaml");
  }

  @AfterEach
  void stop() {
    small.close();
    large.close();
  }

  private String toSmall() {
    return RunningServer.standard(small, large);
  }

  private String toLarge() {
    return toSmall().replace("default_model: small", "default_model: large # since today");
  }

  private RunningServer started() throws Exception {
    Files.writeString(file, toSmall());
    return RunningServer.ofFile(file);
  }

  @Test
  void aChangedFileIsPutToWork() throws Exception {
    try (RunningServer server = started()) {
      assertEquals("small", answer(server));
      Files.writeString(file, toLarge());
      JsonNode status = await(server, s -> !s.path("pending").asBoolean());
      assertEquals("active", status.at("/last_change/status").asText());
      assertEquals("file", status.at("/last_change/source").asText());
      assertEquals("large", answer(server));
    }
  }

  @Test
  void aRequestEndsOnTheConfigurationItBeganWith() throws Exception {
    try (FakeBackend slow =
            FakeBackend.start(call -> {
              call.await();
              call.json(200, "{\"from\":\"slow\"}");
            });
        RunningServer server = slowly(slow)) {
      CompletableFuture<String> begun = CompletableFuture.supplyAsync(() -> answerOrFail(server));
      FakeBackend.Call call = slow.taken();
      Files.writeString(file, toLarge());
      await(server, s -> !s.path("pending").asBoolean());
      assertEquals("large", answer(server));
      call.proceed().countDown();
      assertEquals("slow", begun.get(60, TimeUnit.SECONDS));
    }
  }

  private RunningServer slowly(FakeBackend slow) throws Exception {
    Files.writeString(file, RunningServer.standard(slow, large));
    return RunningServer.ofFile(file);
  }

  @Test
  void aBrokenFileChangesNothingAndSaysWhere() throws Exception {
    try (RunningServer server = started()) {
      Files.writeString(file, toSmall().replace("default_model: small", "default_model: smal"));
      JsonNode status = await(server, s -> s.at("/last_change/status").asText().equals("refused"));
      assertTrue(status.path("pending").asBoolean());
      JsonNode problem = status.at("/last_change/diagnostics/0");
      assertEquals(9, problem.path("line").asInt(), problem.toString());
      assertTrue(problem.path("hint").asText().contains("small"));
      assertEquals("small", answer(server));
      Files.writeString(file, toSmall());
      await(server, s -> s.at("/last_change/status").asText().equals("active"));
      Files.delete(file);
      await(server, s -> s.at("/last_change/message").asText().endsWith("is not there"));
      Files.writeString(file, toLarge());
      await(server, s -> !s.path("pending").asBoolean());
      assertEquals("large", answer(server));
    }
  }

  /** As a Kubernetes volume is updated: a link to a folder is replaced by another one. */
  @Test
  void aReplacedLinkCountsAsAChange() throws Exception {
    Path one = Files.createDirectory(folder.resolve("..one"));
    Path two = Files.createDirectory(folder.resolve("..two"));
    Files.writeString(one.resolve("config.yaml"), toSmall());
    Files.writeString(two.resolve("config.yaml"), toLarge());
    Path data = Files.createSymbolicLink(folder.resolve("..data"), one.getFileName());
    Files.createSymbolicLink(file, Path.of("..data", "config.yaml"));
    try (RunningServer server = RunningServer.ofFile(file)) {
      assertEquals("small", answer(server));
      Path next = Files.createSymbolicLink(folder.resolve("..next"), two.getFileName());
      Files.move(next, data, StandardCopyOption.ATOMIC_MOVE);
      await(server, s -> s.has("last_change"));
      assertEquals("large", answer(server));
    }
  }

  @Test
  void whatComesFromTheEnvironmentIsToldNowhere() throws Exception {
    try (RunningServer server = started()) {
      String hash = status(server).path("file").asText();
      String path = System.getenv("PATH");
      String broken = toSmall().replace("default_model: small", "default_model: \"${PATH}\"");
      JsonNode problem = assertProblem(400, "CONFIG_VALIDATION_ERROR", put(server, broken, hash));
      assertTrue(problem.toString().contains("${PATH}"), problem::toString);
      assertFalse(problem.toString().contains(path), problem::toString);
      String moved = toSmall().replace("address: 127.0.0.1", "address: \"${PATH}\"");
      problem = assertProblem(422, "CONFIG_NOT_ACTIVATED", put(server, moved, hash));
      assertFalse(problem.toString().contains(path), problem::toString);
      Files.writeString(file, broken);
      JsonNode status = await(server, s -> s.at("/last_change/source").asText().equals("file"));
      assertTrue(status.toString().contains("${PATH}"), status::toString);
      assertFalse(status.toString().contains(path), status::toString);
    }
  }

  @Test
  void aCallerReplacesTheConfigurationAndGoesBack() throws Exception {
    try (RunningServer server = started()) {
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
      String before = status(server).path("file").asText();
      JsonNode changed = ok(put(server, toLarge(), before));
      assertEquals(toLarge(), Files.readString(file));
      assertEquals("rw-r-----", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
      assertEquals("large", answer(server));
      assertEquals(changed.path("version"), status(server).path("version"));
      assertFalse(status(server).path("pending").asBoolean());
      var list = server.server().management().resolve("/config/router/versions");
      JsonNode versions = ok(server.get(list));
      assertEquals(2, versions.size());
      assertEquals(changed.path("version"), versions.at("/0/version"));
      assertEquals("api", versions.at("/0/source").asText());
      assertEquals(changed.path("previous"), versions.at("/1/version"));
      ok(rollback(server, changed.path("previous").asText()));
      assertEquals(toSmall(), Files.readString(file));
      assertEquals("small", answer(server));
    }
  }

  @Test
  void nothingIsOverwrittenUnseen() throws Exception {
    try (RunningServer server = started()) {
      assertProblem(428, "PRECONDITION_REQUIRED", server.put("/config/router", body(toLarge())));
      assertProblem(412, "PRECONDITION_FAILED", put(server, toLarge(), "0".repeat(64)));
      assertEquals(toSmall(), Files.readString(file));
    }
  }

  @Test
  void whatCannotBePutToWorkLeavesFileAndProcessAsTheyAre() throws Exception {
    try (RunningServer server = started()) {
      String hash = status(server).path("file").asText();
      String broken = toLarge().replace("operator: OR", "operator: XOR");
      JsonNode problem = assertProblem(400, "CONFIG_VALIDATION_ERROR", put(server, broken, hash));
      assertTrue(problem.path("diagnostics").toString().contains("XOR"), problem.toString());
      problem = assertProblem(400, "CONFIG_VALIDATION_ERROR", put(server, "a: 1\n" + broken, hash));
      assertTrue(problem.toString().contains("unknown key \\\"a\\\""), problem.toString());
      String moved = toLarge().replace("    port: 0", "    port: 1");
      problem = assertProblem(422, "CONFIG_NOT_ACTIVATED", put(server, moved, hash));
      assertTrue(problem.toString().contains("restart"), problem.toString());
      assertProblem(400, "YAML_PARSE_ERROR", put(server, "a: [", hash));
      assertProblem(400, "CONFIG_VALIDATION_ERROR", put(server, "[1]", hash));
      assertProblem(400, "INVALID_INPUT", server.put("/config/router", "{}", "if-match", hash));
      assertEquals(toSmall(), Files.readString(file));
      Files.writeString(file, toSmall());
      Thread.sleep(1000); // longer than the watch takes to look
      assertEquals("refused", status(server).at("/last_change/status").asText());
      assertEquals("small", answer(server));
    }
  }

  @Test
  void aRehearsalShowsTheDifferencesAndChangesNothing() throws Exception {
    try (RunningServer server = started()) {
      String hash = status(server).path("file").asText();
      HttpResponse<String> reply =
          server.put("/config/router?dry_run=true", body(toLarge()), "if-match", '"' + hash + '"');
      JsonNode rehearsed = ok(reply);
      assertEquals("valid", rehearsed.path("status").asText());
      assertEquals(1, rehearsed.path("differences").size(), rehearsed.toString());
      assertEquals("large", rehearsed.at("/differences/0/after").asText());
      assertEquals(toSmall(), Files.readString(file));
      assertEquals("small", answer(server));
    }
  }

  @Test
  void onlyVersionsThatAreKeptCanBePutToWork() throws Exception {
    try (RunningServer server = started()) {
      Files.writeString(folder.resolve("other.yaml"), toLarge());
      for (String name : List.of("../../../other", "20260101-000000-abcdef", "")) {
        assertProblem(404, "VERSION_NOT_FOUND", rollback(server, name));
      }
      String hash = status(server).path("file").asText();
      JsonNode changed = ok(put(server, toLarge(), hash));
      String previous = changed.path("previous").asText();
      Path kept = folder.resolve(".gatun/versions/config.yaml").resolve(previous + ".yaml");
      assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(kept)));
      Files.writeString(kept, "version: v0.3");
      assertProblem(500, "BACKUP_INVALID", rollback(server, previous));
      assertEquals("large", answer(server));
    }
  }

  @Test
  void secretsAreNotShown() throws Exception {
    try (RunningServer server = started()) {
      String shown = server.get(server.server().management().resolve("/config/router")).body();
      assertTrue(shown.contains("acme/large"), shown);
      assertTrue(shown.contains("***"), shown);
      assertFalse(shown.contains("sk-backend"), shown);
      assertFalse(shown.contains("blue"), shown);
    }
  }

  @Test
  void aCallerChangesOneKeyAndTheRestStaysAsItWasWritten() throws Exception {
    try (RunningServer server = started()) {
      Files.writeString(file, "# ours\n" + toSmall());
      await(server, s -> !s.path("pending").asBoolean());
      String hash = status(server).path("file").asText();
      String patch = body("providers: {defaults: {default_model: large}}");
      assertProblem(428, "PRECONDITION_REQUIRED", patch(server, "", patch));
      assertProblem(412, "PRECONDITION_FAILED", patch(server, "", patch, "if-match", "other"));
      String broken = body("providers: {defaults: {default_model: larg}}");
      JsonNode refused =
          assertProblem(
              400, "CONFIG_VALIDATION_ERROR", patch(server, "", broken, "if-match", hash));
      assertTrue(refused.at("/diagnostics/0/hint").asText().contains("large"), refused::toString);
      String told = refused.at("/error/message").asText();
      assertTrue(told.contains("as this patch would leave it"), told);
      String unread = body("a: [");
      assertProblem(400, "YAML_PARSE_ERROR", patch(server, "", unread, "if-match", hash));
      assertEquals("small", answer(server));

      JsonNode dry = ok(patch(server, "?dry_run=true", patch, "if-match", hash));
      assertEquals("providers.defaults.default_model", dry.at("/differences/0/path").asText());
      assertEquals("small", answer(server));
      ok(patch(server, "", patch, "if-match", hash));
      assertEquals("large", answer(server));
      String text = Files.readString(file);
      assertTrue(text.startsWith("# ours\n"), text);
      assertTrue(text.contains("default_model: large"), text);
    }
  }

  private static HttpResponse<String> patch(
      RunningServer server, String query, String body, String... headers) throws Exception {
    return server.manage("PATCH", "/config/router" + query, body, headers);
  }

  @Test
  void repliesNameTheConfigurationForWhoLooksForAFault() throws Exception {
    try (RunningServer server = started()) {
      String name = status(server).path("config_hash").asText();
      String body = Bodies.chat("auto", "hello");
      assertEquals(
          Optional.of(name),
          server.chat(body, "x-vsr-debug", "true").headers().firstValue("x-vsr-config-hash"));
      assertEquals(Optional.empty(), server.chat(body).headers().firstValue("x-vsr-config-hash"));
      JsonNode dryRun = ok(server.manage("/api/v1/eval", "{\"text\":\"hello\"}"));
      assertEquals(name, dryRun.path("config_hash").asText());
      ok(put(server, toLarge(), status(server).path("file").asText()));
      assertNotEquals(name, status(server).path("config_hash").asText());
    }
  }

  @Test
  void modelsComeAndGoWithTheConfigurationThatNeedsThem() throws Exception {
    String learned =
        toSmall()
            .replace("  signals:", "  signals:\n    domains: [{ name: math }]")
            .replace(
                "  decisions:",
                "  decisions:\n    - { name: sums, priority: 20, modelRefs: [{ model: large }],"
                    + " rules: { type: domain, name: math } }");
    try (RunningServer server = started()) {
      assertEquals(0, models(server));
      String hash = status(server).path("file").asText();
      ok(put(server, learned, hash));
      assertEquals(1, models(server));
      String sum = "What is the derivative of x^3 with respect to x?";
      assertEquals("large", JSON.readTree(chat(server, sum).body()).path("from").asText());
      hash = status(server).path("file").asText();
      ok(put(server, learned + "\n# the same models\n", hash));
      assertEquals("large", JSON.readTree(chat(server, sum).body()).path("from").asText());
      hash = status(server).path("file").asText();
      ok(put(server, toSmall(), hash));
      assertEquals(0, models(server));
      assertEquals("small", JSON.readTree(chat(server, sum).body()).path("from").asText());
    }
  }

  private static int models(RunningServer server) throws Exception {
    return ok(server.get(server.server().management().resolve("/info/models")))
        .path("models")
        .size();
  }

  private static HttpResponse<String> chat(RunningServer server, String text) throws Exception {
    return server.chat(Bodies.chat("auto", text));
  }

  private static String answer(RunningServer server) throws Exception {
    return JSON.readTree(chat(server, "hello").body()).path("from").asText();
  }

  private static String answerOrFail(RunningServer server) {
    try {
      return answer(server);
    } catch (Exception e) {
      return fail(e);
    }
  }

  private static String body(String yaml) {
    return JSON.createObjectNode().put("yaml", yaml).toString();
  }

  private static HttpResponse<String> put(RunningServer server, String yaml, String hash)
      throws Exception {
    return server.put("/config/router", body(yaml), "if-match", hash);
  }

  private static HttpResponse<String> rollback(RunningServer server, String version)
      throws Exception {
    return server.manage(
        "/config/router/rollback", JSON.createObjectNode().put("version", version).toString());
  }

  private static JsonNode status(RunningServer server) throws Exception {
    return ok(server.get(server.server().management().resolve("/config/hash")));
  }

  /** Asks until something is so. */
  private static JsonNode await(RunningServer server, Predicate<JsonNode> so) throws Exception {
    long end = System.nanoTime() + PATIENCE.toNanos();
    JsonNode status = status(server);
    while (!so.test(status)) {
      assertTrue(System.nanoTime() < end, () -> "still not so");
      status = status(server);
    }
    return status;
  }

  private static JsonNode ok(HttpResponse<String> reply) throws Exception {
    assertEquals(200, reply.statusCode(), reply.body());
    return JSON.readTree(reply.body());
  }

  private static JsonNode assertProblem(int status, String code, HttpResponse<String> reply)
      throws Exception {
    assertEquals(status, reply.statusCode(), reply.body());
    JsonNode json = JSON.readTree(reply.body());
    assertEquals(code, json.at("/error/code").asText(), reply.body());
    return json;
  }
}
