package dev.gatun.bench.worker;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.bench.model.RandomModernBert;
import dev.gatun.inference.EncoderModel;
import dev.gatun.inference.Inference;
import dev.gatun.inference.InferenceOptions;
import dev.gatun.inference.Output;
import dev.gatun.inference.Precision;
import dev.gatun.inference.TokenBatch;
import dev.gatun.inference.WeightCache;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The external protocol, answered by the native engine and compared with it. */
class EncoderWorkerTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Path MINILM =
      Path.of(System.getProperty("gatun.models")).resolve("all-MiniLM-L6-v2");

  @TempDir private Path folder;

  private Models models;

  @BeforeEach
  void start() {
    models = new Models(Optional.of(1), Precision.FP32, WeightCache.off(), folder.resolve("made"));
  }

  @AfterEach
  void stop() {
    models.close();
  }

  @Test
  void embeddingsAreThoseOfTheModelWhateverThePadding() throws Exception {
    JsonNode reply =
        reply(
            job("sentence-embedding", MINILM)
                .put("want_outputs", true)
                .set(
                    "requests",
                    JSON.readTree(
                        """
                        [{"batch":[[101,7592,2088,102],[101,7592,102,0]],"lengths":[4,3]},
                         {"batch":[[101,7592,102]]}]
                        """)));

    assertEquals("embedding", reply.path("output_kind").asText(), reply::toString);
    assertTrue(reply.path("load_ms").asDouble() > 0);
    assertEquals(2, reply.path("latencies_ms").size());
    assertEquals(3, reply.path("latencies_ms").path(0).size(), "timed runs only");
    float[] both = expected(MINILM, Output.embedding(), new int[] {101, 7592, 2088, 102});
    assertArrayEquals(both, row(reply, 0, 0), 1e-5f);
    assertArrayEquals(row(reply, 1, 0), row(reply, 0, 1), 1e-5f);
  }

  @Test
  void aTrunkWithoutPoolingIsPooledAsTheProtocolSays() throws Exception {
    Path trunk = Files.createDirectory(folder.resolve("trunk"));
    for (String file : List.of("config.json", "model.safetensors")) {
      Files.copy(MINILM.resolve(file), trunk.resolve(file));
    }
    ObjectNode job = job("sentence-embedding", trunk).put("want_outputs", true);
    job.putArray("requests").addObject().putArray("batch").addArray().add(101).add(2088).add(102);

    float[] vector = row(reply(job), 0, 0);

    assertArrayEquals(
        expected(MINILM, Output.embedding(), new int[] {101, 2088, 102}), vector, 1e-5f);
    assertTrue(Files.notExists(trunk.resolve("modules.json")), "the model itself stays as it is");
  }

  @Test
  void classifiersAnswerLogitsOfEveryTaskAndCaller() throws Exception {
    Path model = RandomModernBert.tiny().in(folder.resolve("tiny"), _ -> {});
    ObjectNode job = job("sequence-classification", model).put("want_outputs", true);
    job.put("tasks", 6).put("concurrency", 2);
    job.putArray("requests").addObject().putArray("batch").addArray().add(5).add(6).add(7);

    JsonNode reply = reply(job);

    assertEquals("logits", reply.path("output_kind").asText(), reply::toString);
    assertEquals(6, reply.path("latencies_ms").path(0).size(), "two callers with three runs each");
    assertArrayEquals(
        expected(model, Output.logits(), new int[] {5, 6, 7}), row(reply, 0, 0), 1e-5f);
  }

  /** Equal requests that wait together are computed once, which would flatter the throughput. */
  @Test
  void callersSendDifferentTokens() {
    TokenBatch batch = TokenBatch.of(List.of(new int[] {1, 2, 3}, new int[] {4, 5}));

    assertArrayEquals(new int[] {1, 2, 3, 4, 5}, EncoderWorker.turned(batch, 0).ids());
    assertArrayEquals(new int[] {3, 1, 2, 5, 4}, EncoderWorker.turned(batch, 1).ids());
    assertArrayEquals(batch.offsets(), EncoderWorker.turned(batch, 1).offsets());
  }

  @Test
  void theTimeLimitLeavesAtLeastOneRun() throws Exception {
    ObjectNode job = job("sentence-embedding", MINILM);
    job.put("time_limit_s", 1e-9).put("repeat", 1000);
    job.putArray("requests").addObject().putArray("batch").addArray().add(101).add(102);

    assertEquals(1, reply(job).path("latencies_ms").path(0).size());
  }

  @Test
  void whatIsWrongIsTheAnswer() throws Exception {
    ObjectNode valid = job("sentence-embedding", MINILM);
    valid.putArray("requests").addObject().putArray("batch").addArray().add(101);

    assertError("version is 2", valid.deepCopy().put("version", 2));
    assertError("kind 'poetry'", valid.deepCopy().put("kind", "poetry"));
    assertError("tasks is 0", valid.deepCopy().put("tasks", 0));
    assertError("requests is empty", (ObjectNode) valid.deepCopy().set("requests", null));
    assertError(
        "logits of a model without", valid.deepCopy().put("kind", "sequence-classification"));
    assertError("config.json", valid.deepCopy().put("model", folder.toString()));
    ObjectNode id = valid.deepCopy();
    id.putArray("requests").addObject().putArray("batch").addArray().add(1 << 20);
    assertError("token id 1048576", id);
    ObjectNode length = valid.deepCopy();
    ObjectNode request = length.putArray("requests").addObject();
    request.putArray("batch").addArray().add(101);
    request.putArray("lengths").add(2);
    assertError("length 2 of 1", length);

    Path broken = Files.writeString(folder.resolve("broken.json"), "{");
    String said = EncoderWorker.reply(models, broken.toString()).path("error").asText();
    assertTrue(said.contains("is not JSON"), said);
    assertTrue(EncoderWorker.reply(models, folder + "/none").has("error"));
  }

  private void assertError(String part, ObjectNode job) throws Exception {
    JsonNode reply = reply(job);
    assertEquals(1, reply.size(), () -> "an error stands alone: " + reply);
    assertTrue(reply.path("error").asText().contains(part), reply::toString);
  }

  private JsonNode reply(JsonNode job) throws IOException, InterruptedException {
    Path file = folder.resolve("request.json");
    Files.write(file, JSON.writeValueAsBytes(job));
    String line = EncoderWorker.reply(models, file.toString()).toString();
    assertEquals(1, line.lines().count());
    return JSON.readTree(line);
  }

  private static ObjectNode job(String kind, Path model) {
    return JSON.createObjectNode()
        .put("version", 1)
        .put("model", model.toString())
        .put("kind", kind)
        .put("threads", 1)
        .put("tasks", 1)
        .put("warmup", 1)
        .put("repeat", 3)
        .put("time_limit_s", 60)
        .put("want_outputs", false);
  }

  private static float[] row(JsonNode reply, int request, int row) {
    JsonNode values = reply.path("outputs").path(request).path(row);
    float[] vector = new float[values.size()];
    for (int i = 0; i < vector.length; i++) {
      vector[i] = values.get(i).floatValue();
    }
    return vector;
  }

  private static float[] expected(Path model, Output output, int[] ids) {
    try (Inference inference = Inference.open(InferenceOptions.defaults());
        EncoderModel encoder = inference.load(model)) {
      return encoder.encode(TokenBatch.of(ids), List.of(output)).join().single().row(0);
    }
  }
}
