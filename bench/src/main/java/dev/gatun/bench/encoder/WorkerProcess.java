package dev.gatun.bench.encoder;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.bench.measure.EndsWithUs;
import dev.gatun.bench.measure.Machine;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A worker that speaks the external protocol, seen from outside. Used by one thread. */
final class WorkerProcess implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Process process;
  private final EndsWithUs ending;
  private final BufferedReader replies;
  private final Path requests;

  /**
   * Starts a worker.
   *
   * @param launcher the script {@code gatun}, which becomes the worker
   */
  WorkerProcess(Path launcher, Variant variant) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            List.of(
                launcher.toString(),
                "bench",
                "encoder-worker",
                "--serve",
                "--threads",
                Integer.toString(variant.threads()),
                "--precision",
                variant.precision().word()));
    builder.environment().put("GATUN_NO_BUILD", "1");
    if (!variant.tier().isEmpty()) {
      builder.environment().put("GATUN_ISA", variant.tier());
    }
    requests = Files.createTempFile("gatun-bench-", ".json");
    process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
    ending = new EndsWithUs(process);
    replies =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  /** Sends a job and waits for its reply; a worker that ends without one has failed. */
  JsonNode ask(ObjectNode job) throws IOException {
    Files.write(requests, JSON.writeValueAsBytes(job));
    OutputStream lines = process.getOutputStream();
    try {
      lines.write((requests + "\n").getBytes(StandardCharsets.UTF_8));
      lines.flush();
    } catch (IOException e) {
      return failure("the worker has ended: " + e.getMessage());
    }
    String line = replies.readLine();
    return line == null ? failure("the worker ended without an answer") : JSON.readTree(line);
  }

  /** The most memory it ever had in RAM, in MiB. */
  long peakRssMebibytes() {
    return Machine.peakRssMebibytes(process.pid());
  }

  /** Ends the worker by closing its input, which is how the protocol ends. */
  @Override
  public void close() {
    try (ending;
        replies) {
      process.getOutputStream().close();
      process.waitFor();
      Files.deleteIfExists(requests);
    } catch (InterruptedException e) {
      process.destroy();
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      throw new UncheckedIOException("a worker cannot be ended", e);
    }
  }

  private static JsonNode failure(String message) {
    return JSON.createObjectNode().put("error", message);
  }
}
