package dev.gatun.server.cli;

import static dev.gatun.server.cli.CommandLineFixture.file;
import static dev.gatun.server.cli.CommandLineFixture.run;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.server.cli.CommandLineFixture.Ran;
import dev.gatun.server.http.FakeBackend;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigMigrateTest {
  private static final String OLD =
      """
      # Which model answers.
      default_model: m
      model_config:
        # The only one.
        m: {preferred_endpoints: [e]}
      # Where it is.
      vllm_endpoints:
        - {name: e, address: 127.0.0.1, port: 8000}
      categories:
        - name: math # numbers
          mmlu_categories: [math]
      decisions:
        - {name: d, rules: {type: domain, name: math}, modelRefs: [{model: m}]}
      """;

  @TempDir private Path temporary;

  @Test
  void anOldFileBecomesAValidOneWithItsComments() throws IOException {
    Path old = file(temporary, "old.yaml", OLD);
    Path written = temporary.resolve("new.yaml");

    Ran ran = run("config", "migrate", old.toString(), "--out", written.toString());
    assertEquals(0, ran.status(), ran.err());
    String text = Files.readString(written);
    assertTrue(text.contains("# Which model answers.\n    default_model: m\n"), text);
    assertTrue(text.contains("# The only one."), text);
    assertTrue(text.contains("# Where it is."), text);
    assertTrue(text.contains("name: math # numbers"), text);
    assertEquals(0, run("validate", written.toString()).status());

    Ran again = run("config", "migrate", old.toString(), "--out", written.toString());
    assertEquals(ExitStatus.FAILED, again.status());
    assertTrue(again.err().contains("--force"), again.err());
    assertEquals(
        0,
        run("config", "migrate", old.toString(), "--out", written.toString(), "--force").status());
  }

  @Test
  void whatIsLeftOutIsNamedAndCounts() {
    Path old = file(temporary, "old.yaml", OLD + "nobody_knows: 1\n");

    Ran ran = run("config", "migrate", old.toString());
    assertEquals(ExitStatus.FAILED, ran.status(), ran.err());
    assertTrue(ran.err().contains("old.yaml:14:1 nobody_knows — left out"), ran.err());
    assertTrue(ran.out().startsWith("version: v0.3\n"), ran.out());
    assertEquals(0, run("config", "migrate", old.toString(), "--drop-unknown").status());
  }

  /** A key is named by where it stands, never by what it says (spec operations §2.2). */
  @Test
  void aKeyThatFindsNoBackendIsNoSuccess() {
    Path old =
        file(
            temporary,
            "old.yaml",
            OLD.replace("{preferred_endpoints: [e]}", "{model_id: x, access_key: sk-lost}"));

    Ran ran = run("config", "migrate", old.toString());
    assertEquals(ExitStatus.CONFIGURATION, ran.status(), ran.err());
    assertTrue(ran.err().contains("model_config.m.access_key — left out"), ran.err());
    assertFalse((ran.out() + ran.err()).contains("sk-lost"), ran.err());
  }

  @Test
  void whatTheNewFileLacksIsToldWithItsPlaceThere() {
    Path old = file(temporary, "old.yaml", OLD.replace("[{model: m}]", "[{model: lost}]"));

    Ran ran = run("config", "migrate", old.toString());
    assertEquals(ExitStatus.CONFIGURATION, ran.status(), ran.err());
    assertTrue(ran.err().contains("(output):"), ran.err());
    assertTrue(ran.err().contains("\"lost\""), ran.err());
  }

  @Test
  void aListOfModelsBecomesAConfiguration() throws IOException {
    String list =
        """
        {"data": [{"id": "big", "max_model_len": 4096},
                  {"id": "sql", "parent": "big"}]}
        """;
    Path source = file(temporary, "models.json", list);
    Path written = temporary.resolve("imported.yaml");
    Ran ran =
        run(
            "config",
            "import",
            "--from",
            "vllm",
            "--source",
            source.toString(),
            "--base-url",
            "http://127.0.0.1:8000/v1",
            "--out",
            written.toString());

    assertEquals(0, ran.status(), ran.err());
    assertEquals(0, run("validate", written.toString()).status());
    String text = Files.readString(written);
    assertTrue(text.contains("context_window_size: 4096") && text.contains("name: sql"), text);
    assertEquals(
        ExitStatus.USAGE,
        run("config", "import", "--from", "vllm", "--source", source.toString()).status());
  }

  @Test
  void anAddressIsAskedForItsModels() throws InterruptedException {
    try (FakeBackend server =
        FakeBackend.start(call -> call.json(200, "{\"data\": [{\"id\": \"served\"}]}"))) {
      String base = "http://127.0.0.1:" + server.port();
      Ran ran = run("config", "import", "--from", "openai-models", "--source", base);

      assertEquals(0, ran.status(), ran.err());
      assertEquals("GET /v1/models HTTP/1.1", server.taken().requestLine());
      assertTrue(ran.out().contains("base_url: " + base + "/v1"), ran.out());
      assertTrue(ran.out().contains("default_model: served"), ran.out());
    }
  }

  @Test
  void keysOfAListAreNotCopied() {
    Path source =
        file(
            temporary,
            "litellm.yaml",
            """
            model_list:
              - model_name: gpt
                litellm_params: {model: openai/gpt-x, api_key: sk-literal}
                model_info: {max_input_tokens: 9, input_cost_per_token: 0.0000025}
              - model_name: gpt
                litellm_params: {model: azure/dep, api_base: "https://a/b", api_key: os.environ/AZ}
              - {model_name: odd, litellm_params: {model: cohere/x}}
            """);
    Ran ran = run("config", "import", "--from", "litellm", "--source", source.toString());

    assertEquals(0, ran.status(), ran.err());
    assertFalse((ran.out() + ran.err()).contains("sk-literal"), ran.out());
    for (String part :
        new String[] {
          "api_key_env: GPT_API_KEY", "api_key_env: AZ", "provider: azure-openai",
          "provider_model_id: gpt-x", "prompt_per_1m: 2.5", "context_window_size: 9"
        }) {
      assertTrue(ran.out().contains(part), part + ran.out());
    }
    assertTrue(ran.err().contains("odd is left out"), ran.err());
    assertTrue(ran.err().contains("GPT_API_KEY"), ran.err());
    assertTrue(ran.err().contains("gpt is called gpt-x and dep"), ran.err());
  }

  @Test
  void modelsOfAnthropicAreAskedInItsWay() {
    Path source =
        file(
            temporary,
            "litellm.yaml",
            """
            model_list:
              - {model_name: c, litellm_params: {model: anthropic/claude}}
              - {model_name: c, litellm_params: {model: openai/claude}}
              - {model_name: o, litellm_params: {model: openai/o}}
            """);
    Ran ran = run("config", "import", "--from", "litellm", "--source", source.toString());

    assertEquals(0, ran.status(), ran.err());
    assertEquals(2, ran.out().split("api_format: anthropic", -1).length, ran.out());
    assertTrue(ran.err().contains("c has backends that speak anthropic and openai"), ran.err());
  }

  @Test
  void aFileOfAnotherFormIsRefused() {
    Path source = file(temporary, "other.json", "{\"object\": \"list\"}");
    for (String form : new String[] {"openai-models", "vllm", "litellm", "openclaw"}) {
      Ran ran =
          run("config", "import", "--from", form, "--source", source.toString(), "--base-url", "u");

      assertEquals(ExitStatus.FAILED, ran.status(), form);
      assertTrue(ran.err().contains("other.json has no models under "), ran.err());
      assertEquals("", ran.out());
    }
  }

  @Test
  void providersOfOpenClawAreRead() {
    Path source =
        file(
            temporary,
            "openclaw.json",
            """
            {"models": {"providers": {
              "mine": {"baseUrl": "http://h:1/v1", "apiKey": "${MINE}", "api": "openai-completions",
                "models": [{"id": "a", "name": "A", "contextWindow": 5, "cost": {"input": 1}}]},
              "other": {"baseUrl": "http://h:2", "api": "google-generative-ai", "models": []}}}}
            """);
    Ran ran = run("config", "import", "--from", "openclaw", "--source", source.toString());

    assertEquals(0, ran.status(), ran.err());
    assertTrue(ran.out().contains("api_key_env: MINE"), ran.out());
    assertTrue(ran.out().contains("prompt_per_1m: 1"), ran.out());
    assertTrue(ran.err().contains("other is left out"), ran.err());
  }
}
