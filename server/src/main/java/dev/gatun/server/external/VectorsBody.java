package dev.gatun.server.external;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.router.model.Audio;
import dev.gatun.router.model.Image;
import dev.gatun.router.port.Answer;
import dev.gatun.server.wire.Json;
import java.util.List;

/** Questions and answers as OpenAI's embeddings protocol has them. */
final class VectorsBody {
  private static final String INDEX = "index";

  private VectorsBody() {}

  /**
   * The body of a request. It names no dimensions: many servers refuse any, and vectors are
   * shortened on this side.
   *
   * @param model as its server knows it
   */
  static byte[] of(String model, List<String> texts) {
    ObjectNode body = body(model);
    ArrayNode input = body.putArray("input");
    texts.forEach(input::add);
    return Json.bytes(body);
  }

  /**
   * The same about audio, as one turn of a chat: what vLLM takes for models that hear.
   *
   * @param model as its server knows it
   */
  static byte[] of(String model, Audio audio) {
    ObjectNode body = body(model);
    ObjectNode turn = body.putArray("messages").addObject().put("role", "user");
    ObjectNode part = turn.putArray("content").addObject().put("type", "input_audio");
    part.putObject("input_audio").put("data", audio.base64()).put("format", audio.format());
    return Json.bytes(body);
  }

  /**
   * The same about an image.
   *
   * @param model as its server knows it
   */
  static byte[] of(String model, Image image) {
    ObjectNode body = body(model);
    ObjectNode turn = body.putArray("messages").addObject().put("role", "user");
    ObjectNode part = turn.putArray("content").addObject().put("type", "image_url");
    part.putObject("image_url").put("url", image.uri());
    return Json.bytes(body);
  }

  private static ObjectNode body(String model) {
    return Json.object().put("model", model).put("encoding_format", "float");
  }

  /**
   * The vectors of a response in the order of the texts, each of unit length, or what is wrong.
   *
   * @param count of the texts
   */
  static Answer<List<float[]>> read(byte[] response, int count) {
    JsonNode data;
    try {
      data = Json.read(response).path("data");
    } catch (JsonProcessingException e) {
      return Answer.failed("did not answer in JSON");
    }
    if (!data.isArray()) {
      return Answer.failed("did not answer as an embeddings service does");
    }
    if (data.size() != count) {
      return Answer.failed("answered with " + data.size() + " vectors for " + count + " texts");
    }
    float[][] ordered = new float[count][0];
    for (int i = 0; i < count; i++) {
      JsonNode item = data.get(i);
      JsonNode index = item.path(INDEX);
      int place = index.isMissingNode() ? i : index.canConvertToInt() ? index.intValue() : -1;
      if (place < 0 || place >= count || ordered[place].length > 0) {
        return Answer.failed("answered with vectors that are not numbered by their texts");
      }
      float[] vector = unit(item.path("embedding"));
      if (vector.length == 0) {
        return Answer.failed("answered with a vector that has no direction of finite numbers");
      }
      ordered[place] = vector;
    }
    return Answer.of(List.of(ordered));
  }

  /** A vector of unit length; empty for what is none. */
  private static float[] unit(JsonNode numbers) {
    double squares = 0;
    double[] values = new double[numbers.isArray() ? numbers.size() : 0];
    for (int i = 0; i < values.length; i++) {
      values[i] = numbers.get(i).isNumber() ? numbers.get(i).doubleValue() : Double.NaN;
      squares += values[i] * values[i];
    }
    double length = Math.sqrt(squares);
    if (!Double.isFinite(length) || length == 0) {
      return new float[0];
    }
    float[] unit = new float[values.length];
    for (int i = 0; i < unit.length; i++) {
      unit[i] = (float) (values[i] / length);
    }
    return unit;
  }
}
