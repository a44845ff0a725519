package dev.gatun.server.external;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.gatun.router.config.ExternalModel;
import dev.gatun.router.model.Audio;
import dev.gatun.router.port.Answer;
import dev.gatun.router.port.AudioModel;
import dev.gatun.server.external.ExternalModels.Asked;
import dev.gatun.server.wire.Json;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.UUID;

/**
 * A model of another process that writes down what is said, asked as OpenAI's transcriptions have
 * it. Safe for use by many threads.
 */
record Transcriber(Asked asked) implements AudioModel {
  /** Ends a line of a form. */
  private static final String END = "\r\n";

  /** Of the name of a codec. */
  private static final int FORMAT_MAX = 16;

  @Override
  public Answer<Heard> hear(Audio audio) {
    byte[] sound;
    try {
      sound = Base64.getDecoder().decode(audio.base64());
    } catch (IllegalArgumentException e) {
      return Answer.failed("the audio of the request is not in base64");
    }
    if (!isName(audio.format())) {
      return Answer.failed("the audio of the request has a format that is no name");
    }
    String boundary = "gatun-" + UUID.randomUUID();
    return asked
        .client()
        .ask(
            new ExternalClient.Question<>(
                "multipart/form-data; boundary=" + boundary,
                form(boundary, audio.format(), sound),
                CarefulCalls.REPLY_BYTES_MAX,
                Transcriber::read));
  }

  /** Whether it is letters and digits alone; nothing else reaches a header. */
  private static boolean isName(String format) {
    return !format.isEmpty()
        && format.length() <= FORMAT_MAX
        && format.chars().allMatch(c -> c < 128 && Character.isLetterOrDigit(c));
  }

  /** The fields of a form (RFC 7578). Audio cannot hold the boundary but by guessing it. */
  private byte[] form(String boundary, String format, byte[] sound) {
    ExternalModel model = asked.model();
    String fields =
        field(boundary, "model", model.model())
            + field(boundary, "response_format", "json")
            + field(boundary, "temperature", Double.toString(model.limits().temperature()))
            + head(boundary, "file\"; filename=\"audio." + format)
            + "Content-Type: audio/"
            + format
            + END
            + END;
    ByteArrayOutputStream body = new ByteArrayOutputStream(fields.length() + sound.length + 64);
    body.writeBytes(fields.getBytes(StandardCharsets.UTF_8));
    body.writeBytes(sound);
    body.writeBytes((END + "--" + boundary + "--" + END).getBytes(StandardCharsets.UTF_8));
    return body.toByteArray();
  }

  private static String field(String boundary, String name, String value) {
    return head(boundary, name) + END + value + END;
  }

  private static String head(String boundary, String name) {
    return "--" + boundary + END + "Content-Disposition: form-data; name=\"" + name + '"' + END;
  }

  private static Answer<Heard> read(byte[] reply) {
    JsonNode text;
    try {
      text = Json.read(reply).path("text");
    } catch (JsonProcessingException e) {
      return Answer.failed("did not answer in JSON");
    }
    return text.isTextual()
        ? Answer.of(new Heard.Words(text.textValue()))
        : Answer.failed("did not answer as a transcription service does");
  }
}
