package dev.gatun.server.external;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.server.http.FakeBackend;
import dev.gatun.server.wire.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;

/** An encoder whose vectors point where the words do that it knows, in texts, images and sound. */
final class WordVectors {
  private final List<String> vocabulary;

  WordVectors(String... vocabulary) {
    this.vocabulary = List.of(vocabulary);
  }

  /** Words as bytes of an image or a sound, in base64. */
  static String coded(String words) {
    return Base64.getEncoder().encodeToString(words.getBytes(StandardCharsets.UTF_8));
  }

  /** Answers {@code POST /v1/embeddings} for texts, or for the one image or sound that is asked. */
  void answer(FakeBackend.Call call) throws IOException {
    ObjectNode reply = Json.object();
    ArrayNode data = reply.putArray("data");
    for (String words : asked(call)) {
      List<String> known = List.of(words.toLowerCase(Locale.ROOT).split(" ", -1));
      ArrayNode vector = data.addObject().put("index", data.size() - 1).putArray("embedding");
      vector.add(0.01);
      vocabulary.forEach(word -> vector.add(known.contains(word) ? 2 : 0));
    }
    call.json(200, reply.toString());
  }

  private static List<String> asked(FakeBackend.Call call) throws IOException {
    JsonNode body = Json.read(call.body());
    List<String> asked = new ArrayList<>();
    body.path("input").forEach(text -> asked.add(text.asText()));
    JsonNode part = body.at("/messages/0/content/0");
    switch (part.path("type").asText()) {
      case "image_url" ->
          asked.add(words(part.at("/image_url/url").asText().replaceAll(".*,", "")));
      case "input_audio" -> asked.add(words(part.at("/input_audio/data").asText()));
      default -> {}
    }
    return asked;
  }

  private static String words(String base64) {
    return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
  }
}
