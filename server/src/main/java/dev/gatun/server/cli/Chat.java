package dev.gatun.server.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.server.wire.Json;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Scanner;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code gatun chat}: one message, or a conversation, through a running router. */
@Command(
    name = "chat",
    description = {
      "Send a message through a running router and print the answer as it comes.",
      "Without a message every line of standard input is a turn of one conversation."
    })
final class Chat implements Callable<Integer> {
  private final Console console;

  @Parameters(arity = "0..*", paramLabel = "MESSAGE", description = "What to say.")
  private List<String> words = List.of();

  @Option(
      names = "--url",
      paramLabel = "URL",
      defaultValue = "http://127.0.0.1:8899",
      description = "Data address of the router (default: ${DEFAULT-VALUE}).")
  private String url = "";

  @Option(
      names = "--model",
      paramLabel = "NAME",
      defaultValue = "auto",
      description = "Model to ask; auto lets the router choose (default).")
  private String model = "auto";

  @Option(names = "--system", paramLabel = "TEXT", description = "System message.")
  private Optional<String> system = Optional.empty();

  @Option(names = "--json", description = "Print the whole answer as one JSON object.")
  private boolean json;

  Chat(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    Conversation conversation = new Conversation(new ArrayList<>());
    system.ifPresent(text -> conversation.add("system", text));
    if (!words.isEmpty()) {
      turn(conversation, String.join(" ", words));
      return ExitStatus.OK;
    }
    Scanner lines = new Scanner(System.in, StandardCharsets.UTF_8);
    prompt();
    while (lines.hasNextLine()) {
      String line = lines.nextLine();
      if (!line.isBlank()) {
        turn(conversation, line);
      }
      prompt();
    }
    return ExitStatus.OK;
  }

  private record Conversation(List<ObjectNode> messages) {
    void add(String role, String content) {
      messages.add(Json.object().put("role", role).put("content", content));
    }
  }

  private void prompt() {
    if (console.terminal()) {
      console.err().print("> ");
      console.err().flush();
    }
  }

  private void turn(Conversation conversation, String message) {
    conversation.add("user", message);
    ObjectNode request = Json.object().put("model", model);
    conversation.messages().forEach(request.putArray("messages")::add);
    request.put("stream", !json);
    HttpResponse<InputStream> response =
        RouterClient.post(url, "--url", "/v1/chat/completions", Json.bytes(request));
    try (InputStream body = response.body()) {
      if (response.statusCode() != 200) {
        throw RouterClient.refused(url, response.statusCode(), body.readAllBytes());
      }
      String answer = json ? whole(body) : streamed(body);
      conversation.add("assistant", answer);
    } catch (IOException e) {
      throw new Failure(ExitStatus.FAILED, "the answer broke off: " + e.getMessage(), e);
    }
    console.flush();
    console.say(routing(response.headers()));
  }

  private String whole(InputStream body) throws IOException {
    JsonNode answer = Json.read(body.readAllBytes());
    console.json(answer);
    return answer.at("/choices/0/message/content").asText();
  }

  /** Prints every piece of the answer when it arrives. */
  private String streamed(InputStream body) throws IOException {
    StringBuilder answer = new StringBuilder();
    Scanner lines = new Scanner(body, StandardCharsets.UTF_8);
    while (lines.hasNextLine()) {
      String line = lines.nextLine();
      if (line.startsWith("data:") && !line.contains("[DONE]")) {
        String piece = piece(line.substring("data:".length()).strip());
        answer.append(piece);
        console.out().print(piece);
        console.flush();
      }
    }
    if (lines.ioException() != null) {
      throw lines.ioException();
    }
    console.line("");
    return answer.toString();
  }

  private static String piece(String event) throws IOException {
    try {
      JsonNode chunk = Json.read(event.getBytes(StandardCharsets.UTF_8));
      if (chunk.has("error")) {
        throw new IOException(chunk.at("/error/message").asText(chunk.get("error").toString()));
      }
      return chunk.at("/choices/0/delta/content").asText("");
    } catch (JsonProcessingException e) {
      throw new IOException("an event that is not JSON: " + event, e);
    }
  }

  /** Which model answered and why, from the headers of the answer. */
  private static String routing(HttpHeaders headers) {
    String model = headers.firstValue("x-vsr-selected-model").orElse("an unnamed model");
    String decision =
        headers
            .firstValue("x-vsr-selected-decision")
            .map(name -> "decision " + name)
            .orElse("no decision matched");
    List<String> signals = new ArrayList<>();
    headers
        .map()
        .forEach((name, values) -> {
          if (name.startsWith("x-vsr-matched-")) {
            signals.add(name.substring("x-vsr-matched-".length()) + ": " + values.getFirst());
          }
        });
    return "answered by "
        + model
        + " ("
        + decision
        + (signals.isEmpty() ? "" : "; " + String.join("; ", signals))
        + ")";
  }
}
