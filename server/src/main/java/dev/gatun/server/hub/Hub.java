package dev.gatun.server.hub;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.gatun.server.wire.Json;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A Hugging Face hub: lists commits and fetches files. */
public final class Hub {
  private static final Duration SILENCE = Duration.ofSeconds(60);
  private static final int LISTING_BYTES_MAX = 32 << 20;
  private static final int ERROR_BYTES_MAX = 1 << 14;

  private final HubRequests requests;

  public Hub(HubEndpoint endpoint) {
    this(endpoint, SILENCE);
  }

  /**
   * A hub with other patience.
   *
   * @param silence how long a host may say nothing before the transfer counts as broken
   */
  public Hub(HubEndpoint endpoint, Duration silence) {
    this.requests = new HubRequests(endpoint, silence);
  }

  /** Hears of a download's progress. */
  @FunctionalInterface
  public interface Watch {
    /**
     * Some of a file has come.
     *
     * @param bytes of {@code file} that are here
     */
    void at(HubFile file, long bytes);
  }

  /**
   * The files of the commit that a revision stands for now.
   *
   * @throws HubException when the hub does not answer, does not know it, or does not let us
   */
  public Listing list(RepositoryId repository) {
    URI address =
        address(
            "/api/models/"
                + repository.id()
                + "/revision/"
                + segment(repository.revision())
                + "?blobs=true");
    try (Answer answer = requests.get(address, Map.of("Accept", "application/json"))) {
      if (answer.status() != 200) {
        throw refused(repository.toString(), answer);
      }
      return listing(repository, answer);
    } catch (IOException e) {
      throw unreachable(address, e);
    }
  }

  /**
   * Fetches a file to {@code target}, whole and checked or not at all. A part that an earlier call
   * left behind is continued when the file is still the same.
   *
   * @throws HubException when it cannot be had, or is not what the hub says it is
   * @throws IOException when it cannot be written
   */
  public void fetch(RepositoryId repository, String commit, HubFile file, Path target, Watch watch)
      throws IOException {
    var path = new ArrayList<String>();
    for (String part : file.name().split("/", -1)) {
      path.add(segment(part));
    }
    URI address =
        address(
            "/" + repository.id() + "/resolve/" + segment(commit) + "/" + String.join("/", path));
    new Download(this, address, file, target, watch).run();
  }

  HubRequests requests() {
    return requests;
  }

  private URI address(String path) {
    return URI.create(requests.endpoint().base() + path);
  }

  private static String segment(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private static Listing listing(RepositoryId repository, Answer answer) throws IOException {
    byte[] body;
    try (InputStream in = answer.body()) {
      body = in.readNBytes(LISTING_BYTES_MAX + 1);
    }
    if (body.length > LISTING_BYTES_MAX) {
      throw new HubException(repository + " has too many files to be one model");
    }
    JsonNode tree;
    try {
      tree = Json.read(body);
    } catch (JsonProcessingException e) {
      throw new HubException(
          answer.address().getHost() + " does not answer with JSON; is it a hub?", e);
    }
    List<HubFile> files = new ArrayList<>();
    for (JsonNode file : tree.path("siblings")) {
      files.add(
          new HubFile(
              file.path("rfilename").asText(),
              file.path("lfs").path("size").asLong(file.path("size").asLong(-1)),
              text(file.path("lfs").path("sha256")),
              file.has("lfs") ? Optional.empty() : text(file.path("blobId"))));
    }
    return new Listing(tree.path("sha").asText(), files);
  }

  private static Optional<String> text(JsonNode node) {
    return node.isTextual() ? Optional.of(node.textValue()) : Optional.empty();
  }

  /** What a status other than success means for {@code what}, and what can be done. */
  HubException refused(String what, Answer answer) {
    String host = answer.address().getHost();
    String said = said(answer);
    boolean anonymous = requests.endpoint().token().isEmpty();
    String reason =
        switch (answer.status()) {
          case 401 ->
              anonymous
                  ? "does not exist or is not public; check the name, or set HF_TOKEN"
                  : "does not exist, or HF_TOKEN is not valid; check both";
          case 403 ->
              anonymous
                  ? "wants a known user; accept its terms on the hub, then set HF_TOKEN"
                  : "is not open to this HF_TOKEN; accept its terms on the hub with that user";
          case 404 -> "does not exist; check the name and the revision";
          case 429 -> "was asked for too often; try again later, what is here is kept";
          default ->
              answer.status() >= 500
                  ? "cannot be had now; try again later, what is here is kept"
                  : "is not given out";
        };
    return new HubException(
        what + " " + reason + " (" + host + " answered " + answer.status() + said + ")");
  }

  private static String said(Answer answer) {
    String text =
        answer
            .header("X-Error-Message")
            .or(() -> errorText(answer.errorBody(ERROR_BYTES_MAX)))
            .orElse("")
            .replaceAll("\\p{Cntrl}", " ")
            .strip();
    return text.isEmpty() ? "" : ": " + (text.length() > 200 ? text.substring(0, 200) : text);
  }

  private static Optional<String> errorText(byte[] body) {
    try {
      return text(Json.read(body).path("error"));
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
  }

  static HubException unreachable(URI address, IOException cause) {
    return new HubException(
        "no answer from "
            + address.getHost()
            + " ("
            + cause.getClass().getSimpleName()
            + ": "
            + cause.getMessage()
            + "); check the network and HF_ENDPOINT, what is here is kept",
        cause);
  }
}
