package dev.gatun.server.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.router.model.Compatibility;
import dev.gatun.server.conformance.Adapter;
import dev.gatun.server.wire.Json;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code gatun conformance}: answers language-neutral cases, each as soon as it is read, so that a
 * runner may wait for one answer before it sends the next case.
 */
@Command(
    name = "conformance",
    description = {
      "Answer cases about pure functions, a JSON object a line (in a checkout).",
      "Standard input: {\"id\", \"kind\", \"input\"}. Standard output: {\"id\", \"output\"}, or",
      "{\"id\", \"unsupported\": true} for a kind that is not known."
    })
final class Conformance implements Callable<Integer> {
  private final Console console;

  @Option(
      names = "--compatibility",
      paramLabel = "WORD",
      converter = ConfigOption.CompatibilityWord.class,
      description = "gatun, or upstream-0.3 to decide as vLLM Semantic Router v0.3 does.")
  private Compatibility compatibility = Compatibility.GATUN;

  Conformance(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    if (Files.isExecutable(Path.of(System.getProperty("gatun.home", "."), "runtime/bin/java"))) {
      return Development.refuse(console, "conformance");
    }
    return answer(new BufferedInputStream(System.in));
  }

  /** Answers until the input ends. */
  int answer(InputStream in) {
    Adapter adapter = new Adapter(compatibility);
    int status = ExitStatus.OK;
    try {
      for (byte[] line = JsonLines.line(in); line.length > 0; line = JsonLines.line(in)) {
        if (!JsonLines.isBlank(line) && !answer(adapter, line)) {
          status = ExitStatus.FAILED;
        }
      }
    } catch (IOException e) {
      throw new Failure(ExitStatus.FAILED, "standard input cannot be read: " + e.getMessage(), e);
    }
    return status;
  }

  /** Answers one line; false when it is no case, or when the answer is that something broke. */
  private boolean answer(Adapter adapter, byte[] line) {
    ObjectNode answer = Json.object().putNull("id");
    boolean good = false;
    try {
      if (Json.read(line) instanceof ObjectNode request) {
        answer.set("id", request.path("id"));
        answer = adapter.answer(request);
        good = true;
      } else {
        broke(answer, "not a JSON object");
      }
    } catch (JsonProcessingException e) {
      broke(answer, "not JSON: " + e.getOriginalMessage());
    } catch (RuntimeException e) {
      broke(answer, "internal error: " + e);
    }
    console.json(answer);
    console.flush();
    return good;
  }

  private void broke(ObjectNode answer, String message) {
    answer.putObject("output").put("error", message);
    console.say(answer.path("id").asText() + ": " + message);
  }
}
