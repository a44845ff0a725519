package dev.gatun.server.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.router.config.RouterConfig;
import dev.gatun.router.decision.Decision;
import dev.gatun.server.OfflineRouter;
import dev.gatun.server.StartException;
import dev.gatun.server.classify.Row;
import dev.gatun.server.manage.ManageException;
import dev.gatun.server.models.ModelsLocation;
import dev.gatun.server.wire.Json;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.ToIntBiFunction;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code gatun eval}: where requests would go, without calling a model. */
@Command(
    name = "eval",
    description = {
      "Say where requests would be routed, and why, without calling a model.",
      "--input answers offline, for every line of a file. --prompt and --messages ask a running",
      "router, or answer offline too where --config or --compatibility is given."
    },
    footer = {
      "",
      "Input lines: {\"id\"?, \"text\"} or {\"id\"?, \"messages\":[…], \"tools\"?, …}, each with",
      "\"expect\" or without: the name of a decision, or {\"decision\"?, \"model\"?}.",
      "Output lines: the answer of POST /api/v1/eval, and \"id\". A summary follows."
    })
final class Eval implements Callable<Integer> {
  private static final String USUAL_ENDPOINT = "http://127.0.0.1:8080";

  private final Console console;

  @Mixin private ConfigOption config = new ConfigOption();

  @Option(
      names = "--input",
      paramLabel = "FILE",
      description = "JSON lines to evaluate offline; - reads standard input.")
  private Optional<String> input = Optional.empty();

  @Option(names = "--prompt", paramLabel = "TEXT", description = "Where would TEXT go?")
  private Optional<String> prompt = Optional.empty();

  @Option(
      names = "--messages",
      paramLabel = "JSON",
      description = "Where would a list of messages go?")
  private Optional<String> messages = Optional.empty();

  @Option(
      names = "--model",
      paramLabel = "NAME",
      description =
          "The model that is asked for, unless a line names one; a name of an entry point"
              + " asks for its recipe (default: auto).")
  private Optional<String> model = Optional.empty();

  @Option(
      names = {"--endpoint", "--url"},
      paramLabel = "URL",
      description = "Management address of the router (default: " + USUAL_ENDPOINT + ").")
  private Optional<String> endpoint = Optional.empty();

  @Option(names = "--trace", description = "Add how every decision was judged.")
  private boolean trace;

  @Option(names = "--json", description = "JSON out: one object per line.")
  private boolean json;

  Eval(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    long given =
        java.util.stream.Stream.of(input, prompt, messages).filter(Optional::isPresent).count();
    if (given != 1) {
      throw new Failure(
          ExitStatus.USAGE, "give exactly one of --input FILE, --prompt TEXT and --messages JSON");
    }
    if (input.isPresent()) {
      String file = input.get();
      if (endpoint.isPresent()) {
        throw new Failure(
            ExitStatus.USAGE, "--input answers offline: leave --endpoint out, or ask by --prompt");
      }
      return offline((router, settings) -> answerAll(router, settings, file));
    }
    ObjectNode request = Json.object();
    model.ifPresent(name -> request.put("model", name));
    prompt.ifPresent(text -> request.put("text", text));
    messages.ifPresent(text -> request.set("messages", parsed(text)));
    return config.isWritten() ? offline((router, _) -> answer(router, request)) : online(request);
  }

  private int offline(ToIntBiFunction<OfflineRouter, RouterConfig> work) {
    RouterConfig settings = config.require(console);
    Path models = ModelsLocation.builtIns();
    try (OfflineRouter router = OfflineRouter.open(settings, config.hash(settings), models)) {
      router.notices().forEach(console::say);
      return work.applyAsInt(router, settings);
    } catch (StartException e) {
      throw new Failure(ExitStatus.FAILED, String.valueOf(e.getMessage()), e);
    }
  }

  private int answerAll(OfflineRouter router, RouterConfig settings, String file) {
    EvalSummary summary = new EvalSummary(decisions(settings));
    int status =
        new JsonLines(console, file)
            .atOnce(router.atOnce().orElse(RowQueue.IN_FLIGHT_MAX))
            .run(
                row -> answer(router, row),
                answer -> {
                  summary.add(answer, Expectation.of(answer.path(Expectation.KEY)));
                  row(answer);
                });
    List<String> lines = summary.lines();
    if (json) {
      lines.forEach(console::say);
    } else if (!lines.isEmpty()) {
      console.line("");
      lines.forEach(console::line);
      console.flush();
    }
    return status;
  }

