package dev.gatun.server.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.gatun.server.wire.Json;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Calls to a running router from the commands that need one. */
final class RouterClient {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
  private static final int ANSWER_BYTES_MAX = 16 << 20;

  private RouterClient() {}

  /**
   * Posts JSON and returns when the head of the answer is here.
   *
   * @param option the option by which the user names the router, for messages
   * @throws Failure with {@link ExitStatus#UNREACHABLE} when nobody answers there
   */
  static HttpResponse<InputStream> post(String base, String option, String path, byte[] body) {
    return send(
        base,
        option,
        request(base, option, path)
            .header("content-type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofByteArray(body)));
  }

  /**
   * Gets JSON.
   *
   * @param option the option by which the user names the router, for messages
   * @throws Failure with {@link ExitStatus#UNREACHABLE} when nobody answers there, and with {@link
   *     ExitStatus#FAILED} when the answer is an error
   */
  static JsonNode get(String base, String option, String path) {
    HttpResponse<InputStream> response = send(base, option, request(base, option, path).GET());
    try (InputStream body = response.body()) {
      byte[] bytes = body.readNBytes(ANSWER_BYTES_MAX);
      if (response.statusCode() != 200) {
        throw refused(base, response.statusCode(), bytes);
      }
      return Json.read(bytes);
    } catch (IOException e) {
      throw new Failure(
          ExitStatus.FAILED, base + path + " answered with no JSON: " + e.getMessage(), e);
    }
  }

  private static HttpRequest.Builder request(String base, String option, String path) {
    try {
      return HttpRequest.newBuilder(URI.create(base.replaceFirst("/+$", "") + path));
    } catch (IllegalArgumentException e) {
      throw new Failure(
          ExitStatus.USAGE,
          option + " " + base + " is not an address such as http://127.0.0.1:8899",
          e);
    }
  }

  private static HttpResponse<InputStream> send(
      String base, String option, HttpRequest.Builder request) {
    HttpClient client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_TIMEOUT)
            .build();
    try {
      return client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
    } catch (ConnectException | HttpConnectTimeoutException | UnresolvedAddressException e) {
      throw unreachable(base, option, e);
    } catch (IOException e) {
      throw new Failure(
          ExitStatus.UNREACHABLE, "no answer from " + base + ": " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Failure(ExitStatus.FAILED, "interrupted", e);
    }
  }

  /** What to say when the router answers with an error. */
  static Failure refused(String base, int status, byte[] body) {
    String reason;
    try {
      reason = Json.read(body).at("/error/message").asText("");
    } catch (JsonProcessingException e) {
      reason = new String(body, StandardCharsets.UTF_8).strip();
    }
    return new Failure(
        ExitStatus.FAILED, base + " answered " + status + (reason.isEmpty() ? "" : ": " + reason));
  }

  private static Failure unreachable(String base, String option, Exception cause) {
    return new Failure(
        ExitStatus.UNREACHABLE,
        "no router answers at "
            + base
            + "; start one with 'gatun serve' or name another with "
            + option,
        cause);
  }
}
