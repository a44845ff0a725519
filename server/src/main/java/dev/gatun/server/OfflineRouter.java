package dev.gatun.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.router.config.RouterConfig;
import dev.gatun.router.pipeline.Router;
import dev.gatun.router.port.EncoderPlan;
import dev.gatun.router.port.Ports;
import dev.gatun.router.signal.FamilyRun;
import dev.gatun.server.external.OtherProcesses;
import dev.gatun.server.manage.Evaluator;
import dev.gatun.server.upstream.Upstream;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/** A router without listeners and backends, for dry runs of a configuration. */
public final class OfflineRouter implements AutoCloseable {
  private final Closing parts;
  private final Models models;
  private final Evaluator evaluator;
  private final List<String> notices;
  private final boolean asksOthers;

  /** Held by requests beside others, and alone by one that others have made late. */
  private final ReentrantReadWriteLock company = new ReentrantReadWriteLock(true);

  private OfflineRouter(
      Closing parts, Models models, Evaluator evaluator, List<String> notices, boolean asksOthers) {
    this.asksOthers = asksOthers;
    this.parts = parts;
    this.models = models;
    this.evaluator = evaluator;
    this.notices = List.copyOf(notices);
  }

  /**
   * Loads the models that a configuration needs; those of other processes are asked where they are.
   *
   * @param configHash names the configuration in answers
   * @param models directory of the built model folders
   * @throws StartException when a needed model cannot be loaded
   */
  public static OfflineRouter open(RouterConfig config, String configHash, Path models)
      throws StartException {
    Closing parts = new Closing();
    try {
      Models loaded = parts.add(Models.load(config, models));
      Upstream upstream = parts.add(new Upstream());
      Ports ports = loaded.ports(config, parts.add(OtherProcesses.of(config, upstream)));
      StartCheck.of(config, ports);
      Router router = new Router(config, ports);
      Evaluator evaluator = new Evaluator(config, configHash, router);
      boolean asksOthers =
          !config.global().externals().isEmpty() || config.global().remoteEmbeddings().isPresent();
      return new OfflineRouter(parts, loaded, evaluator, router.notices(), asksOthers);
    } catch (StartException | RuntimeException e) {
      parts.close();
      throw e;
    }
  }

  /**
   * Answers as {@code POST /api/v1/eval} does. Safe for use by many threads: a request that has
   * waited in vain for models is asked again with nobody beside it, so that what is asked at the
   * same time changes no answer.
   *
   * @param body {@code text}, {@code messages} or a whole Chat Completions body
   * @param trace whether to add how every decision was judged
   */
  public ObjectNode evaluate(JsonNode body, boolean trace) {
    ObjectNode answer = under(company.readLock(), body, trace);
    return isLate(answer) ? under(company.writeLock(), body, trace) : answer;
  }

  private ObjectNode under(Lock lock, JsonNode body, boolean trace) {
    lock.lock();
    try {
      return evaluator.evaluate(body, trace);
    } finally {
      lock.unlock();
    }
  }

  private static boolean isLate(ObjectNode answer) {
    return answer
        .path("degraded_signals")
        .valueStream()
        .anyMatch(signal -> signal.path("reason").asText().startsWith(FamilyRun.LATE));
  }

  /** What an operator should know of how the configuration was made ready, one line each. */
  public List<String> notices() {
    return notices;
  }

  /**
   * Requests beside one another that keep the engine busy, 2 or more: for each lane one that is
   * computed and one that is made ready; empty where requests wait for other processes, or compute
   * little.
   */
  public OptionalInt atOnce() {
    OptionalInt lanes = asksOthers ? OptionalInt.empty() : models.lanes();
    return lanes.isEmpty() ? lanes : OptionalInt.of(2 * lanes.getAsInt());
  }

  /** How each encoder model computes what the signals ask about a text. */
  public List<EncoderPlan> plans(String text) {
    return models.plans(text);
  }

  @Override
  public void close() {
    parts.close();
  }
}