  private static Set<String> decisions(RouterConfig settings) {
    return settings.profiles().stream()
        .flatMap(profile -> profile.routing().decisions().stream())
        .map(Decision::name)
        .collect(Collectors.toSet());
  }

  private ObjectNode answer(OfflineRouter router, Row row) {
    Expectation expectation = Expectation.of(row.json().path(Expectation.KEY));
    try {
      ObjectNode answer = row.answer();
      ObjectNode request = Json.object();
      model.ifPresent(name -> request.put("model", name));
      request.setAll(row.json());
      request.setAll(answer);
      answer.setAll(router.evaluate(request, trace));
      if (!expectation.isNothing()) {
        answer.set(Expectation.KEY, row.json().get(Expectation.KEY));
        answer.put("expect_met", expectation.isMet(answer));
      }
      return answer;
    } catch (ManageException e) {
      throw new Row.Bad(String.valueOf(e.getMessage()));
    }
  }

  private int answer(OfflineRouter router, ObjectNode request) {
    try {
      show(router.evaluate(request, trace));
      return ExitStatus.OK;
    } catch (ManageException e) {
      throw new Failure(ExitStatus.FAILED, String.valueOf(e.getMessage()), e);
    }
  }

  private int online(ObjectNode request) {
    String router = endpoint.orElse(USUAL_ENDPOINT);
    HttpResponse<InputStream> response =
        RouterClient.post(
            router,
            "--endpoint",
            "/api/v1/eval" + (trace ? "?trace=true" : ""),
            Json.bytes(request));
    try (InputStream body = response.body()) {
      byte[] bytes = body.readAllBytes();
      if (response.statusCode() != 200) {
        throw RouterClient.refused(router, response.statusCode(), bytes);
      }
      if (Json.read(bytes) instanceof ObjectNode answer) {
        show(answer);
        return ExitStatus.OK;
      }
      throw new Failure(ExitStatus.FAILED, router + " answered with something else than an object");
    } catch (IOException e) {
      throw new Failure(ExitStatus.FAILED, "no whole answer from " + router + ": " + e, e);
    }
  }

  private static JsonNode parsed(String text) {
    try {
      JsonNode tree = Json.read(text.getBytes(StandardCharsets.UTF_8));
      if (tree.isArray()) {
        return tree;
      }
    } catch (JsonProcessingException e) {
      throw new Failure(ExitStatus.USAGE, "--messages is not JSON: " + e.getOriginalMessage(), e);
    }
    throw new Failure(ExitStatus.USAGE, "--messages is not a JSON array");
  }

  /** One of many. */
  private void row(ObjectNode answer) {
    if (json) {
      console.json(answer);
      return;
    }
    String name = answer.at("/decision_result/decision_name").asText();
    String met = answer.path("expect_met").asBoolean(true) ? "" : "  not as expected";
    console.line(
        answer.path("id").asText()
            + "  "
            + (name.isEmpty() ? "(none)" : name)
            + "  "
            + answer.path("selected_model").asText("(none)")
            + met);
  }

  private void show(ObjectNode answer) {
    if (json) {
      console.json(answer);
      return;
    }
    JsonNode decision = answer.path("decision_result");
    String name = decision.path("decision_name").asText();
    console.line("decision  " + (name.isEmpty() ? "none" : name));
    if (answer.has("recipe")) {
      console.line("recipe    " + answer.path("recipe").asText());
    }
    console.line("model     " + answer.path("selected_model").asText("none"));
    for (var signals : decision.path("matched_signals").properties()) {
      console.line("matched   " + signals.getKey() + ": " + joined(signals.getValue()));
    }
    for (var confidence : answer.path("signal_confidences").properties()) {
      console.line(
          String.format(
              Locale.ROOT,
              "          %s %.3f",
              confidence.getKey(),
              confidence.getValue().asDouble()));
    }
  }

  private static String joined(JsonNode names) {
    StringBuilder joined = new StringBuilder();
    names.forEach(name -> joined.append(joined.isEmpty() ? "" : ", ").append(name.asText()));
    return joined.toString();
  }
}
