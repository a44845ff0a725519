package dev.gatun.bench.worker;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.inference.InferenceException;
import dev.gatun.inference.Matrix;
import dev.gatun.inference.Precision;
import dev.gatun.inference.TokenBatch;
import dev.gatun.inference.WeightCache;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code gatun bench encoder-worker}: Gatun as an external engine of the peers' bench. */
@Command(
    name = "encoder-worker",
    description =
        "Answer request files of the peers' bench: a path per line of standard input (--serve), or"
            + " one path as an argument; one line of JSON each.")
public final class EncoderWorker implements Callable<Integer> {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** As long as the peers' worker cuts its messages. */
  private static final int MESSAGE_MAX = 400;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(names = "--serve", description = "Read paths of request files from standard input.")
  private boolean serve;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Compute threads (default: as the first request file says).")
  private Optional<Integer> threads = Optional.empty();

  @Option(
      names = "--precision",
      paramLabel = "P",
      defaultValue = "fp32",
      description = "fp32, bf16 or int8 (default: ${DEFAULT-VALUE}).")
  private String precision = "fp32";

  @Option(
      names = "--cache",
      paramLabel = "DIR",
      defaultValue = "${sys:gatun.home}/build/bench/weights",
      description = "Where packed weights are kept, so that the next start maps them.")
  private Path cache = Path.of("build", "bench", "weights");

  @Parameters(paramLabel = "REQUESTS", arity = "0..1", description = "One request file.")
  private Optional<Path> requests = Optional.empty();

  /** For picocli. */
  public EncoderWorker() {}

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (serve == requests.isPresent()) {
      throw new ParameterException(
          spec.commandLine(), "either --serve or the path of one request file is needed");
    }
    Path made = Path.of(System.getProperty("gatun.home", "."), "build", "bench");
    WeightCache packed = new WeightCache.In(cache.toAbsolutePath());
    // Replies go to the descriptor itself; whatever else is printed goes to standard error.
    PrintStream replies =
        new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
    System.setOut(System.err);
    try (Models models = new Models(threads, chosen(), packed, made)) {
      if (requests.isPresent()) {
        ObjectNode reply = reply(models, requests.get().toString());
        replies.println(reply);
        return reply.has("error") ? 1 : 0;
      }
      var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (!line.isBlank()) {
          replies.println(reply(models, line.strip()));
        }
      }
    }
    return 0;
  }

  private Precision chosen() {
    return Precision.of(precision)
        .orElseThrow(() ->
            new ParameterException(
                spec.commandLine(),
                "precision '" + precision + "' is unknown: fp32, bf16 or int8 expected"));
  }

  /** Does what a request file says; a failure is an answer as well. */
  static ObjectNode reply(Models models, String file) throws InterruptedException {
    try {
      return measured(models, Job.read(Path.of(file)));
    } catch (JsonProcessingException e) {
      return error(file + " is not JSON: " + e.getOriginalMessage());
    } catch (IOException e) {
      return error(e.getClass().getSimpleName() + ": " + e.getMessage());
    } catch (CompletionException e) {
      return error(String.valueOf(Optional.ofNullable(e.getCause()).orElse(e).getMessage()));
    } catch (IllegalArgumentException | IllegalStateException | InferenceException e) {
      return error(String.valueOf(e.getMessage()));
    } catch (OutOfMemoryError e) {
      return error("out of memory: " + e.getMessage());
    }
  }

  private static ObjectNode measured(Models models, Job job)
      throws IOException, InterruptedException {
    Models.Loaded model = models.of(job);
    ObjectNode reply = JSON.createObjectNode();
    ArrayNode latencies = reply.putArray("latencies_ms");
    reply.put("load_ms", model.loadMillis());
    ArrayNode elapsed = JSON.createArrayNode();
    ArrayNode outputs = JSON.createArrayNode();
    for (TokenBatch batch : job.requests()) {
      List<TokenBatch> batches =
          IntStream.range(0, job.concurrency()).mapToObj(i -> turned(batch, i)).toList();
      Runs runs = Runs.of(job, caller -> model.compute(batches.get(caller)));
      ArrayNode times = latencies.addArray();
      runs.latenciesMillis().forEach(times::add);
      elapsed.add(runs.elapsedMillis());
      if (job.wantOutputs()) {
        outputs.add(rows(runs.last()));
      }
    }
    reply.set("outputs", outputs);
    reply.put("output_kind", job.kind().output());
    reply.set("elapsed_ms", elapsed);
    reply.put("isa", models.engine(job).runtime().isa());
    return reply;
  }

  /**
   * The same amount of work in other words: a lane computes equal requests that wait together only
   * once.
   *
   * @param by how many tokens each sequence is turned by; 0 leaves the batch as it is
   */
  static TokenBatch turned(TokenBatch batch, int by) {
    int[] from = batch.ids();
    int[] ids = new int[from.length];
    int[] offsets = batch.offsets();
    for (int i = 0; i + 1 < offsets.length; i++) {
      int first = offsets[i];
      int length = offsets[i + 1] - first;
      for (int t = 0; t < length; t++) {
        ids[first + (t + by) % length] = from[first + t];
      }
    }
    return new TokenBatch(ids, batch.typeIds(), offsets);
  }

  private static ArrayNode rows(Matrix matrix) {
    ArrayNode rows = JSON.createArrayNode();
    for (int i = 0; i < matrix.rows(); i++) {
      ArrayNode row = rows.addArray();
      for (int j = 0; j < matrix.columns(); j++) {
        row.add(matrix.at(i, j));
      }
    }
    return rows;
  }

  private static ObjectNode error(String message) {
    String cut = message.length() > MESSAGE_MAX ? message.substring(0, MESSAGE_MAX) : message;
    return JSON.createObjectNode().put("error", cut);
  }
}
