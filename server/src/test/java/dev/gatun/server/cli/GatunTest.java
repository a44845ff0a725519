package dev.gatun.server.cli;

import static dev.gatun.server.cli.CommandLineFixture.run;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.server.cli.CommandLineFixture.Ran;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GatunTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "serve",
        "chat",
        "eval",
        "config",
        "config validate",
        "config show",
        "config diff",
        "config schema",
        "validate",
        "model",
        "model run",
        "model tokenize",
        "model list",
        "model inspect",
        "classify",
        "version",
        "completion",
        "rehearse",
        "help",
        "build",
        "test",
        "dist",
        "bench",
        "conformance"
      })
  void everyCommandHasHelp(String command) {
    Ran ran = run((command + " --help").strip().split(" "));

    assertEquals(0, ran.status(), ran.err());
    assertTrue(ran.out().startsWith("Usage: gatun"), ran.out());
    assertEquals("", ran.err());
  }

  @ParameterizedTest
  @CsvSource({
    "serv, serve",
    "modle, model",
    "cofnig, config",
    "serve --prot, --port",
    "model run --modle x, --model",
    "model rnu, run",
    "serv --help, serve",
    "model rnu --help, run",
    "--stacktarce version, --stacktrace"
  })
  void unknownWordsSuggestTheNearest(String line, String suggestion) {
    Ran ran = run(line.split(" "));

    assertEquals(ExitStatus.USAGE, ran.status());
    assertTrue(ran.err().contains("did you mean"), ran.err());
    assertTrue(ran.err().contains(suggestion), ran.err());
    assertEquals("", ran.out());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "model", "config", "model run", "eval", "serve --port 70000"})
  void anIncompleteLineIsAUsageError(String line) {
    Ran ran = run(line.isEmpty() ? new String[0] : line.split(" "));

    assertEquals(ExitStatus.USAGE, ran.status(), ran.err());
    assertEquals("", ran.out());
  }

  @Test
  void helpShowsTheHelpOfACommand() {
    assertEquals(run("model", "run", "--help").out(), run("help", "model", "run").out());
    assertEquals(ExitStatus.USAGE, run("help", "modle").status());
  }

  @Test
  void aDistributionNamesTheCommandsItLeavesToACheckout() {
    for (String command : List.of("build", "test", "dist", "bench")) {
      Ran ran = run(command, "anything");
      assertEquals(ExitStatus.FAILED, ran.status());
      assertTrue(ran.err().contains("development command"), ran.err());
    }
  }

  @Test
  void completionIsAScriptThatKnowsTheCommands() {
    String script = run("completion").out();

    assertTrue(script.startsWith("#!/usr/bin/env bash"), script.substring(0, 40));
    for (String word :
        List.of("serve", "tokenize", "--allow-unsupported", "bench", "fidelity", "conformance")) {
      assertTrue(script.contains(word), word);
    }
  }

  @Test
  void versionSaysWhatRunsHere() {
    var version = run("version", "--json").json().getFirst();

    assertEquals("cpu", version.path("backend").asText());
    assertTrue(version.path("abi").asInt() >= 1);
    assertTrue(version.path("isa").asText().matches("scalar|(avx2|avx512|amx|neon)[a-z0-9]*"));
    assertTrue(run("version").out().contains("ABI " + version.path("abi").asText()));
  }

  @Test
  void versionIsAnOptionToo() {
    Ran ran = run("--version");

    assertEquals(0, ran.status(), ran.err());
    assertEquals("gatun " + Version.number(), ran.out().strip());
  }

  @ParameterizedTest
  @ValueSource(strings = {"chat hello --url", "eval --prompt hello --endpoint"})
  void aRouterThatDoesNotAnswerHasAStatusOfItsOwn(String line) {
    // Port 9 of the loopback address: a service that no machine here runs.
    Ran ran = run((line + " http://127.0.0.1:9").split(" "));

    assertEquals(ExitStatus.UNREACHABLE, ran.status());
    assertTrue(ran.err().contains("no router answers at http://127.0.0.1:9"), ran.err());
    String option = line.substring(line.lastIndexOf(' ') + 1);
    assertTrue(ran.err().strip().endsWith("name another with " + option), ran.err());
  }
}
